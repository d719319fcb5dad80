import { readinessProblems } from "./pod-readiness";
import { podTemplatesOf } from "./pod-templates";
import { type Changes, deploymentOf, soundPod, templateOf } from "./sound-workload";

const problemsOf = (pod: Changes, container: Changes = {}, initContainer: Changes = {}) =>
  readinessProblems(templateOf(deploymentOf(soundPod(pod, container, initContainer))));

const DIGEST = `sha256:${"0a".repeat(32)}`;
const ZONE = "topology.kubernetes.io/zone";
const FILE_SYSTEM = "security_context.read_only_root_filesystem";
const PRE_STOP = { lifecycle: undefined };

it("finds nothing in a sound pod", () => {
  expect(problemsOf({})).toEqual([]);
});

it.each([
  `registry.example/api@${DIGEST}`,
  `registry.example:5000/api:latest@${DIGEST}`,
  "api:1.4.2",
  "${data.aws_caller_identity.Account.account_id}.dkr.ecr.eu-central-1.amazonaws.com/api:v1",
])("takes the image %s", (image) => {
  expect(problemsOf({}, { image })).toEqual([]);
});

it.each([
  ["0.25", "1Gi", "1024Mi"],
  ["1", "1G", "1Gi"],
  ["100m", "134217728", "128Mi"],
])("takes %s of CPU and %s of memory with at most %s", (cpu, memory, limit) => {
  expect(problemsOf({}, { resources: { requests: { cpu, memory }, limits: { memory: limit } } })).toEqual([]);
});

const IN_ANY_CONTAINER: readonly [string, Changes][] = [
  ["resources.requests.cpu must be a quantity above 0, got nothing", { "resources.requests.cpu": undefined }],
  ["resources.requests.cpu must be a quantity above 0, got 0", { "resources.requests.cpu": "0" }],
  ["resources.requests.memory must be a quantity above 0, got nothing", { "resources.requests.memory": undefined }],
  ["resources.requests.memory must be a quantity above 0, got 512MB", { "resources.requests.memory": "512MB" }],
  ["resources.limits.memory must be a quantity above 0, got nothing", { "resources.limits": undefined }],
  ["resources.limits.memory must be at least the request 512Mi, got 512M", { "resources.limits.memory": "512M" }],
  ["resources.limits.cpu must be at least the request 250m, got 0.2", { "resources.limits.cpu": "0.2" }],
  ["image must end in a digest or a tag other than latest, got nothing", { image: undefined }],
  ...["api", "api:latest", "registry.example:5000/api", "api:${var.tag}", "api@sha256:0a0a"].map(
    (image): [string, Changes] => [`image must end in a digest or a tag other than latest, got ${image}`, { image }],
  ),
  [`${FILE_SYSTEM} must be true, got nothing`, { [FILE_SYSTEM]: undefined }],
  [`${FILE_SYSTEM} must be true, got false`, { [FILE_SYSTEM]: false }],
];

it.each([
  ...IN_ANY_CONTAINER,
  ["startup_probe must be set", { startup_probe: undefined }],
  ["readiness_probe must be set", { readiness_probe: undefined }],
  ["liveness_probe must be set", { liveness_probe: [] }],
  ["lifecycle.pre_stop must be set", PRE_STOP],
] as [string, Changes][])("finds in a container that %s", (problem, container) => {
  expect(problemsOf({}, container)).toEqual([`kubernetes_deployment_v1.Api: container api: ${problem}`]);
});

it.each(IN_ANY_CONTAINER)("finds in an init container that %s", (problem, container) => {
  expect(problemsOf({}, {}, container)).toEqual([`kubernetes_deployment_v1.Api: init_container migrate: ${problem}`]);
});

it("asks no probe and no pre_stop of an init container", () => {
  expect(problemsOf({}, {}, { startup_probe: undefined, readiness_probe: undefined, ...PRE_STOP })).toEqual([]);
});

it.each<[string, Changes, Changes?]>([
  ["automount_service_account_token must be false, got nothing", { automount_service_account_token: undefined }],
  ["automount_service_account_token must be false, got true", { automount_service_account_token: true }],
  [
    "termination_grace_period_seconds must be above the 10 of pre_stop's sleep, got nothing",
    { termination_grace_period_seconds: undefined },
  ],
  [
    "termination_grace_period_seconds must be above the 10 of pre_stop's sleep, got 10",
    { termination_grace_period_seconds: 10 },
  ],
  [
    "termination_grace_period_seconds must be above the 45 of pre_stop's sleep, got 30",
    {},
    {
      "lifecycle.pre_stop": { exec: { command: ["/bin/sh", "-c", "sleep 45 && nginx -s quit"] } },
    },
  ],
  [`topology_spread_constraint must be set for ${ZONE}`, { topology_spread_constraint: undefined }],
  [
    `topology_spread_constraint must be set for ${ZONE}`,
    { topology_spread_constraint: { topology_key: "kubernetes.io/hostname", label_selector: {} } },
  ],
  [
    `topology_spread_constraint.label_selector of ${ZONE} must select the pod's own labels`,
    { topology_spread_constraint: { topology_key: ZONE } },
  ],
  [
    `topology_spread_constraint.label_selector of ${ZONE} must select the pod's own labels`,
    { topology_spread_constraint: { topology_key: ZONE, label_selector: { match_labels: { app: "other" } } } },
  ],
])("finds in a pod that %s", (problem, pod, container = {}) => {
  expect(problemsOf(pod, container)).toEqual([`kubernetes_deployment_v1.Api: pod: ${problem}`]);
});

it.each([
  ["kubernetes_daemon_set_v1", { topology_spread_constraint: undefined }, {}],
  ["kubernetes_job_v1", { termination_grace_period_seconds: undefined }, { readiness_probe: undefined, ...PRE_STOP }],
])("asks of a %s only what it has a use for", (type, pod, container) => {
  const templates = podTemplatesOf({ resource: { [type]: { Api: deploymentOf(soundPod(pod, container)) } } });

  expect(templates.flatMap(readinessProblems)).toEqual([]);
});
