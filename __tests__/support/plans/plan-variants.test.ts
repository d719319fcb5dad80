import { merge, resolve } from "./plan-variants";

const PRODUCTION = ["production"];
const STAGING = ["staging"];

const mergeTwo = (production: unknown, staging: unknown) =>
  merge([
    { words: PRODUCTION, value: production },
    { words: STAGING, value: staging },
  ]);

test.each([
  ["states once what is the same", { a: 1 }, { a: 1 }, { a: 1 }],
  ["states another value below", { a: { b: 1, c: 2 } }, { a: { b: 3, c: 2 } }, { a: { b: 1, "b <staging>": 3, c: 2 } }],
  ["names who alone has something", { a: 1 }, { b: 2 }, { "b <staging>": 2, "a <production>": 1 }],
  ["takes nothing for a value", { a: null }, {}, { "a <production>": null }],
  ["tells a map from a list", { a: {} }, { a: [] }, { a: {}, "a <staging>": [] }],
  ["marks items of lists", { a: [1, 2] }, { a: [2] }, { a: [{ "<production>": 1 }, 2] }],
  ["takes as many others for changes", { a: [1] }, { a: [2] }, { a: [{ "<production>": 1, "<staging>": 2 }] }],
  [
    "finds items by their names",
    { a: [{ name: "x" }, { name: "y", b: 1 }] },
    { a: [{ name: "y", b: 2 }] },
    { a: [{ "<production>": { name: "x" } }, { name: "y", b: 1, "b <staging>": 2 }] },
  ],
  [
    "merges texts by their lines",
    { a: "one\ntwo" },
    { a: "one\nthree" },
    { "a (lines)": ["one", { "<production>": "two", "<staging>": "three" }] },
  ],
  ["leaves maps whole whose order differs", { a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } }, undefined],
  ["has images in one value", { image: "a" }, { image: "b" }, { image: { "<production>": "a", "<staging>": "b" } }],
])("%s", (_, production, staging, expected) => {
  const merged = mergeTwo(production, staging);
  if (expected !== undefined) expect(JSON.stringify(merged)).toBe(JSON.stringify(expected));
  expect(JSON.stringify(resolve(merged, PRODUCTION))).toBe(JSON.stringify(production));
  expect(JSON.stringify(resolve(merged, STAGING))).toBe(JSON.stringify(staging));
});

describe("of both sides", () => {
  const sides = ["production write", "production read", "staging write", "staging read"].map((name) => name.split(" "));
  const mergeAll = (values: unknown[]) => merge(sides.map((words, index) => ({ words, value: values[index] })));

  test.each([
    [[1, 1, 2, 2], { a: 1, "a <staging>": 2 }],
    [[1, 2, 1, 2], { a: 1, "a <read>": 2 }],
    [[1, 2, 1, 1], { a: 1, "a <production read>": 2 }],
    [[1, 2, 3, 2], { a: 1, "a <read>": 2, "a <staging write>": 3 }],
    [[1, 2, 2, 2], { a: 1, "a <read, staging>": 2 }],
    [[1, 2, 2, 1], { a: 1, "a <production read, staging write>": 2 }],
  ])("%j are named as shortly as can be", (numbers, expected) => {
    const merged = mergeAll(numbers.map((a) => ({ a })));
    expect(merged).toEqual(expected);
    expect(sides.map((words) => resolve(merged, words))).toEqual(numbers.map((a) => ({ a })));
  });

  test("a name is relative to what encloses it", () => {
    const [write, read] = [{}, { a: { b: 1, c: 1 } }];
    const merged = mergeAll([write, read, write, { a: { b: 2, c: 1 } }]);
    expect(merged).toEqual({ "a <read>": { b: 1, "b <staging>": 2, c: 1 } });
  });
});
