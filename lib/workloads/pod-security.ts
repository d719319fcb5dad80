/** That of nobody in images without a distribution; it owns nothing. */
const NOBODY = 65_532;

/** What the restricted pod security level wants of a pod. */
export const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: `${NOBODY}`,
  runAsGroup: `${NOBODY}`,
  seccompProfile: { type: "RuntimeDefault" },
};

/** And of its container, whose own files nobody changes. */
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Scratch space is the node's disk; who fills it is evicted. */
export const SCRATCH = {
  volume: { name: "scratch", emptyDir: { sizeLimit: "256Mi" } },
  volumeMount: { name: "scratch", mountPath: "/tmp" },
};
