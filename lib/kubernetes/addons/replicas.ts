/** Two of what must not go with one node or one zone; one of them may be taken away at a time. */
export const REPLICAS = 2;
export const ONE_STAYS = { minAvailable: 1 } as const;

/** The definitions of custom resources are their users' data: a release that goes leaves them. */
export const KEEP = { "helm.sh/resource-policy": "keep" } as const;

/** Zones apart where there are zones, and nevertheless started where there is but one. */
export const overZones = (labels: Readonly<Record<string, string>>) => [
  {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labels },
  },
];

/** A memory limit alone: a throttled process looks like a broken one. */
export const resources = (cpu: string, memory: string, memoryLimit = memory) => ({
  requests: { cpu, memory },
  limits: { memory: memoryLimit },
});
