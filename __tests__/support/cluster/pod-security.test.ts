import { restrictedProblems } from "./pod-security";
import { type Changes, deploymentOf, soundPod, templateOf } from "./sound-workload";

const problemsOf = (pod: Changes, container: Changes = {}, initContainer: Changes = {}) =>
  restrictedProblems(templateOf(deploymentOf(soundPod(pod, container, initContainer))));

const CONTEXT = "security_context";
const PROFILES = "RuntimeDefault or Localhost";
const VOLUMES = "config_map, csi, downward_api, empty_dir, ephemeral, persistent_volume_claim, projected, secret";
const SE_LINUX = "container_t, container_init_t, container_kvm_t or container_engine_t";
const SE_LINUX_TYPE = `${CONTEXT}.se_linux_options.type`;

it("finds nothing in a sound pod", () => {
  expect(problemsOf({})).toEqual([]);
});

it.each<[string, Changes, Changes?]>([
  ["a pod's fields said as Kubernetes has them anyway", { host_network: false, host_pid: false, host_ipc: false }],
  ["a safe sysctl", { [`${CONTEXT}.sysctl`]: [{ name: "net.ipv4.tcp_rmem", value: "4096" }] }],
  ["a type of SELinux for containers", { [SE_LINUX_TYPE]: "container_t" }],
  ["a local seccomp profile", { [`${CONTEXT}.seccomp_profile`]: { type: "Localhost", localhost_profile: "api.json" } }],
  ["low ports", {}, { [`${CONTEXT}.capabilities.add`]: ["NET_BIND_SERVICE"] }],
  ["no host port", {}, { port: { container_port: 8080, host_port: 0 } }],
  [
    "what each container says where the pod says nothing",
    { [`${CONTEXT}.run_as_user`]: undefined },
    { [`${CONTEXT}.run_as_non_root`]: true, [`${CONTEXT}.seccomp_profile.type`]: "RuntimeDefault" },
  ],
])("takes %s", (_, pod, container = {}) => {
  expect(problemsOf(pod, container)).toEqual([]);
});

it.each(VOLUMES.split(", "))("takes a volume of %s", (type) => {
  expect(problemsOf({ volume: { name: "files", [type]: {} } })).toEqual([]);
});

it.each<[string, Changes]>([
  ["host_network must not be true, got true", { host_network: true }],
  ["host_pid must not be true, got true", { host_pid: true }],
  ["host_ipc must not be true, got true", { host_ipc: true }],
  ["host_ipc must not be true, got ${var.ipc}", { host_ipc: "${var.ipc}" }],
  [
    `${CONTEXT}.windows_options.host_process must not be true, got true`,
    { [`${CONTEXT}.windows_options.host_process`]: true },
  ],
  [
    `${CONTEXT}.sysctl.name must be among the safe ones, got net.ipv4.tcp_syncookies, kernel.msgmax`,
    { [`${CONTEXT}.sysctl`]: [{ name: "net.ipv4.tcp_syncookies" }, { name: "kernel.msgmax" }] },
  ],
  [`${SE_LINUX_TYPE} must be ${SE_LINUX}, got spc_t`, { [SE_LINUX_TYPE]: "spc_t" }],
  [
    `${CONTEXT}.se_linux_options.user must not be set, got sysadm_u`,
    { [`${CONTEXT}.se_linux_options.user`]: "sysadm_u" },
  ],
  [
    `${CONTEXT}.se_linux_options.role must not be set, got sysadm_r`,
    { [`${CONTEXT}.se_linux_options.role`]: "sysadm_r" },
  ],
  [`${CONTEXT}.run_as_user must not be root's 0, got 0`, { [`${CONTEXT}.run_as_user`]: "0" }],
  [`${CONTEXT}.run_as_non_root must be true, got false`, { [`${CONTEXT}.run_as_non_root`]: false }],
  [
    `${CONTEXT}.seccomp_profile.type must be ${PROFILES}, got Unconfined`,
    { [`${CONTEXT}.seccomp_profile.type`]: "Unconfined" },
  ],
])("finds in a pod that %s", (problem, pod) => {
  expect(problemsOf(pod)).toEqual([`kubernetes_deployment_v1.Api: pod: ${problem}`]);
});

