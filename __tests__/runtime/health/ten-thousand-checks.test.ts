import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { compiled, ROOT } from "../../support/compiled";
import { bySchedule } from "../../support/nightly";
import type { Left } from "../../support/ten-thousand-checks";

const PROGRAM = compiled(join(ROOT, "__tests__", "support", "ten-thousand-checks.ts"));
const { many, checks, leakedBytes } = bySchedule({
  always: { many: "five hundred", checks: 500, leakedBytes: 4000 },
  nightly: { many: "ten thousand", checks: 10_000, leakedBytes: 200 },
});
/** Of all checks: some 300 KB are compiled code. What leaves half of what leaks in the second test is above. */
const MOST_BYTES = 1_000_000;

/** Of a machine that does much else, ten thousand checks may take minutes. */
const HUNG_MS = 600_000;

async function leftBy(...args: readonly number[]): Promise<Left> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", PROGRAM, ...args.map(String)], {
    cwd: ROOT,
  });
  return JSON.parse(stdout);
}

test(
  `${many} checks, some of which fail or hang, leave no open handle and no growing memory`,
  async () => {
    const { bytes, before, after, statuses } = await leftBy(checks);
    expect(after).toEqual(before);
    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(Object.keys(statuses).sort()).toEqual(["degraded", "unhealthy"]);
  },
  HUNG_MS,
);

test(
  `a probe that leaves ${leakedBytes} bytes each time, and one socket, would be found`,
  async () => {
    const { bytes, before, after } = await leftBy(checks, leakedBytes);
    expect(after.length).toBeGreaterThan(before.length);
    expect(bytes).toBeGreaterThan(MOST_BYTES);
  },
  HUNG_MS,
);
