import type { Arguments } from "../synthesis/synthesized";
import { drainProblems } from "./pod-drains";
import { type Changes, deploymentOf, soundPod } from "./sound-workload";

const SELECTOR = { matchLabels: { app: "api" } };

/** A release that has a budget. */
const budget = (spec: Arguments, namespace: string | undefined = "write"): Arguments => ({
  namespace,
  values: [
    JSON.stringify({
      resources: [
        {
          kind: "PodDisruptionBudget",
          metadata: { name: "api" },
          spec: { selector: SELECTOR, unhealthyPodEvictionPolicy: "AlwaysAllow", ...spec },
        },
      ],
    }),
  ],
});

/** What is wrong with a Deployment of three pods. */
const problemsOf = (budgets: readonly Arguments[], deployment: Changes = {}, autoscaler?: Arguments) =>
  drainProblems({
    resource: {
      kubernetes_deployment_v1: { Api: deploymentOf(soundPod(), deployment) },
      helm_release: Object.fromEntries(budgets.entries()),
      ...(autoscaler && { kubernetes_horizontal_pod_autoscaler_v2: { Api: autoscaler } }),
    },
  });

const autoscalerOf = (target: Arguments, min_replicas: number | undefined, namespace = "write"): Arguments => ({
  metadata: { name: "api", namespace },
  spec: { min_replicas, max_replicas: 9, scale_target_ref: { api_version: "apps/v1", ...target } },
});

const API = { kind: "Deployment", name: "api" };
const BUDGET = "kubernetes_deployment_v1.Api: budget api:";
const ONE = "kubernetes_deployment_v1.Api: exactly one PodDisruptionBudget must select its pods, got";

it.each<[string, Arguments]>([
  ["one pod go", { maxUnavailable: "1" }],
  ["a part of them go", { maxUnavailable: "10%" }],
  ["all but two go", { minAvailable: "2" }],
  ["all but a half, rounded up, go", { minAvailable: "50%" }],
  ["one of all pods of the namespace go", { maxUnavailable: 1, selector: {} }],
])("takes a budget that lets %s", (_, spec) => {
  expect(problemsOf([budget(spec)])).toEqual([]);
});

it.each<[string, readonly Arguments[]]>([
  [`${ONE} none`, []],
  [`${ONE} none`, [budget({ maxUnavailable: "1" }, "read")]],
  [`${ONE} none`, [budget({ maxUnavailable: "1", selector: { matchLabels: { app: "other" } } })]],
  [`${ONE} none`, [budget({ maxUnavailable: "1", selector: undefined })]],
  [`${ONE} api, api`, [budget({ maxUnavailable: "1" }), budget({ maxUnavailable: "1", selector: {} })]],
  [`${BUDGET} either maxUnavailable or minAvailable must be set`, [budget({})]],
  [`${BUDGET} either maxUnavailable or minAvailable must be set`, [budget({ maxUnavailable: "1", minAvailable: "1" })]],
  ...["0", "0%", "${var.most}"].map((most): [string, Arguments[]] => [
    `${BUDGET} maxUnavailable must let at least one pod go, got ${most}`,
    [budget({ maxUnavailable: most })],
  ]),
  ...[undefined, "IfHealthyBudget"].map((policy): [string, Arguments[]] => [
    `${BUDGET} unhealthyPodEvictionPolicy must be AlwaysAllow, got ${policy}`,
    [budget({ maxUnavailable: 1, unhealthyPodEvictionPolicy: policy })],
  ]),
  ...["3", "100%", "67%", "${var.least}"].map((least): [string, Arguments[]] => [
    `${BUDGET} minAvailable must be below the 3 pods that there are at least, got ${least}`,
    [budget({ minAvailable: least })],
  ]),
])("finds that %s", (problem, budgets) => {
  expect(problemsOf(budgets)).toEqual([problem]);
});

it("takes one pod where a Deployment doesn't say how many", () => {
  expect(problemsOf([budget({ minAvailable: "1" })], { "spec.replicas": undefined })).toEqual([
    `${BUDGET} minAvailable must be below the 1 pods that there are at least, got 1`,
  ]);
});

it("takes the namespace default where none is said", () => {
  expect(problemsOf([budget({ maxUnavailable: "1" }, "default")], { "metadata.namespace": undefined })).toEqual([]);
});

it.each([
  ["more pods than the Deployment says", autoscalerOf(API, 4), []],
  ["fewer", autoscalerOf(API, 2), [`${BUDGET} minAvailable must be below the 2 pods that there are at least, got 2`]],
  [
    "one, for it says nothing",
    autoscalerOf(API, undefined),
    [`${BUDGET} minAvailable must be below the 1 pods that there are at least, got 2`],
  ],
  ["fewer of another kind", autoscalerOf({ ...API, kind: "StatefulSet" }, 1), []],
  ["fewer of another name", autoscalerOf({ ...API, name: "other" }, 1), []],
  ["fewer in another namespace", autoscalerOf(API, 1, "read"), []],
])("counts by the autoscaler that wants %s", (_, autoscaler, problems) => {
  expect(problemsOf([budget({ minAvailable: "2" })], {}, autoscaler)).toEqual(problems);
});

it("asks the same of a StatefulSet, and nothing of a DaemonSet", () => {
  const resource = { Api: deploymentOf(soundPod()) };

  expect(
    drainProblems({ resource: { kubernetes_stateful_set_v1: resource, kubernetes_daemon_set_v1: resource } }),
  ).toEqual(["kubernetes_stateful_set_v1.Api: exactly one PodDisruptionBudget must select its pods, got none"]);
});
