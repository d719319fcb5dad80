import { podsOf } from "../lib/config/cluster-pods";
import { clusterOf } from "./support/cluster/cluster-pods";
import { hasRenderedObjects } from "./support/cluster/rendered-objects";
import { type RequestedPods, requestedPodsOf } from "./support/cluster/requested-pods";
import { environments } from "./support/synthesis/environments";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

/** Pods of EKS' own add-ons, which no stack of ours describes. */
const EKS = [
  "aws-node",
  "kube-proxy",
  "eks-pod-identity-agent",
  "eks-node-monitoring-agent",
  "ebs-csi-node",
  "ebs-csi-controller",
  "coredns",
];
const CLUSTERS = Object.keys(environments).flatMap((name) => [[name, "write"] as const, [name, "read"] as const]);
const synthesized = synthesizedOnce(environments);

const lines = (pods: readonly RequestedPods[]) =>
  pods
    .filter(({ count }) => count !== 0)
    .map(({ count, cpu, memory }) => `${count} of ${cpu}m ${memory}Mi`)
    .sort();

(hasRenderedObjects ? test : test.skip).each(CLUSTERS)(
  "the capacity check knows each pod of %s's %s cluster",
  (environment, side) => {
    const known = podsOf(environments[environment] ?? {}, side)
      .filter(({ name }) => !EKS.includes(name))
      .map(({ count, most, requests }) => ({
        ...requests,
        count: most !== undefined && count === 0 ? "a job" : count,
      }));
    const requested = requestedPodsOf(clusterOf(synthesized, environment, side), environment, side);
    expect(lines(known as RequestedPods[])).toEqual(lines(requested));
  },
);
