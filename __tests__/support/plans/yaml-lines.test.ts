import { parse } from "yaml";
import { Alias, Anchor, yamlOf } from "./yaml-lines";

const WORDS = "sum by (side) (rate(commands_total[5m])) > 0.1 and on (side) ".repeat(5).trim();

test.each([
  ["a word", "word"],
  ["no text", ""],
  ["what could be a number", "1.10"],
  ["what could be a date", "2012-10-17"],
  ["what could be a switch", "on"],
  ["what could be nothing", "null"],
  ["what could be a comment", "a #b"],
  ["what could be a map", "a: b"],
  ["what could be a reference", "*a"],
  ["what could be a list", "- a"],
  ["quotes of both kinds", `'a' "b" \\`],
  ["spaces around", "  a  "],
  ["a control character", "a\u0007b\tc"],
  ["many words", WORDS],
  ["many words and two spaces", WORDS.replace("and", " and")],
  ["many words and a backslash", WORDS.replaceAll(" ", "\\ ")],
  ["a long word", "a".repeat(400)],
  ["a long word of quotes", '"'.repeat(400)],
  ["a long word of backslashes", "\\".repeat(401)],
  ["a long word of control characters", "\u0001".repeat(200)],
  ["several lines", "a\n  b\n\nc"],
  ["lines that end", "a\nb\n"],
  ["lines that end twice", "a\nb\n\n"],
  ["lines that begin late", "\n  a\nb"],
  ["lines with spaces at their ends", "a \nb\t\nc"],
  ["a long line among others", `a\n${WORDS}\nb`],
  ["lines of Windows", "a\r\nb"],
])("%s can be read back, wherever it is", (_, text) => {
  const value = { text, [text]: { deep: [text, [text], { text, other: [text] }] }, list: [text] };
  const yaml = yamlOf(value);
  expect(parse(yaml)).toEqual(value);
  expect(yaml.split("\n").filter((line) => line.length > 120)).toEqual([]);
});

test("what fits is on one line, and what only some have is not", () => {
  expect(yamlOf({ a: { b: [1, "x"], c: {} }, d: { e: 1, "e <staging>": 2 } })).toBe(
    ["a: { b: [1, x], c: {} }", "d:", "  e: 1", "  e <staging>: 2", ""].join("\n"),
  );
});

test("a reference is read as what it refers to", () => {
  const shared = { items: ["a".repeat(80), "b".repeat(80)] };
  const yaml = yamlOf({ first: new Anchor("first.items", shared), list: [new Alias("first.items")] });
  expect(yaml).toContain("first: &first.items\n");
  expect(parse(yaml)).toEqual({ first: shared, list: [shared] });
});
