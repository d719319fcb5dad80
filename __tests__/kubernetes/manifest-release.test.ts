import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TerraformVariable } from "cdktf";
import { parse } from "yaml";
import { type Manifest, ManifestRelease, type ManifestReleaseProps } from "../../lib/kubernetes/manifest-release";
import { type Arguments, resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const store: Manifest = {
  apiVersion: "example.com/v1",
  kind: "Store",
  metadata: { name: "aws" },
  spec: { b: 1, a: 2 },
};
const base: ManifestReleaseProps = { name: "stores", namespace: "external-secrets", manifests: [store] };
const release = (props: Partial<ManifestReleaseProps> = {}) =>
  resourceOf(
    synthesizeStack((stack) => new ManifestRelease(stack, "Release", { ...base, ...props })),
    "helm_release",
  );
const textOf = (manifests: readonly Manifest[]) => (release({ manifests }).values as readonly string[])[0];
const problemOf = (props: object) => {
  try {
    release(props);
  } catch (error) {
    return (error as Error).message;
  }
};

const FOLDER = join(__dirname, "..", "..", "lib", "kubernetes", "manifest-chart");
const file = (name: string) => readFileSync(join(FOLDER, name), "utf8");

test.each<[string, Arguments]>([
  ["has the name that it is given", { name: "stores" }],
  ["goes into a namespace that stands already", { namespace: "external-secrets", create_namespace: false }],
  ["takes over what failed or was forgotten", { upgrade_install: true }],
  ["never keeps old values", { reset_values: true }],
  ["keeps five revisions", { max_history: 5 }],
  ["is rolled back when it fails", { atomic: true }],
  ["waits for 10 minutes", { timeout: 600 }],
])("%s", (_, args) => {
  expect(release()).toMatchObject(args);
});

test("is of the chart beside it, by a path that changes with the chart, from wherever the stack is", () => {
  expect(release().chart).toMatch(/^\.\/assets\/ManifestChart_Folder_[0-9A-F]{8}\/[0-9A-F]{32}$/i);
  expect(release()).not.toHaveProperty("repository");
});

test("says the version of the chart, or the provider would ask the cluster for one", () => {
  expect(release().version).toBe(parse(file("Chart.yaml")).version);
});

test("has a chart that writes each object as it is, and nothing else", () => {
  expect(file("templates/all.yaml")).toBe("{{- range .Values.resources }}\n---\n{{ toYaml . }}\n{{- end }}\n");
  expect(existsSync(join(FOLDER, "values.yaml"))).toBe(false);
  expect(parse(file("Chart.yaml"))).toMatchObject({ apiVersion: "v2", name: "manifests", type: "application" });
});

test("says the objects in their order, their keys in the alphabet's", () => {
  const other = { ...store, metadata: { namespace: "a", name: "b" } };
  expect(textOf([store, other])).toBe(
    '{"resources":[{"apiVersion":"example.com/v1","kind":"Store","metadata":{"name":"aws"},"spec":{"a":2,"b":1}},' +
      '{"apiVersion":"example.com/v1","kind":"Store","metadata":{"name":"b","namespace":"a"},"spec":{"a":2,"b":1}}]}',
  );
});

test("keeps what only looks like Terraform's from Terraform, and Helm's from Helm", () => {
  expect(textOf([{ ...store, spec: { a: "${X}", b: "%{if x}", c: "{{ .token }}" } }])).toContain(
    '"spec":{"a":"$${X}","b":"%%{if x}","c":"{{ .token }}"}',
  );
});

test("lets Terraform fill in what only it knows", () => {
  const tf = synthesizeStack((stack) => {
    const variable = new TerraformVariable(stack, "region", { type: "string" });
    const spec = { region: variable.stringValue };
    new ManifestRelease(stack, "Release", { ...base, manifests: [{ ...store, spec }] });
  });
  expect(String(resourceOf(tf, "helm_release").values)).toContain('"spec":{"region":"${var.region}"}');
});

test("goes after what it needs", () => {
  const tf = synthesizeStack((stack) => {
    const first = new ManifestRelease(stack, "First", base);
    new ManifestRelease(stack, "Second", { ...base, name: "more", dependsOn: [first.resource] });
  });
  expect(resourceOf(tf, "helm_release", { name: "more" }).depends_on).toEqual([
    expect.stringMatching(/^helm_release\.First/),
  ]);
});

const OBJECT = "a Kubernetes object with 'apiVersion', 'kind' and 'metadata.name'";
const NAME = "must be at most 53 lower-case letters, digits and hyphens, letter or digit first and last";

test.each<[props: object, line: string]>([
  [{ name: "Stores" }, `.name: ${NAME}, got 'Stores'`],
  [{ name: "a".repeat(54) }, `.name: ${NAME}, got '${"a".repeat(54)}'`],
  [{ namespace: "" }, ".namespace: must be a namespace of at most 63 lower-case letters, digits and hyphens, got ''"],
  [{ timeoutSeconds: 59 }, ".timeoutSeconds: must be a whole number from 60 to 3600, got 59"],
  [{ manifests: [] }, `.manifests: must be a list of 1 to 100, each ${OBJECT}, got an empty list`],
  [{ manifests: store }, `.manifests: must be a list of 1 to 100, each ${OBJECT}, got an object`],
  [{ manifests: [{ ...store, kind: "" }] }, `.manifests[0]: must be ${OBJECT}, got an object`],
  [{ manifests: [{ ...store, metadata: {} }] }, `.manifests[0]: must be ${OBJECT}, got an object`],
  [{ manifests: ["kind: Store"] }, `.manifests[0]: must be ${OBJECT}, got 'kind: Store'`],
  [{ manifests: [store, store] }, ".manifests[1]: must be given once, got 'example.com/v1 Store aws' twice"],
  [
    { manifests: [{ ...store, apiVersion: "v1", kind: "Secret" }] },
    ".manifests[0]: must be no Secret, whose values would stand in Terraform's state, got one",
  ],
])("refuses %j", (props, line) => {
  expect(problemOf(props)).toBe(`1 problem in the configuration, nothing was synthesized:\n  Test/Release${line}`);
});

test("takes two of one name in two namespaces", () => {
  const inNamespace = (namespace: string) => ({ ...store, metadata: { name: "aws", namespace } });
  expect(problemOf({ name: "a".repeat(53), manifests: [inNamespace("a"), inNamespace("b"), store] })).toBeUndefined();
});
