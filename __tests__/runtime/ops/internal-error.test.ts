import { cqrsOps } from "../../support/runtime/cqrs-ops";

/** A fake of a fault of the tool's own: what prints the version throws. */
const FAULT = ["--import", "data:text/javascript,process.stdout.write=()=>{throw new Error('a fault of its own')}"];

test.each(["strict", "warn", "none"])(
  "an internal error ends cqrs-ops with 2 and its stack where Node's mode of unhandled rejections is %s",
  async (mode) => {
    const { code, progress } = await cqrsOps(["--version"], { NODE_OPTIONS: `--unhandled-rejections=${mode}` }, FAULT);
    expect(code).toBe(2);
    expect(progress).toMatch(/^cqrs-ops: Error: a fault of its own\n {4}at /);
  },
);
