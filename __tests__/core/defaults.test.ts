import { Lazy, Token } from "cdktf";
import { withDefaults, withoutUndefined } from "../../lib/core/defaults";

class Instance {
  readonly left = undefined;
}

describe("a value without undefined keys", () => {
  test.each<[what: string, value: unknown, expected: unknown]>([
    ["a key", { a: 1, b: undefined }, { a: 1 }],
    ["a key of a key", { a: { b: undefined } }, { a: {} }],
    ["a key of an element", [{ a: undefined }, 1], [{}, 1]],
    ["a key of an object without a prototype", Object.assign(Object.create(null), { a: undefined }), {}],
  ])("has lost %s", (_, value, expected) => {
    expect(withoutUndefined(value)).toStrictEqual(expected);
  });

  test("has kept the key __proto__ that JSON has given it", () => {
    const value = withoutUndefined({ ...JSON.parse('{"a":{"__proto__":1}}'), b: undefined });
    expect(Object.keys(value.a)).toEqual(["__proto__"]);
  });

  test.each<[what: string, value: unknown]>([
    ["undefined itself", undefined],
    ["null", { a: null }],
    ["a text, a number, true, a function", { a: "", b: 0, c: false, d: () => undefined }],
    ["an element", [1, undefined]],
    ["an instance of a class", { a: new Instance() }],
    ["a token", { a: Lazy.stringValue({ produce: () => "late" }), b: Token.asList({ resolve: () => [] }) }],
    ["an object that resolves", { a: { resolve: () => "late", left: undefined } }],
    ["a frozen object", Object.freeze({ a: Object.freeze([]) })],
  ])("is the value itself where there is none: %s", (_, value) => {
    expect(withoutUndefined(value)).toBe(value);
  });

  test("is another, and leaves the value as it was", () => {
    const value = Object.freeze({ a: Object.freeze({ b: undefined }) });
    expect(withoutUndefined(value)).toStrictEqual({ a: {} });
    expect(value).toStrictEqual({ a: { b: undefined } });
  });
});

describe("options with defaults", () => {
  const DEFAULTS = { retention: 15, storage: "100GB" };

  test.each([
    [undefined, DEFAULTS],
    [{}, DEFAULTS],
    [{ retention: undefined }, DEFAULTS],
    [
      { retention: 30, storage: undefined },
      { retention: 30, storage: "100GB" },
    ],
    [{ other: 1 }, { ...DEFAULTS, other: 1 }],
  ])("%p", (options, expected) => {
    expect(withDefaults(DEFAULTS, options)).toStrictEqual(expected);
  });
});
