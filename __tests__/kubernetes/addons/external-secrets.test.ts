import { ExternalSecrets, SECRET_STORE, secretStore } from "../../../lib/kubernetes/addons/external-secrets";
import { definitionProblems, hasDefinitions } from "../../support/cluster/custom-resources";
import { statementsOf } from "../../support/synthesis/policies";
import { keys } from "../../support/synthesis/surroundings";
import { resourceOf, synthesizeStack } from "../../support/synthesis/synthesized";

const tf = synthesizeStack(
  (stack) =>
    void new ExternalSecrets(stack, "Secrets", {
      name: "orders-write",
      clusterName: "orders-write",
      region: "eu-central-1",
      keys,
      secrets: ["orders/database", "orders/commands-certificate"],
      namespaces: ["commands", "ingress"],
    }),
);
const store = secretStore({ name: "aws", region: "eu-central-1", namespaces: ["commands", "ingress"] });

test("reads the named secrets, decrypts with one key through Secrets Manager, and may do nothing else", () => {
  expect(statementsOf(tf)).toEqual([
    {
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      Resource: [
        "arn:PARTITION:secretsmanager:eu-central-1:ACCOUNT:secret:orders/database-??????",
        "arn:PARTITION:secretsmanager:eu-central-1:ACCOUNT:secret:orders/commands-certificate-??????",
      ],
    },
    {
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: keys.secrets,
      Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" } },
    },
  ]);
});

test("has a store for the named namespaces, with the operator's own role", () => {
  expect(JSON.parse(String(resourceOf(tf, "helm_release", { name: "secret-store" }).values))).toEqual({
    resources: [store],
  });
  expect(store).toEqual({
    apiVersion: "external-secrets.io/v1",
    kind: "ClusterSecretStore",
    metadata: { name: "aws" },
    spec: {
      conditions: [{ namespaces: ["commands", "ingress"] }],
      provider: { aws: { service: "SecretsManager", region: "eu-central-1" } },
    },
  });
  expect(SECRET_STORE).toEqual({ name: store.metadata.name, kind: store.kind });
});

(hasDefinitions ? test : test.skip)("has a store as its definition wants it", () => {
  expect(definitionProblems(store)).toEqual([]);
  expect(definitionProblems({ ...store, spec: { provider: { aws: { service: "S3", regio: "x" } } } })).toEqual([
    "ClusterSecretStore.spec.provider.aws.service: must be one of SecretsManager, ParameterStore, CertificateManager, is S3",
    "ClusterSecretStore.spec.provider.aws: must have region",
    "ClusterSecretStore.spec.provider.aws.regio: is unknown",
  ]);
});
