import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { environmentRules } from "../../lib/config/environment";
import { shape } from "../../lib/core/rules";
import { givenPaths, knownPaths, randomEnvironment } from "../support/synthesis/random-environment";
import { compiled, ROOT } from "../support/test-run/compiled";
import { bySchedule } from "../support/test-run/nightly";
import { seedOfRun } from "../support/test-run/random-numbers";

const PROGRAM = compiled(join(ROOT, "__tests__", "support", "synthesis", "undefined-keys-run.ts"));
const SEED = seedOfRun("ENVIRONMENTS_SEED");
/** Environments of one process. */
const BATCH = 50;
const seeds = Array.from({ length: bySchedule({ always: 1, nightly: 40 }) }, (_, batch) => SEED + batch * BATCH);

test("the random environments have every key that the rules know, and leave out every one that is optional", () => {
  const isEnvironment = shape(environmentRules(undefined));
  // Always the same: some other hundred might lack a key by chance.
  const given = Array.from({ length: 100 }, (_, seed) => new Set(givenPaths(randomEnvironment(seed), isEnvironment)));
  const paths = knownPaths(isEnvironment);
  expect(paths.length).toBeGreaterThan(150);
  expect(paths.filter((path) => given.every((each) => !each.has(path)))).toEqual([]);
  const always = paths.filter((path) => given.every((each) => each.has(path)));
  expect(
    always.filter((path) => !/^(?:region|administrators|(?:infrastructure|architecture|network)\..*)$/.test(path)),
  ).toEqual([]);
});

test.each(seeds)(
  `what ${BATCH} environments leave out may be undefined, and gives the same JSON (ENVIRONMENTS_SEED=%i)`,
  (seed) => {
    const answer = execFileSync(process.execPath, [PROGRAM, `${seed}`, `${BATCH}`], { cwd: ROOT, encoding: "utf8" });
    expect(JSON.parse(answer)).toEqual({ environments: BATCH, differences: [] });
  },
);
