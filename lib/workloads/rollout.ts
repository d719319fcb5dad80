/**
 * How pods are changed. Kubernetes gives up before Terraform does, and says why. Of a Deployment none goes before another
 * is ready; of a StatefulSet one goes at a time.
 */
export const ROLLOUT = {
  deployment: {
    minReadySeconds: 5,
    progressDeadlineSeconds: 600,
    revisionHistoryLimit: 5,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "0%" } },
  },
  statefulSet: {
    revisionHistoryLimit: 5,
    // Each pod comes back by itself: in order, one that fails would keep those behind it from being started again.
    podManagementPolicy: "Parallel",
    updateStrategy: [{ type: "RollingUpdate", rollingUpdate: [{ partition: 0 }] }],
  },
  timeouts: { create: "30m", update: "30m", delete: "10m" },
  /** The same for a release. */
  timeoutSeconds: 1800,
};
