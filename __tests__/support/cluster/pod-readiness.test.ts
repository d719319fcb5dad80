import { readinessProblems } from "./pod-readiness";
import { type Changes, deploymentOf, soundPod, templateOf } from "./sound-workload";

const problemsOf = (pod: Changes, container: Changes = {}, initContainer: Changes = {}) =>
  readinessProblems(templateOf(deploymentOf(soundPod(pod, container, initContainer))));

const DIGEST = `sha256:${"0a".repeat(32)}`;
const ZONE = "topology.kubernetes.io/zone";
const FILE_SYSTEM = "securityContext.readOnlyRootFilesystem";
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
  ["startupProbe must be set", { startupProbe: undefined }],
  ["readinessProbe must be set", { readinessProbe: undefined }],
  ["livenessProbe must be set", { livenessProbe: [] }],
  ["lifecycle.preStop must be set", PRE_STOP],
] as [string, Changes][])("finds in a container that %s", (problem, container) => {
  expect(problemsOf({}, container)).toEqual([`helm_release.Objects: Deployment api: container api: ${problem}`]);
});

it.each(IN_ANY_CONTAINER)("finds in an init container that %s", (problem, container) => {
  expect(problemsOf({}, {}, container)).toEqual([
    `helm_release.Objects: Deployment api: init container migrate: ${problem}`,
  ]);
});

it("asks no probe and no preStop of an init container", () => {
  expect(problemsOf({}, {}, { startupProbe: undefined, readinessProbe: undefined, ...PRE_STOP })).toEqual([]);
});

it.each<[string, Changes, Changes?]>([
  ["automountServiceAccountToken must be false, got nothing", { automountServiceAccountToken: undefined }],
  ["automountServiceAccountToken must be false, got true", { automountServiceAccountToken: true }],
  [
    "terminationGracePeriodSeconds must be above the 10 of preStop's sleep, got nothing",
    { terminationGracePeriodSeconds: undefined },
  ],
  [
    "terminationGracePeriodSeconds must be above the 10 of preStop's sleep, got 10",
    { terminationGracePeriodSeconds: 10 },
  ],
  [
    "terminationGracePeriodSeconds must be above the 45 of preStop's sleep, got 30",
    {},
    {
      "lifecycle.preStop": { exec: { command: ["/bin/sh", "-c", "sleep 45 && nginx -s quit"] } },
    },
  ],
  [`topologySpreadConstraints must have one for ${ZONE}`, { topologySpreadConstraints: undefined }],
  [
    `topologySpreadConstraints must have one for ${ZONE}`,
    { topologySpreadConstraints: { topologyKey: "kubernetes.io/hostname", labelSelector: {} } },
  ],
  [
    `topologySpreadConstraints must select the pod's own labels for ${ZONE}`,
    { topologySpreadConstraints: { topologyKey: ZONE } },
  ],
  [
    `topologySpreadConstraints must select the pod's own labels for ${ZONE}`,
    { topologySpreadConstraints: { topologyKey: ZONE, labelSelector: { matchLabels: { app: "other" } } } },
  ],
])("finds in a pod that %s", (problem, pod, container = {}) => {
  expect(problemsOf(pod, container)).toEqual([`helm_release.Objects: Deployment api: pod: ${problem}`]);
});

it("asks of a job only what it has a use for", () => {
  const spec = soundPod(
    { terminationGracePeriodSeconds: undefined, topologySpreadConstraints: undefined },
    { readinessProbe: undefined, ...PRE_STOP },
  );

  expect(readinessProblems(templateOf(deploymentOf(spec, { kind: "Job" })))).toEqual([]);
});
