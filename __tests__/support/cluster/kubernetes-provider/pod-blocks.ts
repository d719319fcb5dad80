import { type Block, integer, labelSelector, many, NO_DEFAULT, octal, one, pointer, value } from "./blocks";

const KEY_OF_SOURCE: Block = { key: value(), name: value(), optional: pointer(false) };
const SOURCE: Block = { name: value(), optional: pointer(false) };

const ENV: Block = {
  name: value(),
  value: value(),
  value_from: one({
    config_map_key_ref: one(KEY_OF_SOURCE),
    field_ref: one({ api_version: value("v1"), field_path: value() }),
    secret_key_ref: one(KEY_OF_SOURCE),
  }),
};

const HANDLERS: Block = {
  exec: one({ command: value() }),
  http_get: one({
    host: value(),
    path: value(),
    port: value(undefined, { parsed: integer }),
    scheme: value("HTTP"),
    http_header: many({ name: value(), value: value() }, "httpHeaders"),
  }),
};

const PROBE: Block = {
  ...HANDLERS,
  failure_threshold: value(3),
  initial_delay_seconds: value(),
  period_seconds: value(10),
  success_threshold: value(1),
  timeout_seconds: value(1),
};

/** What a pod's and a container's context share. */
const CONTEXT: Block = {
  run_as_group: value(undefined, { parsed: integer }),
  run_as_user: value(undefined, { parsed: integer }),
  seccomp_profile: one({
    type: value("Unconfined", { overrides: NO_DEFAULT }),
    localhost_profile: value(),
  }),
  se_linux_options: one({ level: value(), role: value(), type: value(), user: value() }),
};

const CONTAINER: Block = {
  args: value(),
  command: value(),
  env: many(ENV, "env"),
  env_from: many({ prefix: value(), config_map_ref: one(SOURCE), secret_ref: one(SOURCE) }, "envFrom"),
  image: value(),
  image_pull_policy: value(),
  lifecycle: one({ post_start: one(HANDLERS), pre_stop: one(HANDLERS) }),
  liveness_probe: one(PROBE),
  name: value(),
  port: many(
    {
      container_port: value(),
      host_ip: value(undefined, { field: "hostIP" }),
      host_port: value(),
      name: value(),
      protocol: value("TCP"),
    },
    "ports",
  ),
  readiness_probe: one(PROBE),
  resources: one({ limits: value(), requests: value() }),
  security_context: one({
    ...CONTEXT,
    allow_privilege_escalation: pointer(true),
    capabilities: one({ add: value(), drop: value() }),
    privileged: pointer(false),
    read_only_root_filesystem: pointer(false),
    run_as_non_root: pointer(false, { overrides: "the run_as_non_root of the pod" }),
  }),
  startup_probe: one(PROBE),
  stdin: value(),
  stdin_once: value(),
  termination_message_path: value("/dev/termination-log"),
  termination_message_policy: value(),
  tty: value(),
  volume_mount: many(
    {
      mount_path: value(),
      mount_propagation: value("None"),
      name: value(),
      read_only: value(),
      sub_path: value(),
      sub_path_expr: value(),
    },
    "volumeMounts",
  ),
  working_dir: value(),
};

/** Where a volume takes its files from. */
const FILES: Block = {
  default_mode: value("0644", { parsed: octal }),
  optional: pointer(false),
  items: many({ key: value(), mode: value(undefined, { parsed: octal }), path: value() }, "items"),
};

const VOLUME: Block = {
  name: value(),
  config_map: one({ ...FILES, name: value() }),
  empty_dir: one({ medium: value(), size_limit: value() }),
  secret: one({ ...FILES, secret_name: value() }),
};

const TOPOLOGY_SPREAD_CONSTRAINT: Block = {
  label_selector: labelSelector(),
  match_label_keys: value(),
  max_skew: value(1, { overrides: NO_DEFAULT }),
  min_domains: value(),
  node_affinity_policy: value(),
  node_taints_policy: value(),
  topology_key: value(),
  when_unsatisfiable: value("DoNotSchedule", { overrides: NO_DEFAULT }),
};

/** A pod's `spec`. Jobs have another default for what happens to a container that ends. */
export const podSpec = (restartPolicy: "Always" | "Never"): Block => ({
  active_deadline_seconds: value(),
  automount_service_account_token: pointer(true, {
    overrides: "the automount_service_account_token of the service account",
  }),
  container: many(CONTAINER, "containers"),
  dns_policy: value("ClusterFirst"),
  enable_service_links: pointer(true),
  host_ipc: value(undefined, { field: "hostIPC" }),
  host_network: value(),
  host_pid: value(undefined, { field: "hostPID" }),
  hostname: value(),
  init_container: many(CONTAINER, "initContainers"),
  node_name: value(),
  node_selector: value(),
  priority_class_name: value(),
  restart_policy: value(restartPolicy),
  runtime_class_name: value(),
  scheduler_name: value(),
  security_context: one({
    ...CONTEXT,
    fs_group: value(undefined, { parsed: integer }),
    fs_group_change_policy: value(),
    run_as_non_root: pointer(false),
    supplemental_groups: value(),
  }),
  service_account_name: value(),
  share_process_namespace: pointer(false),
  subdomain: value(),
  termination_grace_period_seconds: pointer(30),
  topology_spread_constraint: many(TOPOLOGY_SPREAD_CONSTRAINT, "topologySpreadConstraints"),
  volume: many(VOLUME, "volumes"),
});
