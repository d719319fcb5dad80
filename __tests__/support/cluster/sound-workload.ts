import type { Arguments } from "../synthesis/synthesized";
import { type PodTemplate, podTemplatesOf } from "./pod-templates";

/** Fields below a block that are to be others, `{ "security_context.privileged": true }`; undefined leaves one out. */
export type Changes = Arguments;

const LABELS = { app: "api" };
const probe = { http_get: { path: "/healthz", port: "http" } };

const CONTAINER: Arguments = {
  image: "registry.example/api:1.4.2",
  port: [{ name: "http", container_port: 8080 }],
  resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "512Mi" } },
  startup_probe: probe,
  readiness_probe: probe,
  liveness_probe: probe,
  lifecycle: { pre_stop: [{ exec: { command: ["sleep", "10"] } }] },
  security_context: {
    allow_privilege_escalation: false,
    capabilities: { drop: ["ALL"] },
    read_only_root_filesystem: true,
  },
};

const POD: Arguments = {
  automount_service_account_token: false,
  termination_grace_period_seconds: 30,
  security_context: { run_as_non_root: true, run_as_user: "1000", seccomp_profile: { type: "RuntimeDefault" } },
  topology_spread_constraint: [
    {
      max_skew: 1,
      topology_key: "topology.kubernetes.io/zone",
      when_unsatisfiable: "DoNotSchedule",
      label_selector: [{ match_labels: LABELS }],
    },
  ],
  volume: [{ name: "tmp", empty_dir: { medium: "Memory" } }],
};

/** Pods that a judge of pods has nothing to say of, but for what a test changes: a double of what our constructs write. */
export const soundPod = (pod: Changes = {}, container: Changes = {}, initContainer: Changes = {}): Arguments => ({
  ...changed(POD, pod),
  init_container: [{ ...changed(CONTAINER, initContainer), name: "migrate" }],
  container: [{ ...changed(CONTAINER, container), name: "api" }],
});

/** A Deployment of such pods in the namespace `write`. */
export const deploymentOf = (spec: Arguments, arguments_: Changes = {}): Arguments =>
  changed(
    {
      metadata: { name: "api", namespace: "write" },
      spec: { replicas: "3", template: { metadata: { labels: LABELS }, spec } },
    },
    arguments_,
  );

/** The pods of the Deployment, as the one resource of a stack. */
export function templateOf(deployment: Arguments): PodTemplate {
  const [template] = podTemplatesOf({ resource: { kubernetes_deployment_v1: { Api: deployment } } });
  if (template === undefined) throw new Error("the Deployment has no pods");
  return template;
}

function changed(block: Arguments, changes: Changes): Arguments {
  const result: Record<string, unknown> = { ...block };
  for (const [path, value] of Object.entries(changes)) {
    const [name = "", ...below] = path.split(".");
    const inner = (result[name] ?? {}) as Arguments;
    result[name] = below.length === 0 ? value : changed(inner, { [below.join(".")]: value });
  }
  return result;
}
