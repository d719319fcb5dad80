import { restrictedProblems } from "./pod-security";
import { type Changes, deploymentOf, soundPod, templateOf } from "./sound-workload";

const problemsOf = (pod: Changes, container: Changes = {}, initContainer: Changes = {}) =>
  restrictedProblems(templateOf(deploymentOf(soundPod(pod, container, initContainer))));

const CONTEXT = "securityContext";
const PROFILES = "RuntimeDefault or Localhost";
const VOLUMES = "configMap, csi, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected, secret";
const SE_LINUX = "container_t, container_init_t, container_kvm_t or container_engine_t";
const SE_LINUX_TYPE = `${CONTEXT}.seLinuxOptions.type`;

it("finds nothing in a sound pod", () => {
  expect(problemsOf({})).toEqual([]);
});

it.each<[string, Changes, Changes?]>([
  ["a pod's fields said as Kubernetes has them anyway", { hostNetwork: false, hostPID: false, hostIPC: false }],
  ["a safe sysctl", { [`${CONTEXT}.sysctls`]: [{ name: "net.ipv4.tcp_rmem", value: "4096" }] }],
  ["a type of SELinux for containers", { [SE_LINUX_TYPE]: "container_t" }],
  ["a local seccomp profile", { [`${CONTEXT}.seccompProfile`]: { type: "Localhost", localhostProfile: "api.json" } }],
  ["low ports", {}, { [`${CONTEXT}.capabilities.add`]: ["NET_BIND_SERVICE"] }],
  ["no host port", {}, { ports: [{ containerPort: 8080, hostPort: 0 }] }],
  [
    "what each container says where the pod says nothing",
    { [`${CONTEXT}.runAsUser`]: undefined },
    { [`${CONTEXT}.runAsNonRoot`]: true, [`${CONTEXT}.seccompProfile.type`]: "RuntimeDefault" },
  ],
])("takes %s", (_, pod, container = {}) => {
  expect(problemsOf(pod, container)).toEqual([]);
});

it.each(VOLUMES.split(", "))("takes a volume of %s", (type) => {
  expect(problemsOf({ volumes: [{ name: "files", [type]: {} }] })).toEqual([]);
});

it.each<[string, Changes]>([
  ["hostNetwork must not be true, got true", { hostNetwork: true }],
  ["hostPID must not be true, got true", { hostPID: true }],
  ["hostIPC must not be true, got true", { hostIPC: true }],
  ["hostIPC must not be true, got ${var.ipc}", { hostIPC: "${var.ipc}" }],
  [
    `${CONTEXT}.windowsOptions.hostProcess must not be true, got true`,
    { [`${CONTEXT}.windowsOptions.hostProcess`]: true },
  ],
  [
    `${CONTEXT}.sysctls.name must be among the safe ones, got net.ipv4.tcp_syncookies, kernel.msgmax`,
    { [`${CONTEXT}.sysctls`]: [{ name: "net.ipv4.tcp_syncookies" }, { name: "kernel.msgmax" }] },
  ],
  [`${SE_LINUX_TYPE} must be ${SE_LINUX}, got spc_t`, { [SE_LINUX_TYPE]: "spc_t" }],
  [`${CONTEXT}.seLinuxOptions.user must not be set, got sysadm_u`, { [`${CONTEXT}.seLinuxOptions.user`]: "sysadm_u" }],
  [`${CONTEXT}.seLinuxOptions.role must not be set, got sysadm_r`, { [`${CONTEXT}.seLinuxOptions.role`]: "sysadm_r" }],
  [`${CONTEXT}.runAsUser must not be root's 0, got 0`, { [`${CONTEXT}.runAsUser`]: "0" }],
  [`${CONTEXT}.runAsNonRoot must be true, got false`, { [`${CONTEXT}.runAsNonRoot`]: false }],
  [
    `${CONTEXT}.seccompProfile.type must be ${PROFILES}, got Unconfined`,
    { [`${CONTEXT}.seccompProfile.type`]: "Unconfined" },
  ],
])("finds in a pod that %s", (problem, pod) => {
  expect(problemsOf(pod)).toEqual([`helm_release.Objects: Deployment api: pod: ${problem}`]);
});

it.each(["hostPath", "nfs", "gitRepo", "awsElasticBlockStore"])("finds a volume of %s", (type) => {
  expect(problemsOf({ volumes: [{ name: "files", [type]: {} }] })).toEqual([
    `helm_release.Objects: Deployment api: volume files: must be ${VOLUMES}, got ${type}`,
  ]);
});

