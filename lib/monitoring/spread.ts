/** What must not go with one node or one zone, for what the operator of Prometheus makes. */
export const TWO_ZONES = {
  podAntiAffinity: "soft",
  podAntiAffinityTopologyKey: "topology.kubernetes.io/zone",
} as const;

/** Of several, one must stay. */
export const ONE_STAYS = { enabled: true, minAvailable: 1 } as const;
