import { readFileSync } from "node:fs";
import { join } from "node:path";
import { production } from "../environments/production";
import { environmentProblems } from "../lib/config/environment";
import { EFFECTS, type Effect, withValues } from "./support/synthesis/architecture-effects";
import { differences } from "./support/synthesis/changes";
import { resourcesOf, stackOf } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const before = synthesizedOnce({ production });
const README = readFileSync(join(__dirname, "..", "README.md"), "utf8").split("\n");

/** Paths of all that an object says, down to what is no object. */
const leavesOf = (value: unknown, path: readonly string[] = []): string[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, each]) => leavesOf(each, [...path, key]))
    : [path.join(".")];

test("every key of the architecture has an effect, and every effect is of a key", () => {
  expect(Object.keys(EFFECTS).sort()).toEqual(leavesOf(production.architecture).sort());
});

describe.each(Object.entries(EFFECTS))("architecture.%s", (key, effect) => {
  test("shows in the plan", () => {
    expect(missingOf(key, effect)).toEqual([]);
  });

  test("stands in the README's table, with a stack in which it shows", () => {
    const stacks = "shows" in effect ? effect.shows.map((line) => /^production-([a-z-]+)/.exec(line)?.[1] ?? "") : [];
    const row = README.find((line) => line.startsWith(`| \`${key}\``)) ?? `no row begins with | \`${key}\``;
    const told = [...(row.split("|")[2] ?? "").matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
    const shown = "shows" in effect ? [...new Set(stacks)] : [effect.stack.replace("production-", "")];
    expect({ row, told: told.toSorted() }).toEqual({ row, told: shown.toSorted() });
  });
});

/** What the effect promises, and the plan lacks. */
function missingOf(key: string, effect: Effect): string[] {
  if ("shows" in effect) {
    const changed = withValues(production, { ...effect.along, [`architecture.${key}`]: effect.to });
    const lines = differences(before, synthesizedOnce({ production: changed }));
    return effect.shows.filter((line) => !lines.includes(line));
  }
  const engines = resourcesOf(stackOf(before, effect.stack), effect.type)
    .filter((resource) => !("replicate_source_db" in resource))
    .map((resource) => resource[effect.argument]);
  const others = environmentProblems("production", withValues(production, { [`architecture.${key}`]: "another" }));
  return engines.every((engine) => engine === effect.is) && others.length === 1 ? [] : [key];
}