it("finds an AppArmor profile that confines nothing", () => {
  const key = "container.apparmor.security.beta.kubernetes.io/api";
  const template = templateOf(deploymentOf(soundPod()));

  expect(restrictedProblems({ ...template, annotations: { [key]: "unconfined", note: "unconfined" } })).toEqual([
    `helm_release.Objects: Deployment api: pod: annotation ${key} must be runtime/default or localhost/*, got unconfined`,
  ]);
  expect(restrictedProblems({ ...template, annotations: { [key]: "localhost/api" } })).toEqual([]);
});

const IN_A_CONTAINER: readonly [string, Changes][] = [
  [`${CONTEXT}.privileged must not be true, got true`, { [`${CONTEXT}.privileged`]: true }],
  [`${CONTEXT}.allowPrivilegeEscalation must be false, got true`, { [`${CONTEXT}.allowPrivilegeEscalation`]: true }],
  [
    `${CONTEXT}.allowPrivilegeEscalation must be false, got nothing`,
    { [`${CONTEXT}.allowPrivilegeEscalation`]: undefined },
  ],
  [`${CONTEXT}.capabilities.drop must have ALL, got NET_RAW`, { [`${CONTEXT}.capabilities.drop`]: ["NET_RAW"] }],
  [`${CONTEXT}.capabilities.drop must have ALL, got nothing`, { [`${CONTEXT}.capabilities`]: undefined }],
  [
    `${CONTEXT}.capabilities.add must have nothing but NET_BIND_SERVICE, got NET_BIND_SERVICE, SYS_ADMIN`,
    { [`${CONTEXT}.capabilities.add`]: ["NET_BIND_SERVICE", "SYS_ADMIN"] },
  ],
  ["ports.hostPort must not be set, got 8080", { ports: [{ containerPort: 80 }, { hostPort: 8080 }] }],
  ...["startupProbe", "readinessProbe", "livenessProbe", "lifecycle.postStart", "lifecycle.preStop"].map(
    (handler): [string, Changes] => [
      `${handler}.httpGet.host must not be set, got 169.254.169.254`,
      { [handler]: { httpGet: { host: "169.254.169.254" } } },
    ],
  ),
  [`${SE_LINUX_TYPE} must be ${SE_LINUX}, got spc_t`, { [SE_LINUX_TYPE]: "spc_t" }],
  [`${CONTEXT}.runAsUser must not be root's 0, got 0`, { [`${CONTEXT}.runAsUser`]: 0 }],
  [
    `${CONTEXT}.windowsOptions.hostProcess must not be true, got true`,
    { [`${CONTEXT}.windowsOptions.hostProcess`]: true },
  ],
  [
    `${CONTEXT}.appArmorProfile.type must be ${PROFILES}, got Unconfined`,
    { [`${CONTEXT}.appArmorProfile.type`]: "Unconfined" },
  ],
  [`${CONTEXT}.procMount must be Default, got Unmasked`, { [`${CONTEXT}.procMount`]: "Unmasked" }],
  [
    "livenessProbe.tcpSocket.host must not be set, got 10.0.0.1",
    { livenessProbe: { tcpSocket: { host: "10.0.0.1" } } },
  ],
  [`${CONTEXT}.runAsNonRoot must be true, got false`, { [`${CONTEXT}.runAsNonRoot`]: false }],
  [
    `${CONTEXT}.seccompProfile.type must be ${PROFILES}, got Unconfined`,
    { [`${CONTEXT}.seccompProfile.type`]: "Unconfined" },
  ],
];

it.each(IN_A_CONTAINER)("finds in a container that %s", (problem, container) => {
  expect(problemsOf({}, container)).toEqual([`helm_release.Objects: Deployment api: container api: ${problem}`]);
});

it.each(IN_A_CONTAINER)("finds in an init container that %s", (problem, container) => {
  expect(problemsOf({}, {}, container)).toEqual([
    `helm_release.Objects: Deployment api: init container migrate: ${problem}`,
  ]);
});

it.each([
  [`${CONTEXT}.runAsNonRoot`, "true", true],
  [`${CONTEXT}.seccompProfile.type`, PROFILES, "RuntimeDefault"],
])("finds the one container without %s where the pod has none either", (field, allowed, value) => {
  expect(problemsOf({ [field]: undefined }, { [field]: value })).toEqual([
    `helm_release.Objects: Deployment api: init container migrate: ${field} must be ${allowed}, got nothing`,
  ]);
});
