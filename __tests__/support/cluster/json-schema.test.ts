import { type Schema, schemaProblems } from "./json-schema";

test.each<[schema: Schema, value: unknown, problems: readonly string[]]>([
  [{ type: "string" }, 1, ["$: must be of type string, is integer"]],
  [{ type: ["string", "null"] }, null, []],
  [{ type: "string", nullable: true }, null, []],
  [{ type: "string" }, null, ["$: must be of type string, is null"]],
  [{ type: "number" }, 1, []],
  [{ type: "integer" }, 1.5, ["$: must be of type integer, is number"]],
  [{ enum: ["a", "b"] }, "c", ["$: must be one of a, b, is c"]],
  [{ pattern: "^a" }, "b", ["$: must match ^a, is b"]],
  [{ minLength: 2, maxLength: 1 }, "ab", ["$: must have 1 characters at most"]],
  [{ minLength: 2 }, "a", ["$: must have 2 characters or more"]],
  [{ minimum: 1, maximum: 2 }, 0, ["$: must be 1 or more, is 0"]],
  [{ minimum: 1, maximum: 2 }, 3, ["$: must be 2 at most, is 3"]],
  [{ minItems: 1 }, [], ["$: must have 1 items or more"]],
  [{ maxItems: 0 }, [1], ["$: must have 0 items at most"]],
  [{ minProperties: 1 }, {}, ["$: must have 1 keys or more"]],
  [{ maxProperties: 0 }, { a: 1 }, ["$: must have 0 keys at most"]],
  [{ required: ["a"] }, {}, ["$: must have a"]],
  [{ properties: { a: { type: "string" } } }, { a: 1, b: 1 }, ["$.a: must be of type string, is integer"]],
  [{ properties: { a: {} }, additionalProperties: false }, { a: 1, b: 1 }, ["$.b: is unknown"]],
  [{ additionalProperties: { type: "string" } }, { a: "a", b: 1 }, ["$.b: must be of type string, is integer"]],
  [{ items: { type: "string" } }, ["a", 1], ["$[1]: must be of type string, is integer"]],
  [
    { anyOf: [{ type: "integer" }, { type: "string" }] },
    true,
    ["$: must be as one of several schemas say, is as none"],
  ],
  [{ anyOf: [{ type: "integer" }, { type: "string" }] }, "a", []],
  [{ type: "string", format: "int-or-string" }, 1, []],
  [{ type: "string", format: "int-or-string" }, true, ["$: must be of type string or integer, is boolean"]],
  [{ "x-kubernetes-int-or-string": true }, true, ["$: must be a whole number or a text, is boolean"]],
])("%j of %j", (schema, value, problems) => {
  expect(schemaProblems(schema, value)).toEqual(problems);
});

test.each<[schema: Schema, problems: readonly string[]]>([
  [{ type: "object", properties: { a: {} } }, ["$.b: is unknown"]],
  [{ type: "object" }, ["$.a: is unknown", "$.b: is unknown"]],
  [{ type: "object", additionalProperties: {} }, []],
  [{ type: "object", "x-kubernetes-preserve-unknown-fields": true }, []],
])("where strangers are refused, %j", (schema, problems) => {
  expect(schemaProblems(schema, { a: 1, b: 1 }, "$", { strangers: "refused" })).toEqual(problems);
});

test("a keyword that it does not understand is an error", () => {
  expect(() => schemaProblems({ oneOf: [] }, 1)).toThrow("$: its schema says oneOf, which is not understood here");
});

describe("a reference", () => {
  const definitions = { name: { type: "string" } };
  const schema = { type: "object", properties: { a: { $ref: "#/definitions/name" } } };

  test("means the definition that it names", () => {
    expect(schemaProblems(schema, { a: 1 }, "$", { strangers: "allowed", definitions })).toEqual([
      "$.a: must be of type string, is integer",
    ]);
  });

  test("to what is not at hand is an error", () => {
    expect(() => schemaProblems(schema, { a: 1 })).toThrow(
      "$.a: its schema names #/definitions/name, which is not at hand",
    );
  });
});
