import { Token } from "cdktf";
import { acceptedOf, places } from "../support/synthesis/accepted-places";
import { complete } from "../support/synthesis/complete-environment";
import { type Place, valueAt, written } from "../support/synthesis/places";

const textAt = (place: Place): string | undefined => {
  const value = valueAt(complete, place);
  return typeof value === "string" ? value : undefined;
};

/** Places of texts that take their value with something within it, or at its end. */
function takers(inserted: string): string[] {
  const texts = places.filter((place) => textAt(place) !== undefined);
  const at = (offset: (text: string) => number) =>
    acceptedOf((place) => {
      const text = textAt(place) ?? "";
      return text.slice(0, offset(text)) + inserted + text.slice(offset(text));
    }, texts);
  const accepted = [...at(({ length }) => Math.ceil(length / 2)), ...at(({ length }) => length)];
  return [...new Set(accepted.map(written))].sort();
}

/** What reaches Terraform literally, on however many lines. */
const FREE_TEXTS = [
  ".recovery.jobs.variables.LOG_LEVEL",
  ".services.commandApi.variables.LOG_LEVEL",
  ".services.commandProcessors.autoscaling.query",
  ".services.commandProcessors.variables.LOG_LEVEL",
  ".services.projections.variables.LOG_LEVEL",
  ".services.queryApi.variables.LOG_LEVEL",
];
const KEY = ".auth.publicKey";

test.each([
  ["NUL, which no variable and no URL can have", "\0"],
  ["the first half of a surrogate pair, for which Terraform writes U+FFFD", "\ud800"],
  ["the second half", "\udc00"],
  ["one of them next to a token", `\0${Token.asString({ resolve: () => "late" })}`],
])("no text takes %s", (_, character) => {
  expect(takers(character)).toEqual([]);
});

test.each([
  ["a control character", "\u001b"],
  ["one of the upper half", "\u0085"],
  ["what shows as nothing", "\u200b"],
  ["what turns the direction", "\u202e"],
])("only free texts take %s", (_, character) => {
  expect(takers(character)).toEqual(FREE_TEXTS);
});

test("only free texts and a key in PEM take a line", () => {
  expect(takers("\n")).toEqual([KEY, ...FREE_TEXTS].sort());
});

test("free texts take what is beyond the basic plane", () => {
  expect(takers("\u{1f600}")).toEqual(expect.arrayContaining(FREE_TEXTS));
});

test("no text is as long as the object of Kubernetes that may hold it", () => {
  expect(takers("a".repeat(100_000))).toEqual([]);
});
