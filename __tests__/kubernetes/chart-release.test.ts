import { TerraformVariable } from "cdktf";
import { alternatives } from "../../lib/core/problems";
import { ChartRelease, type ChartReleaseProps } from "../../lib/kubernetes/chart-release";
import { CHARTS } from "../../lib/kubernetes/charts";
import { type Arguments, resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: ChartReleaseProps = { chart: "eckOperator", namespace: "elastic-system" };
const release = (props: Partial<ChartReleaseProps> = {}) =>
  resourceOf(
    synthesizeStack((stack) => new ChartRelease(stack, "Release", { ...base, ...props })),
    "helm_release",
  );
const textOf = (values: object) => (release({ values }).values as readonly string[])[0];
const problemOf = (props: object) => {
  try {
    release(props);
  } catch (error) {
    return (error as Error).message;
  }
};
const problem = (path: string, message: string) =>
  `1 problem in the configuration, nothing was synthesized:\n  Test/Release${path}: ${message}`;

test.each<[string, Arguments]>([
  ["is named as its chart", { name: "eck-operator", chart: "eck-operator" }],
  ["is of the pinned version", { version: CHARTS.eckOperator.version, repository: CHARTS.eckOperator.repository }],
  ["goes into a namespace that stands already", { namespace: "elastic-system", create_namespace: false }],
  ["takes over what failed or was forgotten", { upgrade_install: true }],
  ["never keeps old values", { reset_values: true }],
  ["keeps five revisions", { max_history: 5 }],
  ["is rolled back when it fails", { atomic: true }],
  ["waits for 10 minutes", { timeout: 600 }],
])("%s", (_, args) => {
  expect(release()).toMatchObject(args);
});

test("may be left as it failed, and waited for longer", () => {
  expect(release({ atomic: false, timeoutSeconds: 900 })).toMatchObject({ atomic: false, timeout: 900 });
});

test("has the chart's own values where none are given", () => {
  expect(release()).not.toHaveProperty("values");
});

test("says the same values by the same text, whatever the order of their keys", () => {
  const text = '{"a":[{"c":1,"d":2}],"b":{"e":null,"f":true}}';
  expect(textOf({ a: [{ c: 1, d: 2 }], b: { e: null, f: true } })).toBe(text);
  expect(textOf({ b: { f: true, e: null }, a: [{ d: 2, c: 1 }] })).toBe(text);
});

test("keeps a list's order and leaves out what is undefined", () => {
  expect(textOf({ list: ["b", "a"], nothing: undefined })).toBe('{"list":["b","a"]}');
});

test("keeps what only looks like Terraform's from Terraform", () => {
  expect(textOf({ a: "${DS_PROMETHEUS}", b: "%{if x}", c: "$__env{A}", d: "{{ $labels.pod }} 5%" })).toBe(
    '{"a":"$${DS_PROMETHEUS}","b":"%%{if x}","c":"$__env{A}","d":"{{ $labels.pod }} 5%"}',
  );
});

test("lets Terraform fill in what only it knows", () => {
  const tf = synthesizeStack((stack) => {
    const variable = new TerraformVariable(stack, "host", { type: "string" });
    new ChartRelease(stack, "Release", { ...base, values: { host: variable.stringValue } });
  });
  expect(resourceOf(tf, "helm_release").values).toEqual(['{"host":"${var.host}"}']);
});

test("goes after what it needs", () => {
  const tf = synthesizeStack((stack) => {
    const first = new ChartRelease(stack, "First", base);
    new ChartRelease(stack, "Second", { ...base, chart: "eckStack", dependsOn: [first.resource] });
  });
  expect(resourceOf(tf, "helm_release", { name: "eck-stack" }).depends_on).toEqual([
    expect.stringMatching(/^helm_release\.First/),
  ]);
});

const NAMESPACE = "a namespace of at most 63 lower-case letters, digits and hyphens";

test.each<[object, string, string]>([
  [{ namespace: "Elastic" }, ".namespace", `must be ${NAMESPACE}, got 'Elastic'`],
  [{ namespace: "x".repeat(64) }, ".namespace", `must be ${NAMESPACE}, got '${"x".repeat(57)}...'`],
  [{ timeoutSeconds: 59 }, ".timeoutSeconds", "must be a whole number from 60 to 3600, got 59"],
  [{ timeoutSeconds: 3601 }, ".timeoutSeconds", "must be a whole number from 60 to 3600, got 3601"],
  [{ values: "a: 1" }, ".values", "must be an object, got 'a: 1'"],
])("refuses %j", (props, path, message) => {
  expect(problemOf(props)).toBe(problem(path, message));
});

test("refuses a chart that nobody pinned", () => {
  const pinned = alternatives(Object.keys(CHARTS));
  expect(problemOf({ chart: "nginx" })).toBe(problem(".chart", `must be ${pinned}, got 'nginx'`));
});

test.each([{ namespace: "x".repeat(63) }, { timeoutSeconds: 60 }, { timeoutSeconds: 3600 }])("takes %j", (props) => {
  expect(problemOf(props)).toBeUndefined();
});
