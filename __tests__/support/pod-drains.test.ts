import { drainProblems } from "./pod-drains";
import { type Changes, deploymentOf, soundPod } from "./sound-workload";
import type { Arguments } from "./synthesized";

const SELECTOR = { match_labels: { app: "api" } };

const budget = (spec: Arguments, namespace: string | undefined = "write"): Arguments => ({
  metadata: { name: "api", namespace },
  spec: { selector: SELECTOR, ...spec },
});

/** What is wrong with a Deployment of three pods. */
const problemsOf = (budgets: readonly Arguments[], deployment: Changes = {}, autoscaler?: Arguments) =>
  drainProblems({
    resource: {
      kubernetes_deployment_v1: { Api: deploymentOf(soundPod(), deployment) },
      kubernetes_pod_disruption_budget_v1: Object.fromEntries(budgets.entries()),
      ...(autoscaler && { kubernetes_horizontal_pod_autoscaler_v2: { Api: autoscaler } }),
    },
  });

const autoscalerOf = (target: Arguments, min_replicas: number | undefined, namespace = "write"): Arguments => ({
  metadata: { name: "api", namespace },
  spec: { min_replicas, max_replicas: 9, scale_target_ref: { api_version: "apps/v1", ...target } },
});

const API = { kind: "Deployment", name: "api" };
const BUDGET = "kubernetes_deployment_v1.Api: budget api:";
const ONE = "kubernetes_deployment_v1.Api: exactly one kubernetes_pod_disruption_budget_v1 must select its pods, got";

it.each<[string, Arguments]>([
  ["one pod go", { max_unavailable: "1" }],
  ["a part of them go", { max_unavailable: "10%" }],
  ["all but two go", { min_available: "2" }],
  ["all but a half, rounded up, go", { min_available: "50%" }],
  ["one of all pods of the namespace go", { max_unavailable: 1, selector: {} }],
])("takes a budget that lets %s", (_, spec) => {
  expect(problemsOf([budget(spec)])).toEqual([]);
});

it.each<[string, readonly Arguments[]]>([
  [`${ONE} none`, []],
  [`${ONE} none`, [budget({ max_unavailable: "1" }, "read")]],
  [`${ONE} none`, [budget({ max_unavailable: "1", selector: { match_labels: { app: "other" } } })]],
  [`${ONE} none`, [budget({ max_unavailable: "1", selector: undefined })]],
  [`${ONE} api, api`, [budget({ max_unavailable: "1" }), budget({ max_unavailable: "1", selector: {} })]],
  [`${BUDGET} either max_unavailable or min_available must be set`, [budget({})]],
  [
    `${BUDGET} either max_unavailable or min_available must be set`,
    [budget({ max_unavailable: "1", min_available: "1" })],
  ],
  ...["0", "0%", "${var.most}"].map((most): [string, Arguments[]] => [
    `${BUDGET} max_unavailable must let at least one pod go, got ${most}`,
    [budget({ max_unavailable: most })],
  ]),
  ...["3", "100%", "67%", "${var.least}"].map((least): [string, Arguments[]] => [
    `${BUDGET} min_available must be below the 3 pods that there are at least, got ${least}`,
    [budget({ min_available: least })],
  ]),
])("finds that %s", (problem, budgets) => {
  expect(problemsOf(budgets)).toEqual([problem]);
});

it("takes one pod where a Deployment doesn't say how many", () => {
  expect(problemsOf([budget({ min_available: "1" })], { "spec.replicas": undefined })).toEqual([
    `${BUDGET} min_available must be below the 1 pods that there are at least, got 1`,
  ]);
});

it("takes the namespace default where none is said", () => {
  const { metadata: _, ...withoutNamespace } = budget({ max_unavailable: "1" });

  expect(problemsOf([withoutNamespace], { "metadata.namespace": undefined })).toEqual([]);
});

it.each([
  ["more pods than the Deployment says", autoscalerOf(API, 4), []],
  ["fewer", autoscalerOf(API, 2), [`${BUDGET} min_available must be below the 2 pods that there are at least, got 2`]],
  [
    "one, for it says nothing",
    autoscalerOf(API, undefined),
    [`${BUDGET} min_available must be below the 1 pods that there are at least, got 2`],
  ],
  ["fewer of another kind", autoscalerOf({ ...API, kind: "StatefulSet" }, 1), []],
  ["fewer of another name", autoscalerOf({ ...API, name: "other" }, 1), []],
  ["fewer in another namespace", autoscalerOf(API, 1, "read"), []],
])("counts by the autoscaler that wants %s", (_, autoscaler, problems) => {
  expect(problemsOf([budget({ min_available: "2" })], {}, autoscaler)).toEqual(problems);
});

it("asks the same of a StatefulSet, and nothing of a DaemonSet", () => {
  const resource = { Api: deploymentOf(soundPod()) };

  expect(
    drainProblems({ resource: { kubernetes_stateful_set_v1: resource, kubernetes_daemon_set_v1: resource } }),
  ).toEqual([
    "kubernetes_stateful_set_v1.Api: exactly one kubernetes_pod_disruption_budget_v1 must select its pods, got none",
  ]);
});
