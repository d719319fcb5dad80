import { TerraformVariable } from "cdktf";
import { Ground } from "../../../lib/monitoring/ground";
import { addLogStack, type LogStackProps } from "../../../lib/monitoring/logs/log-stack";
import { keys } from "../../support/synthesis/surroundings";
import { resourceOf, resourcesOf, synthesizeStack } from "../../support/synthesis/synthesized";

const synthesized = (shipped?: Partial<LogStackProps["shipped"]>) =>
  synthesizeStack((stack) => {
    addLogStack(stack, new Ground(stack, { keys, deletionProtection: true, policies: {} }), {
      environment: "production",
      shipped: shipped && {
        certificateAuthority: "production/logs-ca",
        name: "production",
        region: "eu-central-1",
        issuer: "https://oidc.eks.eu-central-1.amazonaws.com/id/A",
        isIngest: false,
        deletionProtection: true,
        // A stand-in for the release that brings the secrets.
        secrets: new TerraformVariable(stack, "secrets", {}),
        ...shipped,
      },
    });
  });
const releasesOf = (tf: ReturnType<typeof synthesized>) => resourcesOf(tf, "helm_release").map(({ name }) => name);

test("is Elasticsearch and Kibana alone where nothing is shipped", () => {
  const tf = synthesized();
  expect(releasesOf(tf)).toEqual(["eck-operator", "eck-stack"]);
  expect(resourcesOf(tf, "aws_s3_bucket")).toEqual([]);
});

test("ships no line before Elasticsearch knows its fields and how long it stays", () => {
  const tf = synthesized({});
  expect(releasesOf(tf)).toEqual(["eck-operator", "eck-stack", "log-lifecycle", "fluent-bit"]);
  const { depends_on } = resourceOf(tf, "helm_release", { name: "fluent-bit" });
  expect(depends_on).toEqual(expect.arrayContaining([expect.stringMatching(/^helm_release\.LogLifecycle/)]));
});

test("has Elasticsearch after its secrets, its service account and the right to its archive", () => {
  const { depends_on } = resourceOf(synthesized({}), "helm_release", { name: "eck-stack" });
  expect(depends_on).toEqual(
    expect.arrayContaining([
      "var.secrets",
      expect.stringMatching(/^kubernetes_service_account_v1\./),
      expect.stringMatching(/^aws_iam_role_policy\.LogArchive/),
    ]),
  );
});

test("has a service account whose pods get no token that they did not ask for", () => {
  expect(resourceOf(synthesized({}), "kubernetes_service_account_v1")).toMatchObject({
    metadata: { name: "elasticsearch", namespace: "elastic" },
    automount_service_account_token: false,
  });
});
