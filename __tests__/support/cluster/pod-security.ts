import type { Arguments } from "../synthesis/synthesized";
import { blocksOf, valuesAt } from "../synthesis/terraform-blocks";
import { type Container, containersOf, type PodTemplate } from "./pod-templates";

/** What all values of a field must be. A value that only Terraform can know is none of those that may be. */
interface FieldRule {
  readonly field: string;
  readonly must: string;
  readonly holds: (values: readonly unknown[]) => boolean;
}

const isTrue = (value: unknown) => `${value}` === "true";
const isFalse = (value: unknown) => `${value}` === "false";
const isNotSet = (value: unknown) => value === "";
const ifSet =
  (allowed: (value: unknown) => boolean): FieldRule["holds"] =>
  (values) =>
    values.every(allowed);
const always =
  (allowed: (value: unknown) => boolean): FieldRule["holds"] =>
  (values) =>
    values.length > 0 && values.every(allowed);
const among =
  (...allowed: readonly string[]) =>
  (value: unknown) =>
    allowed.includes(String(value));

const isNotRoot = (value: unknown) => /^[1-9]\d*$/.test(`${value}`);
const PROFILES = ["RuntimeDefault", "Localhost"];
const isProfile = among(...PROFILES);

// https://kubernetes.io/docs/concepts/security/pod-security-standards/ as of Kubernetes 1.35. What the provider cannot
// write is not here: procMount, AppArmor's profile as a field, a container's Windows options, ephemeral containers.

/** Rules of a pod's and of a container's `security_context` alike. */
const CONTEXT_RULES: readonly FieldRule[] = [
  {
    field: "security_context.se_linux_options.type",
    must: "be container_t, container_init_t, container_kvm_t or container_engine_t",
    holds: ifSet(among("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")),
  },
  { field: "security_context.se_linux_options.user", must: "not be set", holds: ifSet(isNotSet) },
  { field: "security_context.se_linux_options.role", must: "not be set", holds: ifSet(isNotSet) },
  { field: "security_context.run_as_user", must: "not be root's 0", holds: ifSet(isNotRoot) },
];

const POD_RULES: readonly FieldRule[] = [
  { field: "host_network", must: "not be true", holds: ifSet(isFalse) },
  { field: "host_pid", must: "not be true", holds: ifSet(isFalse) },
  { field: "host_ipc", must: "not be true", holds: ifSet(isFalse) },
  { field: "security_context.windows_options.host_process", must: "not be true", holds: ifSet(isFalse) },
  {
    field: "security_context.sysctl.name",
    must: "be among the safe ones",
    holds: ifSet(
      among(
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
      ),
    ),
  },
  ...CONTEXT_RULES,
  { field: "security_context.run_as_non_root", must: "be true", holds: ifSet(isTrue) },
  { field: "security_context.seccomp_profile.type", must: `be ${PROFILES.join(" or ")}`, holds: ifSet(isProfile) },
];

/** Handlers that the kubelet calls: with a host of their own, they reach what the pod could not. */
const HANDLERS = [
  "startup_probe.http_get.host",
  "readiness_probe.http_get.host",
  "liveness_probe.http_get.host",
  "lifecycle.post_start.http_get.host",
  "lifecycle.pre_stop.http_get.host",
];

const CONTAINER_RULES: readonly FieldRule[] = [
  { field: "security_context.privileged", must: "not be true", holds: ifSet(isFalse) },
  { field: "security_context.allow_privilege_escalation", must: "be false", holds: always(isFalse) },
  {
    field: "security_context.capabilities.drop",
    must: "have ALL",
    holds: (values) => values.includes("ALL"),
  },
  {
    field: "security_context.capabilities.add",
    must: "have nothing but NET_BIND_SERVICE",
    holds: ifSet(among("NET_BIND_SERVICE")),
  },
  { field: "port.host_port", must: "not be set", holds: ifSet(among("0")) },
  ...HANDLERS.map((field) => ({ field, must: "not be set", holds: ifSet(isNotSet) })),
  ...CONTEXT_RULES,
];

/** Rules of a container that the pod may keep for all of its containers; what a container says goes for itself. */
const INHERITED_RULES: readonly FieldRule[] = [
  { field: "security_context.run_as_non_root", must: "be true", holds: always(isTrue) },
  { field: "security_context.seccomp_profile.type", must: `be ${PROFILES.join(" or ")}`, holds: always(isProfile) },
];

const VOLUME_TYPES = [
  "config_map",
  "csi",
  "downward_api",
  "empty_dir",
  "ephemeral",
  "persistent_volume_claim",
  "projected",
  "secret",
];

const APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

/** What Kubernetes' Pod Security Standard, level "restricted", would say of a pod. It contains that of "baseline". */
export const restrictedProblems = (template: PodTemplate): string[] =>
  [
    ...broken("pod", template.spec, POD_RULES),
    ...appArmorProblems(template),
    ...blocksOf(template.spec, "volume").flatMap(volumeProblems),
    ...[...containersOf(template, "init_container"), ...containersOf(template, "container")].flatMap((container) =>
      containerProblems(container, template.spec),
    ),
  ].map((problem) => `${template.address}: ${problem}`);

const containerProblems = ({ title, block }: Container, pod: Arguments): string[] => [
  ...broken(title, block, CONTAINER_RULES),
  ...INHERITED_RULES.flatMap((rule) => {
    const own = valuesAt(block, rule.field);
    if (own.length > 0) return broken(title, block, [rule]);
    // What the pod says wrong is the pod's own problem, told once.
    return valuesAt(pod, rule.field).length > 0 ? [] : broken(title, block, [rule]);
  }),
];

const broken = (title: string, block: Arguments, rules: readonly FieldRule[]): string[] =>
  rules.flatMap(({ field, must, holds }) => {
    const values = valuesAt(block, field);
    return holds(values) ? [] : [`${title}: ${field} must ${must}, got ${values.join(", ") || "nothing"}`];
  });

const volumeProblems = (volume: Arguments): string[] =>
  Object.keys(volume)
    .filter((type) => type !== "name" && !VOLUME_TYPES.includes(type) && valuesAt(volume, type).length > 0)
    .map((type) => `volume ${volume.name}: must be ${VOLUME_TYPES.join(", ")}, got ${type}`);

const appArmorProblems = ({ annotations }: PodTemplate): string[] =>
  Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(APP_ARMOR) && !/^(?:$|runtime\/default$|localhost\/)/.test(value))
    .map(([key, value]) => `pod: annotation ${key} must be runtime/default or localhost/*, got ${value}`);
