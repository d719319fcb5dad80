/** One may be taken away at a time. */
export const ONE_STAYS = { minAvailable: 1 } as const;

/** The definitions of custom resources are their users' data: a release that goes leaves them. */
export const KEEP = { "helm.sh/resource-policy": "keep" } as const;
