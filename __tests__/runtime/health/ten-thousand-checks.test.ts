import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Left } from "../../support/runtime/ten-thousand-checks";
import { compiled, ROOT } from "../../support/test-run/compiled";
import { bySchedule } from "../../support/test-run/nightly";

const PROGRAM = compiled(join(ROOT, "__tests__", "support", "runtime", "ten-thousand-checks.ts"));
/**
 * In bytes. Compiled code is some 300 KB of ten thousand checks, and 180 KB of five hundred. What leaves half of what leaks in
 * the second test is above the limit.
 */
const { many, checks, warmUp, leakedBytes, mostBytes } = bySchedule({
  always: { many: "five hundred", checks: 500, warmUp: 500, leakedBytes: 800, mostBytes: 300_000 },
  nightly: { many: "ten thousand", checks: 10_000, warmUp: 1000, leakedBytes: 200, mostBytes: 1_000_000 },
});

async function leftBy(...args: readonly number[]): Promise<Left> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", PROGRAM, ...args.map(String)], {
    cwd: ROOT,
  });
  return JSON.parse(stdout);
}

test(`${many} checks, some of which fail or hang, leave no open handle and no growing memory`, async () => {
  const { bytes, before, after, statuses } = await leftBy(warmUp, checks);
  expect(after).toEqual(before);
  expect(bytes).toBeLessThan(mostBytes);
  expect(Object.keys(statuses).sort()).toEqual(["degraded", "unhealthy"]);
}, 180_000);

test(`a probe that leaves ${leakedBytes} bytes each time, and one socket, would be found`, async () => {
  const { bytes, before, after } = await leftBy(warmUp, checks, leakedBytes);
  expect(after.length).toBeGreaterThan(before.length);
  expect(bytes).toBeGreaterThan(mostBytes);
}, 180_000);
