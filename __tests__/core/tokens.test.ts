import { Fn, Lazy, Token } from "cdktf";
import { freeText, list, type Rule, text, wholeNumber } from "../../lib/core/rules";
import { betweenTokens, isToken, looksLikeToken, strayMarkerIn, tokenKindOf } from "../../lib/core/tokens";

const late = { resolve: () => "late" };
const made = Token.asString(late);
const number = Token.asNumber(late);
/** A number that cdktf takes for a token, of an index that no program reaches. */
const strayNumber = number - 2 ** 970;

test.each<[unknown, ReturnType<typeof tokenKindOf>]>([
  [made, "text"],
  [`arn:${made}:x`, "text"],
  [Fn.join("-", ["a", made]), "text"],
  [Lazy.stringValue({ produce: () => "late" }), "text"],
  [number, "number"],
  [Token.asList(late), "list"],
  // cdktf fails to look it up: its element is refused as the number that it is.
  [Token.asNumberList(late), undefined],
  [Token.asStringMap(late), "other"],
  [Token.asAny(late), "other"],
  ["", undefined],
  ["late", undefined],
  [-3.5, undefined],
  [strayNumber, undefined],
  [[], undefined],
  [[made], undefined],
  [{ key: made }, undefined],
  ["${TfToken[nope]}", undefined],
  [["#{TfToken[nope]}"], undefined],
  [{ "&{TfToken[nope]}": "x" }, undefined],
  [null, undefined],
  [undefined, undefined],
])("%j is a token of kind %s", (value, kind) => {
  expect(tokenKindOf(value)).toBe(kind);
  expect(isToken(value)).toBe(kind !== undefined);
});

test.each<[text: string, stray: string | undefined]>([
  [`a${made}b`, undefined],
  ["a${TfToken[nope]}b", "${TfToken[nope]}"],
  [`${made}\${TfToken[nope]}`, "${TfToken[nope]}"],
  // Each is another kind's, which is no text's.
  [`${Token.asList(late)[0]}`, `${Token.asList(late)[0]}`],
  [`a ${number}`, `${number}`],
  [`a ${strayNumber}`, `${strayNumber}`],
  ["Any Map Token Value", "Any Map Token Value"],
  ["TfToken[nope]", undefined],
  ["1e+298", undefined],
  ["-8.5e+298", undefined],
  ["${file('/etc/hostname')}", undefined],
])("in the text %j, %j would be taken for a token", (value, stray) => {
  expect(strayMarkerIn(value)).toBe(stray);
});

test.each<[unknown, boolean]>([
  [made, true],
  [`a${made}b`, true],
  ["a${TfToken[nope]}b", true],
  ["Any Map Token Value", true],
  [number, true],
  [strayNumber, true],
  ["late", false],
  [-8.5e298, false],
  [[made], false],
])("%j looks like a token: %s", (value, expected) => {
  expect(looksLikeToken(value)).toBe(expected);
});

test("what is between tokens is all but them", () => {
  expect(betweenTokens(`a${made}${made}b`)).toEqual(["a", "", "b"]);
});

describe("a rule takes the tokens of its kind, of this program alone", () => {
  const linesOf = (rule: Rule, value: unknown) => rule.problemsOf(value, "key").map(({ message }) => message);
  const name = text("a name", /^[a-z]+$/);
  const expression = freeText("an expression", (value) => value !== "");
  const count = wholeNumber({ min: 1, max: 3 });

  test.each<[Rule, unknown]>([
    [name, made],
    [name, `arn:aws:iam::${made}:role/a_b+c=d,e.f@g-h`],
    [expression, `\${file("x")} ${made} 100%`],
    [expression, `$a ${made}$`],
    [count, number],
    [list("a list"), Token.asList(late)],
  ])("%# passes", (rule, value) => {
    expect(linesOf(rule, value)).toEqual([]);
  });

  test.each<[Rule, unknown, string]>([
    [name, number, "must be a name, got a number token"],
    [name, Token.asAny(late), "must be a name, got a token"],
    [name, Token.asStringMap(late), "must be a name, got a token"],
    [count, made, "must be a whole number from 1 to 3, got a token"],
    [count, strayNumber, `must be a whole number from 1 to 3, got ${strayNumber}`],
    [list("a list"), made, "must be a list, got a token"],
    [name, `\${file("x")}${made}`, `must be a name, got '\${file("x")}' next to a token`],
    [name, `"${made}`, `must be a name, got '"' next to a token`],
    [expression, `$${made}`, "must be an expression, got '$' next to a token"],
    [name, "${TfToken[nope]}", "must not have '${TfToken[nope]}', which is no token of a text in this program"],
    [expression, `x ${number}`, `must not have '${number}', which is no token of a text in this program`],
  ])("%# is refused", (rule, value, message) => {
    expect(linesOf(rule, value)).toEqual([message]);
  });
});
