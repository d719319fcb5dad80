import { type Environment, environmentProblems, environmentRules } from "../../../lib/config/environment";
import { shape } from "../../../lib/core/rules";
import { randomEnvironment, withUndefinedKeys } from "./random-environment";
import { synthesize } from "./synthesized";

const isEnvironment = shape(environmentRules(undefined));

/** What differs where all that a random environment leaves out is undefined: problems, or the first place in its JSON. */
function differenceOf(seed: number): string | undefined {
  const environment = randomEnvironment(seed);
  const undefinedKeys = withUndefinedKeys(environment, isEnvironment) as Environment;
  const [problem] = environmentProblems("random", undefinedKeys);
  if (problem !== undefined) return `${problem.path}: ${problem.message}`;
  return firstDifference(synthesize({ random: environment }), synthesize({ random: undefinedKeys }), "");
}

function firstDifference(left: unknown, right: unknown, path: string): string | undefined {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    return left === right ? undefined : `${path}: ${JSON.stringify(left)} becomes ${JSON.stringify(right)}`;
  }
  const values = [left, right] as readonly Readonly<Record<string, unknown>>[];
  for (const key of new Set(values.flatMap(Object.keys))) {
    const difference = firstDifference(values[0]?.[key], values[1]?.[key], `${path}/${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

// A program of the tests, because cdktf keeps what it has synthesized: 2,000 environments are more than one process holds.
function main(first: number, count: number): void {
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  const differences = seeds.flatMap((seed) => {
    const difference = differenceOf(seed);
    return difference === undefined ? [] : [`ENVIRONMENTS_SEED=${seed}: ${difference}`];
  });
  process.stdout.write(JSON.stringify({ environments: seeds.length, differences }));
}

if (require.main === module) main(Number(process.argv[2]), Number(process.argv[3]));
