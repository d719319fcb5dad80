import type { EksCluster } from "@cdktf/provider-aws/lib/eks-cluster";
import { Annotations, TerraformStack } from "cdktf";
import { DEFAULT_KUBERNETES_VERSION, type KubernetesVersion, STANDARD_SUPPORT_ENDS } from "../config/kubernetes";

/** Ours: how long before the end of standard support each plan warns of it. An upgrade needs weeks, not days. */
const NOTICE_DAYS = 90;

/**
 * Warns that EKS ends standard support for a version: at synth for one that is older than our default, and in each plan from
 * 90 days before the end. Terraform compares the dates, because a synthesis must not depend on the day.
 */
export function warnOfSupportEnd(cluster: EksCluster, version: KubernetesVersion): void {
  const end = STANDARD_SUPPORT_ENDS[version];
  const message = `EKS ends standard support for Kubernetes ${version} on ${end} and charges six times the price from then on: raise kubernetes.version by one minor version`;
  if (Number(version) < Number(DEFAULT_KUBERNETES_VERSION)) Annotations.of(cluster).addWarning(message);
  const { terraformResourceType: type, friendlyUniqueId: id } = cluster;
  TerraformStack.of(cluster).addOverride(`check.${id}_Version`, {
    assert: [
      {
        condition: `\${${type}.${id}.version != "${version}" || timecmp(timeadd(plantimestamp(), "${NOTICE_DAYS * 24}h"), "${end}T00:00:00Z") < 0}`,
        error_message: message,
      },
    ],
  });
}
