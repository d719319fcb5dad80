import {
  App,
  DefaultTokenResolver,
  Fn,
  type IResolvable,
  type IResolveContext,
  Lazy,
  StringConcat,
  TerraformStack,
  Token,
  Tokenization,
} from "cdktf";
import { StackTokens } from "../../lib/synthesis/stack-tokens";
import { randomNumbers } from "../support/test-run/random-numbers";

const late = (value: unknown) => Lazy.anyValue({ produce: () => value });
const text = Lazy.stringValue({ produce: () => "late" });
const list = Lazy.listValue({ produce: () => ["a", "b"] });
const number = Lazy.numberValue({ produce: () => 7 });
const options = {
  scope: new TerraformStack(new App(), "stack"),
  resolver: new DefaultTokenResolver(new StringConcat()),
};
const resolve = (value: unknown): unknown => Tokenization.resolve(value, options);
const quickly = (value: unknown): unknown => new StackTokens(options.scope, false).resolve(value);

test.each<[string, unknown]>([
  ["a literal of every type", { a: "x", b: 1, c: -1, d: 0.5, e: true, f: null, g: undefined, h: [], i: {} }],
  ["lists with holes", [1, undefined, "x", [undefined], { a: undefined }]],
  ["a token alone, in a text, a list and a key", { a: text, b: `<${text}>`, c: [text, "x"], [text]: 1 }],
  ["a list's token, alone and below", { a: list, b: { c: [{ d: list }] } }],
  ["a number's token, as a number and as text", { a: number, b: [number], c: `${number} nodes` }],
  ["a map's token", { a: Token.asStringMap(late({ b: "c" })) }],
  ["resolvables", { a: late({ b: [late("c"), late(undefined)] }), d: [late([])] }],
  ["a resolvable of no class", { a: { resolve: () => "late", creationStack: [] } }],
  ["a function's call", Fn.join("-", [text, "x"])],
  ["what Terraform itself would expand", { a: "$" + "{aws_vpc.x.id}", b: "%%{ if }", c: "1e+5 Tokens" }],
  ["an object without a prototype", Object.assign(Object.create(null), { a: text })],
  ["a moment", { a: new Date(0) }],
])("%s is resolved to what cdktf makes of it", (_what, value) => {
  expect(quickly(value)).toEqual(resolve(value));
});

test.each<[string, unknown]>([
  ["a function", { a: () => 1 }],
  ["a construct", { a: options.scope }],
  ["a list's token within a text", { a: `<${list[0]}>` }],
  ["a mark of a map's token alone", { a: Token.STRING_MAP_TOKEN_VALUE }],
  ["a mark of a map of numbers alone", { a: Token.NUMBER_MAP_TOKEN_VALUE }],
])("%s is refused as cdktf refuses it", (_what, value) => {
  const nested = { b: [{ c: value }] };
  const refusal = errorOf(() => resolve(nested));
  expect(errorOf(() => quickly(nested))).toBe(refusal);
  expect(errorOf(() => new StackTokens(options.scope, true).visit(nested))).toBe(refusal);
});

function errorOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("must be refused");
}

describe("values put together at random", () => {
  const STRAYS = [
    "",
    "x",
    "$" + "{a.b}",
    "Token",
    "e+",
    "1e+5",
    "#{",
    "TfToken[",
    "#{x}",
    "&{y}",
    'a"b\\c\n',
    true,
    null,
    undefined,
  ];
  const LEAVES: readonly unknown[] = [
    ...[...STRAYS, text, `<${text}>`, list, number, `${number} nodes`, `<${list[0]}>`, -1, 0.5, -1.5e289],
    ...[Token.asString(late({ b: [1] })), late(["c", { d: text }, undefined])],
  ];

  /** The same numbers in every run, so that a failure can be looked at. */
  function dice(seed: number): (sides: number) => number {
    const next = randomNumbers(seed);
    return (sides) => Math.floor(next() * sides);
  }

  function somethingOf(roll: (sides: number) => number, depth: number): unknown {
    const kind = depth === 0 ? 0 : roll(4);
    if (kind < 2) return LEAVES[roll(LEAVES.length)];
    const parts = Array.from({ length: roll(4) }, () => somethingOf(roll, depth - 1));
    if (kind === 2) return parts;
    return Object.fromEntries(parts.map((part, index) => [roll(8) === 0 ? `${text}${index}` : `k${index}`, part]));
  }

  /** What comes out, or that cdktf refuses it. */
  const outcomeOf = (work: () => unknown): unknown => {
    try {
      return { resolved: work() };
    } catch {
      return "refused";
    }
  };

  test.each([1, 2, 3, 4, 5])("come out as cdktf alone would have them: %i", (seed) => {
    const roll = dice(seed);
    const values = Array.from({ length: 400 }, () => somethingOf(roll, 4));
    const outcomes = values.map((value) => outcomeOf(() => quickly(value)));
    expect(outcomes).toStrictEqual(values.map((value) => outcomeOf(() => resolve(value))));
    expect(outcomes).toContain("refused");
  });
});

test("a token that is another thing in another stack, or while it is prepared, is that there", () => {
  const token = Token.asString({
    creationStack: [],
    resolve: ({ scope, preparing }: IResolveContext) => `${scope.node.id} ${preparing ? "prepared" : "written"}`,
  });
  const other = new TerraformStack(new App(), "other");
  const passes = [
    new StackTokens(options.scope, true),
    new StackTokens(options.scope, false),
    new StackTokens(other, false),
  ];
  expect(passes.map((tokens) => tokens.resolve(token))).toEqual(["stack prepared", "stack written", "other written"]);
});

test("a text in many places is resolved once, and what it resolves to shared only where nothing can change it", () => {
  let times = 0;
  const counted = Token.asString({ creationStack: [], resolve: () => `time ${++times}` });
  const places = { a: counted, b: [counted, { c: counted }] };
  expect(quickly(places)).toEqual({ a: "time 1", b: ["time 1", { c: "time 1" }] });
  new StackTokens(options.scope, true).visit(places);
  expect(times).toBe(2);
  const object = Token.asString(late({ b: "c" }));
  const { d, e } = quickly({ d: object, e: object }) as Record<string, unknown>;
  expect(d).toEqual(e);
  expect(d).not.toBe(e);
});

test.each<[string, (token: IResolvable) => unknown]>([
  ["a text", (token) => `<${Token.asString(token)}>`],
  ["a key", (token) => ({ [Token.asString(token)]: 1 })],
  ["a list", (token) => ["x", Token.asString(token)]],
  ["a list's token", (token) => Token.asList(token)],
  ["a number", (token) => [Token.asNumber(token)]],
  ["a map's token", (token) => Token.asStringMap(token)],
  ["a resolvable in a list of objects", (token) => [{ a: token }]],
  ["a call of a function", (token) => ({ a: Fn.join("-", [Token.asString(token), "x"]) })],
])("a visit resolves the token in %s", (_what, withToken) => {
  let resolved = 0;
  const token: IResolvable = {
    creationStack: [],
    resolve: ({ preparing }: IResolveContext) => {
      expect(preparing).toBe(true);
      resolved += 1;
      return "late";
    },
    toString: () => Token.asString(token),
  };
  new StackTokens(options.scope, true).visit({ a: { b: [withToken(token)] } });
  expect(resolved).toBeGreaterThan(0);
});
