import type { Arguments } from "../synthesis/synthesized";
import { valuesAt } from "../synthesis/terraform-blocks";
import { type Container, containersOf, initContainersOf, type PodTemplate } from "./pod-templates";

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

// https://kubernetes.io/docs/concepts/security/pod-security-standards/ as of Kubernetes 1.35. Without ephemeral
// containers, which no template has.

/** Rules of a pod's and of a container's `securityContext` alike. */
const CONTEXT_RULES: readonly FieldRule[] = [
  {
    field: "securityContext.seLinuxOptions.type",
    must: "be container_t, container_init_t, container_kvm_t or container_engine_t",
    holds: ifSet(among("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")),
  },
  { field: "securityContext.seLinuxOptions.user", must: "not be set", holds: ifSet(isNotSet) },
  { field: "securityContext.seLinuxOptions.role", must: "not be set", holds: ifSet(isNotSet) },
  { field: "securityContext.runAsUser", must: "not be root's 0", holds: ifSet(isNotRoot) },
  { field: "securityContext.windowsOptions.hostProcess", must: "not be true", holds: ifSet(isFalse) },
  {
    field: "securityContext.appArmorProfile.type",
    must: `be ${PROFILES.join(" or ")}`,
    holds: ifSet(isProfile),
  },
];

const POD_RULES: readonly FieldRule[] = [
  { field: "hostNetwork", must: "not be true", holds: ifSet(isFalse) },
  { field: "hostPID", must: "not be true", holds: ifSet(isFalse) },
  { field: "hostIPC", must: "not be true", holds: ifSet(isFalse) },
  {
    field: "securityContext.sysctls.name",
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
  { field: "securityContext.runAsNonRoot", must: "be true", holds: ifSet(isTrue) },
  { field: "securityContext.seccompProfile.type", must: `be ${PROFILES.join(" or ")}`, holds: ifSet(isProfile) },
];

/** Handlers that the kubelet calls: with a host of their own, they reach what the pod could not. */
const HANDLERS = [
  "startupProbe",
  "readinessProbe",
  "livenessProbe",
  "lifecycle.postStart",
  "lifecycle.preStop",
].flatMap((handler) => [`${handler}.httpGet.host`, `${handler}.tcpSocket.host`]);

const CONTAINER_RULES: readonly FieldRule[] = [
  { field: "securityContext.privileged", must: "not be true", holds: ifSet(isFalse) },
  { field: "securityContext.procMount", must: "be Default", holds: ifSet(among("Default")) },
  { field: "securityContext.allowPrivilegeEscalation", must: "be false", holds: always(isFalse) },
  {
    field: "securityContext.capabilities.drop",
    must: "have ALL",
    holds: (values) => values.includes("ALL"),
  },
  {
    field: "securityContext.capabilities.add",
    must: "have nothing but NET_BIND_SERVICE",
    holds: ifSet(among("NET_BIND_SERVICE")),
  },
  { field: "ports.hostPort", must: "not be set", holds: ifSet(among("0")) },
  ...HANDLERS.map((field) => ({ field, must: "not be set", holds: ifSet(isNotSet) })),
  ...CONTEXT_RULES,
];

/** Rules of a container that the pod may keep for all of its containers; what a container says goes for itself. */
const INHERITED_RULES: readonly FieldRule[] = [
  { field: "securityContext.runAsNonRoot", must: "be true", holds: always(isTrue) },
  { field: "securityContext.seccompProfile.type", must: `be ${PROFILES.join(" or ")}`, holds: always(isProfile) },
];

const VOLUME_TYPES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

const APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

/** What Kubernetes' Pod Security Standard, level "restricted", would say of a pod. It contains that of "baseline". */
export const restrictedProblems = (template: PodTemplate): string[] =>
  [
    ...broken("pod", template.spec, POD_RULES),
    ...appArmorProblems(template),
    ...(template.spec.volumes ?? []).flatMap(volumeProblems),
    ...[...initContainersOf(template), ...containersOf(template)].flatMap((container) =>
      containerProblems(container, template.spec),
    ),
  ].map((problem) => `${template.address}: ${problem}`);

const containerProblems = ({ title, fields }: Container, pod: Arguments): string[] => [
  ...broken(title, fields, CONTAINER_RULES),
  ...INHERITED_RULES.flatMap((rule) => {
    const own = valuesAt(fields, rule.field);
    if (own.length > 0) return broken(title, fields, [rule]);
    // What the pod says wrong is the pod's own problem, told once.
    return valuesAt(pod, rule.field).length > 0 ? [] : broken(title, fields, [rule]);
  }),
];

const broken = (title: string, fields: Arguments, rules: readonly FieldRule[]): string[] =>
  rules.flatMap(({ field, must, holds }) => {
    const values = valuesAt(fields, field);
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
