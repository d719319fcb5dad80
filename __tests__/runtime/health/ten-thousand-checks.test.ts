import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { compiled, ROOT } from "../../support/compiled";
import type { Left } from "../../support/ten-thousand-checks";

const PROGRAM = compiled(join(ROOT, "__tests__", "support", "ten-thousand-checks.ts"));
/** Of ten thousand checks: some 300 KB are compiled code. What leaves 100 bytes each time is above. */
const MOST_BYTES = 1_000_000;

async function leftBy(...args: readonly string[]): Promise<Left> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", PROGRAM, ...args], {
    cwd: ROOT,
  });
  return JSON.parse(stdout);
}

test("ten thousand checks, some of which fail or hang, leave no open handle and no growing memory", async () => {
  const { bytes, before, after, statuses } = await leftBy();
  expect(after).toEqual(before);
  expect(bytes).toBeLessThan(MOST_BYTES);
  expect(Object.keys(statuses).sort()).toEqual(["degraded", "unhealthy"]);
}, 180_000);

test("a probe that leaves 200 bytes each time, and one socket, would be found", async () => {
  const { bytes, before, after } = await leftBy("leaking");
  expect(after.length).toBeGreaterThan(before.length);
  expect(bytes).toBeGreaterThan(MOST_BYTES);
}, 180_000);
