import { partition } from "../../../scripts/rehearsal/partition";

const part = (name: string, weight: number, ...needs: string[]) => ({
  name,
  weight,
  needs: Object.fromEntries(needs.map((each) => [each, each])),
});
const names = (parts: readonly ReturnType<typeof part>[], count = 2) =>
  partition(parts, count, ({ weight }) => weight).map((group) => group.map(({ name }) => name).sort());

test("stacks that need each other stay together in every order", () => {
  const parts = [part("a2", 1, "a1"), part("b2", 1, "b1"), part("a3", 1, "a1", "a2"), part("b1", 1), part("a1", 1)];
  expect(names(parts)).toEqual([
    ["a1", "a2", "a3"],
    ["b1", "b2"],
  ]);
});

test("two that share what they need are not divided", () => {
  expect(names([part("base", 1), part("one", 1, "base"), part("other", 1, "base")])).toEqual([
    ["base", "one", "other"],
  ]);
});

test("the groups are of about the same weight", () => {
  expect(names([part("a", 1), part("b", 6), part("c", 2), part("d", 3)])).toEqual([["b"], ["a", "c", "d"]]);
});

test("nothing is lost, and there is no empty group", () => {
  expect(names([part("a", 1), part("b", 1)], 5)).toEqual([["a"], ["b"]]);
  expect(names([])).toEqual([]);
});
