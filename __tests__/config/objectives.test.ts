import { Token } from "cdktf";
import { DEFAULT_OBJECTIVES, isObjectivesConfig } from "../../lib/config/objectives";

const sound = { percent: 99.5, seconds: 1, fastPercent: 95 };

const linesOf = (objectives: unknown): string[] =>
  isObjectivesConfig.problemsOf(objectives, "objectives").map(({ path, message }) => `${path}: ${message}`);

const PERCENT = "must be a number from 90 to 99.99";
const FAST_PERCENT = "must be a number from 50 to 99.99";
const SECONDS = "must be one of 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10";
const TYPE = "must be named by letters, digits and '_', a letter first";

test.each<[what: string, objectives: object]>([
  ["what is promised unless said otherwise", DEFAULT_OBJECTIVES],
  ["nothing", {}],
  ["a promise of all commands alone", { commands: sound }],
  ["promises of single types", { commandTypes: { PlaceOrder: sound }, queryTypes: { Order_2: sound } }],
  ["the loosest promise", { queries: { percent: 90, seconds: 10, fastPercent: 50 } }],
  ["the strictest promise", { queries: { percent: 99.99, seconds: 0.005, fastPercent: 99.99 } }],
])("%s is sound", (_, objectives) => {
  expect(linesOf(objectives)).toEqual([]);
});

test.each<[change: object, line: string]>([
  [{ percent: 89.9 }, `percent: ${PERCENT}, got 89.9`],
  [{ percent: 99.991 }, `percent: ${PERCENT}, got 99.991`],
  [{ percent: 100 }, `percent: ${PERCENT}, got 100`],
  [{ percent: Number.NaN }, `percent: ${PERCENT}, got NaN`],
  [{ percent: "99.9" }, `percent: ${PERCENT}, got '99.9'`],
  [{ percent: undefined }, "percent: is missing, must be a number from 90 to 99.99"],
  [{ percent: Token.asNumber({ Ref: "a" }) }, `percent: ${PERCENT}, known at synth, got a number token`],
  [{ fastPercent: 49.9 }, `fastPercent: ${FAST_PERCENT}, got 49.9`],
  [{ fastPercent: 100 }, `fastPercent: ${FAST_PERCENT}, got 100`],
  [{ seconds: 0.3 }, `seconds: ${SECONDS}, got 0.3`],
  [{ seconds: "1" }, `seconds: ${SECONDS}, got '1'`],
  [{ seconds: 20 }, `seconds: ${SECONDS}, got 20`],
  [{ fast: 95 }, "fast: is not a key here, did you mean 'fastPercent', which is there too?"],
])("an objective with %j is refused", (change, line) => {
  expect(linesOf({ commands: { ...sound, ...change } })).toEqual([`objectives.commands.${line}`]);
});

test.each(["Place-Order", "2Orders", 'A"} or up{a="'])("the type %j is refused", (type) => {
  expect(linesOf({ commandTypes: { [type]: sound } })).toEqual([
    `objectives.commandTypes.${type}: ${TYPE}, got '${type}'`,
  ]);
});

test("each type's promise is checked by itself", () => {
  expect(linesOf({ queryTypes: { A: sound, B: { ...sound, seconds: 3 } } })).toEqual([
    `objectives.queryTypes.B.seconds: ${SECONDS}, got 3`,
  ]);
});

test("single types are at most 50: their rules are one object of Kubernetes", () => {
  const of = (count: number) => ({
    commandTypes: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`Command${index}`, { percent: 99, seconds: 1, fastPercent: 99 }]),
    ),
  });
  expect(isObjectivesConfig.problemsOf(of(50), "objectives")).toEqual([]);
  expect(isObjectivesConfig.problemsOf(of(51), "objectives")).toEqual([
    { path: "objectives.commandTypes", message: "must be at most 50 types, got 51" },
  ]);
});
