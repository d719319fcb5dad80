/** What the stacks of a platform are of, where it has everything. */
export const PLATFORM_STACKS = [
  "edge",
  "event-store",
  "keys",
  "monitoring",
  "network",
  "read-cluster",
  "read-services",
  "read-store",
  "recovery",
  "recovery-jobs",
  "state",
  "write-cluster",
  "write-monitoring",
  "write-services",
] as const;
