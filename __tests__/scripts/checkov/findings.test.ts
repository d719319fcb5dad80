import { type CheckovReport, findingsIn, problemsOf } from "../../../scripts/checkov/findings";
import type { Program } from "../../../scripts/rehearsal/program";

const stack = (resource: Program[string]["tf"]["resource"]): Program[string] => ({
  tf: { resource },
  dependencies: [],
  reads: {},
  folder: "",
  assets: "",
});
const program: Program = {
  store: stack({ aws_db_instance: { Database: {} }, aws_s3_bucket: { Database: {}, Exports: {} } }),
  edge: stack({ cloudflare_ruleset: { Cache: {} } }),
};
const record = (resource: string, check_id = "CKV_AWS_1", file = "store") => ({
  ...{ check_id, check_name: "Ensure it", file_path: `/${file}/cdk.tf.json`, resource },
});
const report = (results: Partial<CheckovReport["results"]>): CheckovReport => ({
  results: { passed_checks: [], failed_checks: [], parsing_errors: [], ...results },
});

test.each([
  ["a type before the name", "aws_s3_bucket.Exports", "store aws_s3_bucket.Exports"],
  ["no type", "resource.Exports", "store aws_s3_bucket.Exports"],
  ["a name of two resources", "resource.Database", "store resource.Database"],
  ["what is no resource", "aws_iam_policy_document.Trust", "store aws_iam_policy_document.Trust"],
])("a finding is at its stack and address: %s", (_, resource, at) => {
  expect(findingsIn(report({ failed_checks: [record(resource)] }), program)).toEqual([
    { check: "CKV_AWS_1", title: "Ensure it", at },
  ]);
});

test("a stack of AWS that has not been read is an error, because it would have no findings", () => {
  expect(() => findingsIn(report({}), program)).toThrow("checkov has checked nothing in store");
  expect(findingsIn(report({ passed_checks: [record("resource.Exports")] }), program)).toEqual([]);
});

test("a file that could not be read is an error", () => {
  const results = report({ parsing_errors: ["/store/cdk.tf.json"], passed_checks: [record("resource.Exports")] });
  expect(() => findingsIn(results, program)).toThrow("checkov could not read /store/cdk.tf.json");
});

describe("problems", () => {
  const findings = ["CKV_AWS_1", "CKV_AWS_2"].map((check) => ({ check, title: "Ensure it", at: "store a.b" }));
  const both = { CKV_AWS_1: "because", CKV_AWS_2: "because" };

  test("there are none where each finding has a reason", () => {
    expect(problemsOf(findings, { "store a.b": both })).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, Readonly<Record<string, string>>>>]>([
    ["another check", { "store a.b": { CKV_AWS_1: "because" } }],
    ["another address", { "store a.b": { CKV_AWS_1: "because" }, "store a.c": { CKV_AWS_2: "because" } }],
    ["another stack", { "store a.b": { CKV_AWS_1: "because" }, "edge a.b": { CKV_AWS_2: "because" } }],
  ])("a finding without a reason: one for %s is none", (_, accepted) => {
    expect(problemsOf(findings, accepted)).toContain("store a.b: CKV_AWS_2: Ensure it");
  });

  test("a reason without a finding", () => {
    expect(problemsOf(findings.slice(0, 1), { "store a.b": both })).toEqual([
      "store a.b: CKV_AWS_2: is accepted, and not found any more: remove the entry",
    ]);
  });
});
