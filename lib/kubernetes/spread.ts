const TOPOLOGY_KEYS = { zone: "topology.kubernetes.io/zone", node: "kubernetes.io/hostname" } as const;

/**
 * Topology spread constraints of the pods with these labels: in different zones, or on different nodes of them too. A pod
 * starts nevertheless where there is one zone or node alone. Only pods of one revision count: during a rollout the old
 * revision's pods, which leave afterwards, would decide where the new ones go. Pods of a StatefulSet do not have the label
 * `pod-template-hash`, so Kubernetes ignores it: they are replaced one by one, and all of them count.
 */
export const spreadOver = (labels: Readonly<Record<string, string>>, ...over: (keyof typeof TOPOLOGY_KEYS)[]) =>
  over.map((topology) => ({
    maxSkew: 1,
    topologyKey: TOPOLOGY_KEYS[topology],
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { ...labels } },
    matchLabelKeys: ["pod-template-hash"],
  }));

/** In different zones, in the words of the Prometheus operator. It makes StatefulSets. */
export const TWO_ZONES = {
  podAntiAffinity: "soft",
  podAntiAffinityTopologyKey: TOPOLOGY_KEYS.zone,
} as const;
