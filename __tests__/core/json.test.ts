import { parseJson } from "../../lib/core/json";
import { InvalidConfigurationError, type Problem } from "../../lib/core/problems";

const parse = (text: string) => parseJson(text, "", "environments");

function problemsOf(text: string): readonly Problem[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof InvalidConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

test.each<string>([
  "1",
  '"a"',
  "[]",
  '[{"a":1},{"a":2},[{"a":3}]]',
  '{"a":{"a":{"a":1}},"b":{"a":"\\"a\\": {,}\\\\"},"":[]}',
  '{ "a" :\n[ "b" , "a" , {"a" : null} ] }',
])("%s is what JSON.parse makes of it", (text) => {
  expect(parse(text)).toEqual(JSON.parse(text));
});

test.each<[text: string, paths: readonly string[]]>([
  ['{"a":1,"b":2,"a":3}', ["a"]],
  ['{"a":{"b":1},"a":{"b":2}}', ["a"]],
  ['{"a" : 1, "\\u0061"\n: 2}', ["a"]],
  ['{"a":[{},{"b":[1,{"c":1,"c":2}]}]}', ["a[1].b[1].c"]],
  ['{"a":{"x":1,"x":2,"x":3},"b":{"y":[1,2],"y":"\\\\"}}', ["a.x", "a.x", "b.y"]],
  ['{"__proto__":1,"__proto__":2}', ["__proto__"]],
  ['{"a":"{\\"b\\":1,","b":1,"b":"]"}', ["b"]],
])("%s has a key twice", (text, paths) => {
  expect(problemsOf(text)).toEqual(paths.map((path) => ({ path, message: "must be given once, got it twice" })));
});

describe("levels", () => {
  const nested = (levels: number) => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;

  test("may be 100", () => {
    expect(problemsOf(nested(100))).toEqual([]);
  });

  test.each([101, 100_000])("can't be %d", (levels) => {
    expect(problemsOf(nested(levels))).toEqual([
      { path: `a${"[0]".repeat(99)}`, message: "must have at most 100 levels" },
    ]);
  });
});

test.each([
  ["{ production: ", "must be JSON, got Expected property name"],
  ['{\n"a":\n1,\n}', "(line 4)"],
  ["", "must be JSON, got Unexpected end of JSON input"],
])("%j is no JSON", (text, message) => {
  const [problem, ...others] = problemsOf(text);
  expect([problem?.path, others]).toEqual(["environments", []]);
  expect(problem?.message).toContain(message);
});

test("a text of many megabytes is read", () => {
  const text = JSON.stringify({ a: '\\"'.repeat(10_000_000) });
  expect(problemsOf(text)).toEqual([]);
});
