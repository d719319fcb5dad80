import { execFileSync, spawnSync } from "node:child_process";
import { EksCluster } from "@cdktf/provider-aws/lib/eks-cluster";
import { TerraformStack, Testing } from "cdktf";
import { ADDON_VERSIONS, type KubernetesVersion } from "../../lib/config/kubernetes";
import { warnOfSupportEnd } from "../../lib/kubernetes/version-support";
import type { Arguments } from "../support/synthesis/synthesized";

function made(version: KubernetesVersion) {
  const stack = new TerraformStack(Testing.app(), "orders");
  const vpcConfig = { subnetIds: [] };
  const cluster = new EksCluster(stack, "Cluster", { name: "orders", roleArn: "arn", version, vpcConfig });
  warnOfSupportEnd(cluster, version);
  const warnings = cluster.node.metadata.filter(({ type }) => type.includes("warn")).map(({ data }) => String(data));
  const { check } = JSON.parse(Testing.synth(stack)) as { check?: Record<string, { assert: readonly Arguments[] }> };
  return { warnings, assertions: check?.Cluster_Version?.assert ?? [] };
}

const MESSAGE = /^EKS ends standard support for Kubernetes (1\.\d+) on (\d{4}-\d\d-\d\d) .*: raise kubernetes\.version/;

test("a synthesis warns of a version that is older than the default, and of no other", () => {
  const warned = (Object.keys(ADDON_VERSIONS) as KubernetesVersion[]).filter(
    (version) => made(version).warnings.length,
  );
  expect(warned).toEqual(["1.34"]);
  expect(made("1.34").warnings).toEqual([expect.stringMatching(MESSAGE)]);
});

test.each(Object.keys(ADDON_VERSIONS) as KubernetesVersion[])("each plan is to warn of the end of %s", (version) => {
  expect(made(version).assertions).toEqual([
    { condition: expect.any(String), error_message: expect.stringMatching(MESSAGE) },
  ]);
});

/** Terraform's own functions, with the moment of the plan put in their place. */
function holdsOn(moment: string): string {
  const [{ condition } = {}] = made("1.35").assertions;
  const [, expression = ""] =
    /^\$\{aws_eks_cluster\.Cluster\.version != "1\.35" \|\| (.*)\}$/.exec(String(condition)) ?? [];
  const dated = expression.replace("plantimestamp()", JSON.stringify(moment));
  return execFileSync("terraform", ["console"], {
    input: `${dated}\n`,
    encoding: "utf8",
    cwd: __dirname,
    stdio: "pipe",
  }).trim();
}

const hasTerraform = spawnSync("terraform", ["version"]).status === 0;

(hasTerraform ? test : test.skip).each([
  ["2026-12-01T00:00:00Z", "true"],
  ["2027-01-01T00:00:00Z", "false"],
  ["2027-06-01T00:00:00Z", "false"],
])("a plan of %s holds: %s", (moment, holds) => {
  expect(holdsOn(moment)).toBe(holds);
});
