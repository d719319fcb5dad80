import type { Arguments, TerraformJson } from "../synthesis/synthesized";
import type { KubernetesObject } from "./kubernetes-provider/sent-objects";
import { type PodTemplate, podTemplatesOf } from "./pod-templates";

/** Fields below an object that are to be others, `{ "securityContext.privileged": true }`; undefined leaves one out. */
export type Changes = Arguments;

const LABELS = { app: "api" };
const probe = { httpGet: { path: "/healthz", port: "http" } };

const CONTAINER: Arguments = {
  image: "registry.example/api:1.4.2",
  ports: [{ name: "http", containerPort: 8080 }],
  resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "512Mi" } },
  startupProbe: probe,
  readinessProbe: probe,
  livenessProbe: probe,
  lifecycle: { preStop: { exec: { command: ["sleep", "10"] } } },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
  },
};

const POD: Arguments = {
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 30,
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: "topology.kubernetes.io/zone",
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: { matchLabels: LABELS },
    },
  ],
  volumes: [{ name: "tmp", emptyDir: { medium: "Memory" } }],
};

/** Pods that a judge of pods has nothing to say of, but for what a test changes: a double of what our constructs make. */
export const soundPod = (pod: Changes = {}, container: Changes = {}, initContainer: Changes = {}): Arguments => ({
  ...changed(POD, pod),
  initContainers: [{ ...changed(CONTAINER, initContainer), name: "migrate" }],
  containers: [{ ...changed(CONTAINER, container), name: "api" }],
});

/** A Deployment of three such pods in the namespace `write`. */
export const deploymentOf = (podSpec: Arguments, changes: Changes = {}): KubernetesObject =>
  changed(
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "api", namespace: "write" },
      spec: { replicas: 3, template: { metadata: { labels: LABELS }, spec: podSpec } },
    },
    changes,
  ) as unknown as KubernetesObject;

/** A stack that has the objects in a release of our own chart. */
export const stackOfObjects = (objects: readonly object[]): TerraformJson => ({
  resource: {
    helm_release: {
      Objects: {
        chart: "./assets/ManifestChart",
        namespace: "default",
        values: [JSON.stringify({ resources: objects })],
      },
    },
  },
});

/** The pods of the Deployment, as the one object of a stack. */
export function templateOf(deployment: KubernetesObject): PodTemplate {
  const [template] = podTemplatesOf(stackOfObjects([deployment]));
  if (template === undefined) throw new Error("the Deployment has no pods");
  return template;
}

function changed(object: Arguments, changes: Changes): Arguments {
  const result: Record<string, unknown> = { ...object };
  for (const [path, value] of Object.entries(changes)) {
    const [name = "", ...below] = path.split(".");
    const inner = (result[name] ?? {}) as Arguments;
    result[name] = below.length === 0 ? value : changed(inner, { [below.join(".")]: value });
  }
  return result;
}