it.each(["host_path", "nfs", "git_repo", "aws_elastic_block_store"])("finds a volume of %s", (type) => {
  expect(problemsOf({ volume: [{ name: "files", [type]: [{}] }] })).toEqual([
    `kubernetes_deployment_v1.Api: volume files: must be ${VOLUMES}, got ${type}`,
  ]);
});

it("finds an AppArmor profile that confines nothing", () => {
  const key = "container.apparmor.security.beta.kubernetes.io/api";
  const template = templateOf(deploymentOf(soundPod()));

  expect(restrictedProblems({ ...template, annotations: { [key]: "unconfined", note: "unconfined" } })).toEqual([
    `kubernetes_deployment_v1.Api: pod: annotation ${key} must be runtime/default or localhost/*, got unconfined`,
  ]);
  expect(restrictedProblems({ ...template, annotations: { [key]: "localhost/api" } })).toEqual([]);
});

const IN_A_CONTAINER: readonly [string, Changes][] = [
  [`${CONTEXT}.privileged must not be true, got true`, { [`${CONTEXT}.privileged`]: true }],
  [
    `${CONTEXT}.allow_privilege_escalation must be false, got true`,
    { [`${CONTEXT}.allow_privilege_escalation`]: true },
  ],
  [
    `${CONTEXT}.allow_privilege_escalation must be false, got nothing`,
    { [`${CONTEXT}.allow_privilege_escalation`]: undefined },
  ],
  [`${CONTEXT}.capabilities.drop must have ALL, got NET_RAW`, { [`${CONTEXT}.capabilities.drop`]: ["NET_RAW"] }],
  [`${CONTEXT}.capabilities.drop must have ALL, got nothing`, { [`${CONTEXT}.capabilities`]: undefined }],
  [
    `${CONTEXT}.capabilities.add must have nothing but NET_BIND_SERVICE, got NET_BIND_SERVICE, SYS_ADMIN`,
    { [`${CONTEXT}.capabilities.add`]: ["NET_BIND_SERVICE", "SYS_ADMIN"] },
  ],
  ["port.host_port must not be set, got 8080", { port: [{ container_port: 80 }, { host_port: 8080 }] }],
  ...["startup_probe", "readiness_probe", "liveness_probe", "lifecycle.post_start", "lifecycle.pre_stop"].map(
    (handler): [string, Changes] => [
      `${handler}.http_get.host must not be set, got 169.254.169.254`,
      { [handler]: { http_get: { host: "169.254.169.254" } } },
    ],
  ),
  [`${SE_LINUX_TYPE} must be ${SE_LINUX}, got spc_t`, { [SE_LINUX_TYPE]: "spc_t" }],
  [`${CONTEXT}.run_as_user must not be root's 0, got 0`, { [`${CONTEXT}.run_as_user`]: 0 }],
  [`${CONTEXT}.run_as_non_root must be true, got false`, { [`${CONTEXT}.run_as_non_root`]: false }],
  [
    `${CONTEXT}.seccomp_profile.type must be ${PROFILES}, got Unconfined`,
    { [`${CONTEXT}.seccomp_profile.type`]: "Unconfined" },
  ],
];

it.each(IN_A_CONTAINER)("finds in a container that %s", (problem, container) => {
  expect(problemsOf({}, container)).toEqual([`kubernetes_deployment_v1.Api: container api: ${problem}`]);
});

it.each(IN_A_CONTAINER)("finds in an init container that %s", (problem, container) => {
  expect(problemsOf({}, {}, container)).toEqual([`kubernetes_deployment_v1.Api: init_container migrate: ${problem}`]);
});

it.each([
  [`${CONTEXT}.run_as_non_root`, "true", true],
  [`${CONTEXT}.seccomp_profile.type`, PROFILES, "RuntimeDefault"],
])("finds the one container without %s where the pod has none either", (field, allowed, value) => {
  expect(problemsOf({ [field]: undefined }, { [field]: value })).toEqual([
    `kubernetes_deployment_v1.Api: init_container migrate: ${field} must be ${allowed}, got nothing`,
  ]);
});
