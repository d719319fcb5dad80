import { TerraformVariable } from "cdktf";
import { accessCluster } from "../../lib/kubernetes/cluster-access";
import { secretsIn } from "../support/synthesis/secrets";
import { synthesizeStack } from "../support/synthesis/synthesized";

const cluster = { clusterName: "orders-read", endpoint: "https://eks.example", certificateAuthorityData: "Zm9v" };
const tf = synthesizeStack((stack) => accessCluster(stack, { cluster, region: "eu-central-1" }));

const exec = {
  api_version: "client.authentication.k8s.io/v1beta1",
  command: "aws",
  args: ["eks", "get-token", "--cluster-name", "orders-read", "--region", "eu-central-1", "--output", "json"],
};
const address = { host: "https://eks.example", cluster_ca_certificate: '${base64decode("Zm9v")}' };

test("Kubernetes resources go to the cluster, with a fresh token at each use", () => {
  expect(tf.provider?.kubernetes).toEqual([{ ...address, exec: [exec] }]);
});

test("Helm releases go to the same one, in the same way", () => {
  expect(tf.provider?.helm).toEqual([{ kubernetes: { ...address, exec } }]);
});

test("leaves no token in the state", () => {
  expect(tf.data).toBeUndefined();
  expect(secretsIn(tf)).toEqual([]);
});

test("takes what another stack knows", () => {
  const { provider } = synthesizeStack((stack) => {
    const certificateAuthorityData = new TerraformVariable(stack, "ca", { type: "string" }).stringValue;
    accessCluster(stack, { cluster: { ...cluster, certificateAuthorityData }, region: "eu-central-1" });
  });
  expect(provider?.kubernetes).toMatchObject([{ cluster_ca_certificate: "${base64decode(var.ca)}" }]);
});
