import type { Arguments } from "../synthesis/synthesized";
import { drainProblems } from "./pod-drains";
import { type Changes, deploymentOf, soundPod, stackOfObjects } from "./sound-workload";

const SELECTOR = { matchLabels: { app: "api" } };

const budget = (spec: Arguments, namespace = "write") => ({
  kind: "PodDisruptionBudget",
  metadata: { name: "api", namespace },
  spec: { selector: SELECTOR, unhealthyPodEvictionPolicy: "AlwaysAllow", ...spec },
});

/** What is wrong with a Deployment of three pods. */
const problemsOf = (others: readonly object[], deployment: Changes = {}) =>
  drainProblems(stackOfObjects([deploymentOf(soundPod(), deployment), ...others]));

const autoscalerOf = (scaleTargetRef: Arguments, minReplicas: number | undefined, namespace = "write") => ({
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "api", namespace },
  spec: { minReplicas, maxReplicas: 9, scaleTargetRef },
});

const API = { kind: "Deployment", name: "api" };
const BUDGET = "helm_release.Objects: Deployment api: budget api:";
const ONE = "helm_release.Objects: Deployment api: exactly one PodDisruptionBudget must select its pods, got";

it.each<[string, Arguments]>([
  ["one pod go", { maxUnavailable: "1" }],
  ["a part of them go", { maxUnavailable: "10%" }],
  ["all but two go", { minAvailable: "2" }],
  ["all but a half, rounded up, go", { minAvailable: "50%" }],
  ["one of all pods of the namespace go", { maxUnavailable: 1, selector: {} }],
])("takes a budget that lets %s", (_, spec) => {
  expect(problemsOf([budget(spec)])).toEqual([]);
});

it.each<[string, readonly object[]]>([
  [`${ONE} none`, []],
  [`${ONE} none`, [budget({ maxUnavailable: "1" }, "read")]],
  [`${ONE} none`, [budget({ maxUnavailable: "1", selector: { matchLabels: { app: "other" } } })]],
  [`${ONE} none`, [budget({ maxUnavailable: "1", selector: undefined })]],
  [`${ONE} api, api`, [budget({ maxUnavailable: "1" }), budget({ maxUnavailable: "1", selector: {} })]],
  [`${BUDGET} either maxUnavailable or minAvailable must be set`, [budget({})]],
  [`${BUDGET} either maxUnavailable or minAvailable must be set`, [budget({ maxUnavailable: "1", minAvailable: "1" })]],
  ...["0", "0%", "${var.most}"].map((most): [string, object[]] => [
    `${BUDGET} maxUnavailable must let at least one pod go, got ${most}`,
    [budget({ maxUnavailable: most })],
  ]),
  ...[undefined, "IfHealthyBudget"].map((policy): [string, object[]] => [
    `${BUDGET} unhealthyPodEvictionPolicy must be AlwaysAllow, got ${policy}`,
    [budget({ maxUnavailable: 1, unhealthyPodEvictionPolicy: policy })],
  ]),
  ...["3", "100%", "67%", "${var.least}"].map((least): [string, object[]] => [
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
  expect(problemsOf([budget({ minAvailable: "2" }), autoscaler])).toEqual(problems);
});

it("asks the same of a StatefulSet, and nothing of a job", () => {
  const objects = ["StatefulSet", "Job"].map((kind) => deploymentOf(soundPod(), { kind }));

  expect(drainProblems(stackOfObjects(objects))).toEqual([
    "helm_release.Objects: StatefulSet api: exactly one PodDisruptionBudget must select its pods, got none",
  ]);
});
