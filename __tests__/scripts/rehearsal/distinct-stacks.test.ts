import { distinctStacks, formatSharedStacks } from "../../../scripts/rehearsal/distinct-stacks";
import { chain, stack, withOutput } from "./rehearsed-stacks";

/** Each stack's name in the rehearsal, the names of those that it needs, and its scenarios. */
const outline = (...scenarios: Parameters<typeof distinctStacks>[0]) =>
  distinctStacks(scenarios).map(({ name, needs, labels }) => `${name} (${Object.values(needs)}) ${labels}`);

test("a program of the same content adds nothing", () => {
  expect(outline({ label: "", versions: [chain()] }, { label: "same", versions: [chain()] })).toEqual([
    "base () ,same",
    "middle (base) ,same",
    "top (middle) ,same",
  ]);
});

test("a stack that differs gets the scenario's label, and so do those that read it", () => {
  const changed = { ...chain(), middle: stack("changed", "base") };
  expect(outline({ label: "", versions: [chain()] }, { label: "new", versions: [changed] })).toEqual([
    "base () ,new",
    "middle (base) ",
    "top (middle) ",
    "middle.new (base) new",
    "top.new (middle.new) new",
  ]);
});

test("a stack that differs in what others do not read is rehearsed, and the others are not", () => {
  const more = chain(withOutput(stack("base"), "unread", "1"));
  expect(outline({ label: "", versions: [chain()] }, { label: "more", versions: [more] })).toEqual([
    "base () ",
    "middle (base) ,more",
    "top (middle) ,more",
    "base.more () more",
  ]);
});

test("of the stacks that are asked for, only those that they need come along", () => {
  expect(outline({ label: "", versions: [chain()], stacks: ["middle"] })).toEqual(["base () ", "middle (base) "]);
});

test("of programs deployed over one another, each must be the same", () => {
  const changed = { ...chain(), top: stack("changed", "middle") };
  const from = (label: string, before = chain(), after = chain()) => ({
    label,
    versions: [before, after],
    stacks: ["top"],
  });
  expect(outline(from("1", chain(), changed), from("2", changed, chain()), from("3", chain(), changed))).toEqual([
    "base.1 () 1,2,3",
    "middle.1 (base.1) 1,2,3",
    "top.1 (middle.1) 1,3",
    "top.2 (middle.1) 2",
  ]);
});

test("a stack that only one version has is missing in the other", () => {
  const { top, ...without } = chain();
  const [last] = distinctStacks([{ label: "", versions: [without, chain()], stacks: ["top"] }]).reverse();
  expect(last?.versions).toEqual([undefined, top]);
});

test("the table names the stacks that are shared, and their number, and how many there are", () => {
  const changed = { ...chain(), top: stack("changed", "middle") };
  const stacks = distinctStacks([
    { label: "", versions: [chain()] },
    { label: "two", versions: [chain()] },
    { label: "three", versions: [changed] },
  ]);
  expect(formatSharedStacks(stacks).split("\n")).toEqual([
    "base: the same as base.two, base.three",
    "middle: the same as middle.two, middle.three",
    "top: the same as top.two",
    "4 distinct stacks of 9",
  ]);
});
