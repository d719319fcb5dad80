import type { Problem } from "../core/problems";
import { mapOf, type Rule, rule } from "../core/rules";
import { lossOf } from "./losses";
import { oneWayProblems } from "./one-way-values";
import { isPlace, type ProtectedAddresses, type ProtectedContent } from "./protected-content";

/** What an app has protected, by stack. */
export type ProtectedStacks = Readonly<Record<string, ProtectedAddresses>>;

const literal = rule("a text or a number", (value) => typeof value === "string" || typeof value === "number");
const values: Rule = { ...mapOf(literal), allowed: "an object of values by their arguments" };
const addresses: Rule = { ...mapOf(values), allowed: "an object of protected addresses" };

export const isProtectedStacks: Rule = mapOf(addresses);

export interface Comparison {
  /** What the program would lose, or ask of a service that refuses it. */
  readonly problems: readonly Problem[];
  /** The list with what is new, and with all that the problems are about. */
  readonly next: ProtectedStacks;
}

/** Compares a list with the stacks of a program. `list` is the list's name in messages. */
export function compare(
  listed: ProtectedStacks,
  program: Readonly<Record<string, ProtectedContent>>,
  list: string,
): Comparison {
  const names = [...new Set([...Object.keys(listed), ...Object.keys(program)])].sort();
  const compared = names.map((name) => {
    const [was, is] = [listed[name], program[name]];
    if (is === undefined) return { name, problems: [stackProblem(name, was ?? {}, list)], next: was };
    return { name, ...compareStack(name, was ?? {}, is, list) };
  });
  return {
    problems: compared.flatMap(({ problems }) => problems),
    next: Object.fromEntries(compared.flatMap(({ name, next }) => (next === undefined ? [] : [[name, next]]))),
  };
}

function compareStack(name: string, was: ProtectedAddresses, is: ProtectedContent, list: string) {
  const gone = Object.entries(was).filter(([address]) => !is.has(address));
  const refused = Object.entries(was).flatMap(([address, former]) => {
    const values = is.addresses[address];
    return values === undefined ? [] : oneWayProblems(former, values).map((message) => ({ address, former, message }));
  });
  const next = { ...is.addresses, ...Object.fromEntries(gone) };
  for (const { address, former } of refused) next[address] = former;
  return {
    problems: [
      ...gone.map(([address]) => goneProblem(name, address, list)),
      ...refused.map(({ address, message }) => ({ path: `${name} ${address}`, message: `${message} in ${list}` })),
    ],
    next: is.isProtected || Object.keys(next).length > 0 ? sortedByKey(next) : undefined,
  };
}

function goneProblem(stack: string, address: string, list: string): Problem {
  return {
    path: `${stack} ${address}`,
    message:
      `must stay in the program, or Terraform destroys ${lossOf(address)}. If you mean to destroy it, delete its entry ` +
      `from ${list}. If you renamed a construct, name its former address with moveFromId`,
  };
}

/** Terraform destroys nothing of a stack that leaves the program: it no longer knows it. */
function stackProblem(stack: string, was: ProtectedAddresses, list: string): Problem {
  const addresses = Object.keys(was).filter((address) => !isPlace(address));
  const held = [...new Set(addresses.map(lossOf))].map(
    (loss) => `${addresses.filter((address) => lossOf(address) === loss).join(", ")} (${loss})`,
  );
  const holding = held.length === 0 ? "" : ` It protects ${held.join("; ")}.`;
  return {
    path: stack,
    message:
      `must stay in the program, because no other program manages its resources.${holding} If the environment was ` +
      `renamed, give it its former name. If nothing of the stack was deployed, delete its entry from ${list}. To destroy ` +
      "it, see docs/protection.md",
  };
}

/** Stacks, and `stack address` of resources, in which two lists differ. */
export function differences(listed: ProtectedStacks, next: ProtectedStacks): string[] {
  const [was, is] = [linesOf(listed), linesOf(next)];
  return Object.keys({ ...was, ...is }).filter((line) => was[line] !== is[line]);
}

/** The values of each line. */
const linesOf = (stacks: ProtectedStacks): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(stacks).flatMap(([stack, addresses]) => [
      [stack, ""],
      ...Object.entries(addresses).map(([address, former]) => [
        `${stack} ${address}`,
        JSON.stringify(sortedByKey(former)),
      ]),
    ]),
  );

/** JSON with one address a line, in order, so that two branches conflict only where they add neighbors. */
export const formatProtectedStacks = (stacks: ProtectedStacks): string =>
  `${block(Object.entries(stacks), "", (each) => block(Object.entries(each), "  ", spaced))}\n`;

function block<T>(entries: readonly [key: string, value: T][], indent: string, format: (value: T) => string): string {
  if (entries.length === 0) return "{}";
  const lines = entries.map(([key, value]) => `${indent}  ${JSON.stringify(key)}: ${format(value)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

const spaced = (values: object): string => JSON.stringify(values, null, 1).replace(/\s*\n\s*/g, " ");

const sortedByKey = <T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
