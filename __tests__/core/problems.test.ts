import { inspect } from "node:util";
import { Token } from "cdktf";
import { alternatives, InvalidConfigurationError, shown, throwIfAny } from "../../lib/core/problems";

class Quantity {
  constructor(readonly amount: number) {}
}

describe("a value in a message", () => {
  test.each<[unknown, string]>([
    ["16", "'16'"],
    ["", "''"],
    ["x".repeat(60), `'${"x".repeat(60)}'`],
    ["x".repeat(61), `'${"x".repeat(57)}...'`],
    ["4\u00a0cores", "'4\\u{a0}cores'"],
    ["4 cores\n", "'4 cores\\u{a}'"],
    ["4\u200bcores", "'4\\u{200b}cores'"],
    ["größe", "'größe'"],
    [3, "3"],
    [-1.5, "-1.5"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
    [3n, "3n"],
    [true, "true"],
    [null, "null"],
    [undefined, "undefined"],
    [Symbol("three"), "Symbol(three)"],
    [() => 3, "a function"],
    [Quantity, "a function"],
    [[], "an empty list"],
    [new Array(3), "a list of 3"],
    [{}, "an empty object"],
    [Object.create(null), "an empty object"],
    [{ nodes: 3 }, "an object"],
    [new Quantity(3), "a value of type Quantity"],
    [new Map([["nodes", 3]]), "a value of type Map"],
    [new Date(0), "a value of type Date"],
    [new String("16GB"), "a value of type String"],
    [Promise.resolve(3), "a value of type Promise"],
    [Token.asString({ resolve: () => "late" }), "a token"],
    [Token.asNumber({ resolve: () => 3 }), "a number token"],
    [Token.asAny({ resolve: () => 3 }), "a token"],
    [Token.asList({ resolve: () => ["late"] }), "a list token"],
  ])("%p is shown as %s", (value, text) => {
    expect(shown(value)).toBe(text);
  });

  test("an object that holds itself is an object like any other", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(shown(circle)).toBe("an object");
  });
});

test.each<[string[], string]>([
  [[], ""],
  [["a"], "'a'"],
  [["a", "b"], "'a' or 'b'"],
  [["a", "b", "c"], "'a', 'b' or 'c'"],
])("the alternatives %j are written %s", (values, text) => {
  expect(alternatives(values)).toBe(text);
});

describe("the error", () => {
  const problems = [
    { path: "production.region", message: "must be X, got 1" },
    { path: "staging.region", message: "must be X, got 2" },
  ];

  test("has a line for each problem, and the problems themselves", () => {
    const error = new InvalidConfigurationError(problems);
    expect(error.name).toBe("InvalidConfigurationError");
    expect(error.problems).toEqual(problems);
    expect(error.message).toBe(
      [
        "2 problems in the configuration, nothing was synthesized:",
        "  production.region: must be X, got 1",
        "  staging.region: must be X, got 2",
      ].join("\n"),
    );
  });

  test("shows a key that looks like another, and does not let a long one fill the screen", () => {
    const strange = [
      { path: "production.no\u00a0des", message: "is not a key here" },
      { path: "x".repeat(5000), message: "is not a key here" },
    ];
    expect(new InvalidConfigurationError(strange).message.split("\n").slice(1)).toEqual([
      "  production.no\\u{a0}des: is not a key here",
      `  ${"x".repeat(197)}...: is not a key here`,
    ]);
  });

  test("is printed once: in its message, and not again as a list", () => {
    expect(inspect(new InvalidConfigurationError(problems))).not.toContain("problems: [");
  });

  test("is thrown where there is a problem, and only there", () => {
    expect(() => throwIfAny([])).not.toThrow();
    expect(() => throwIfAny(problems.slice(0, 1))).toThrow(
      "1 problem in the configuration, nothing was synthesized:\n  production.region: must be X, got 1",
    );
  });
});
