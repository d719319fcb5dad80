/** Two of what must not go with one node or one zone; one of them may be taken away at a time. */
export const REPLICAS = 2;
export const ONE_STAYS = { minAvailable: 1 } as const;

/** The definitions of custom resources are their users' data: a release that goes leaves them. */
export const KEEP = { "helm.sh/resource-policy": "keep" } as const;

/** A memory limit alone: a throttled process looks like a broken one. */
export const resources = (cpu: string, memory: string, memoryLimit = memory) => ({
  requests: { cpu, memory },
  limits: { memory: memoryLimit },
});
