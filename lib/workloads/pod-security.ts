/** That of nobody in images without a distribution; it owns nothing. */
const NOBODY = 65_532;

/** What the restricted pod security level wants of a pod. */
export const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: `${NOBODY}`,
  runAsGroup: `${NOBODY}`,
  seccompProfile: { type: "RuntimeDefault" },
};

/**
 * What it wants of the container too, whose root file system is read-only. `runAsNonRoot` is repeated because the provider
 * sends false where a container's context leaves it out, and that overrides the pod's.
 */
export const CONTAINER_SECURITY = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Scratch space is the node's disk; who fills it is evicted. */
export const SCRATCH = {
  volume: { name: "scratch", emptyDir: { sizeLimit: "256Mi" } },
  volumeMount: { name: "scratch", mountPath: "/tmp" },
};
