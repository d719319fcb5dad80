import { selects } from "./support/cluster/label-selector";
import { hasRenderedObjects, renderedReleases } from "./support/cluster/rendered-objects";
import { type ModelNode, SchedulerModel } from "./support/cluster/scheduler-model";
import { type ScaleDown, type SpreadPods, spreadPodsOf } from "./support/cluster/spread-workloads";
import { environments, inOwnZones } from "./support/synthesis/environments";
import { scaledByQuery } from "./support/synthesis/scaled-by-query";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";
import { randomNumbers } from "./support/test-run/random-numbers";

/**
 * Where pods are after a rollout, a drain and a scale-down. All of it is computed by a model of Kubernetes' scheduler and
 * controllers (see scheduler-model.ts), and nothing of it was seen on a cluster.
 */
const SEEDS = 25;
/** Long ago, for the ages by which a ReplicaSet chooses what to delete. */
const DAY_MINUTES = 24 * 60;

/** Nodes of each zone: production's write and read cluster without spare nodes, one with them, and staging's. */
const CLUSTERS: readonly (readonly number[])[] = [
  [1, 1, 1],
  [2, 2, 1],
  [2, 2, 2],
  [1, 1],
];
const nodesOf = (cluster: readonly number[]): readonly ModelNode[] =>
  cluster.flatMap((count, index) =>
    Array.from({ length: count }, (_, node) => ({ zone: `zone-${index}`, name: `node-${index}-${node}` })),
  );

const { stacks } = synthesizedOnce(inOwnZones({ ...environments, "by-query": scaledByQuery }));
const pods = Object.values(stacks).flatMap(spreadPodsOf);
/** What differs in nothing but its name is judged once. */
const different = [...new Map(pods.map((each) => [JSON.stringify({ ...each, title: "" }), each])).values()];

/** What is wrong with where the pods are: a zone without one where there are enough, or a node, or one that has two more. */
function problemOf({ perZone, perNode }: SchedulerModel, { constraints }: SpreadPods): string | undefined {
  const count = perNode.reduce((sum, each) => sum + each, 0);
  const used = (places: readonly number[]) => places.filter((each) => each > 0).length;
  if (used(perZone) < Math.min(count, perZone.length)) return `zones have ${perZone.join("/")}`;
  const isOverNodes = constraints.some(({ topologyKey }) => topologyKey === "kubernetes.io/hostname");
  const isUneven = used(perNode) < Math.min(count, perNode.length) || Math.max(...perNode) - Math.min(...perNode) > 2;
  return isOverNodes && isUneven ? `nodes have ${perNode.join("/")}` : undefined;
}

/** Problems of all seeds in each cluster; `act` is told each event at whose end the pods are judged. */
function problemsOf(
  one: SpreadPods,
  act: (model: SchedulerModel, replicas: number, nodes: readonly ModelNode[], judge: (event: string) => void) => void,
): readonly string[] {
  const found = new Map<string, string>();
  for (const cluster of CLUSTERS) {
    for (const replicas of one.replicas) {
      for (let seed = 0; seed < SEEDS; seed += 1) {
        const model = new SchedulerModel(one, nodesOf(cluster), randomNumbers(seed));
        model.scaleTo(replicas);
        model.wait(DAY_MINUTES);
        act(model, replicas, nodesOf(cluster), (event) => {
          const problem = problemOf(model, one);
          const at = `${replicas} pods on ${cluster.join("/")} nodes after ${event}`;
          if (problem !== undefined && !found.has(at)) found.set(at, `${at}: ${problem} (seed ${seed})`);
          model.wait(DAY_MINUTES);
        });
      }
    }
  }
  return [...found.values()];
}

/** An autoscaler's steps, as the HorizontalPodAutoscaler's controller computes them. */
function scaleDown(model: SchedulerModel, { from, to, policy }: ScaleDown): void {
  const left = (now: number) =>
    policy.type === "Pods" ? now - policy.value : Math.ceil(now * (1 - policy.value / 100));
  for (let now = left(from); now > to; now = left(now)) {
    model.scaleTo(now);
    model.wait(policy.periodSeconds / 60);
  }
  model.scaleTo(to);
}

test("all pods with a constraint of ours are judged", () => {
  const titles = pods.map(({ title }) => title.replace(/_[0-9A-F]{8}(?=$|:)/, ""));
  expect([...new Set(titles)].sort()).toEqual([
    "cluster-autoscaler.topologySpreadConstraints",
    "eck-stack.eck-kibana.podTemplate.spec.topologySpreadConstraints",
    "external-secrets.certController.topologySpreadConstraints",
    "external-secrets.topologySpreadConstraints",
    "external-secrets.webhook.topologySpreadConstraints",
    "helm_release.Services_CommandProcessors: Deployment command-processors",
    "keda.topologySpreadConstraints.metricsServer",
    "keda.topologySpreadConstraints.operator",
    "keda.topologySpreadConstraints.webhooks",
    "kube-prometheus-stack.alertmanager.alertmanagerSpec",
    "kube-prometheus-stack.prometheus.prometheusSpec",
    "kubernetes_deployment_v1.Services_CommandApi_Releases_Blue",
    "kubernetes_deployment_v1.Services_CommandApi_Releases_Green",
    "kubernetes_deployment_v1.Services_QueryApi_Releases_Blue",
    "kubernetes_deployment_v1.Services_QueryApi_Releases_Green",
    "kubernetes_stateful_set_v1.Services_Projections",
    "metrics-server.topologySpreadConstraints",
    "nginx-ingress.controller.topologySpreadConstraints",
  ]);
});

(hasRenderedObjects ? test : test.skip)(
  "no Deployment of a chart that has more than one pod is without a constraint",
  () => {
    const rendered = Object.values(renderedReleases())
      .flatMap((each) => Object.values(each).flatMap(Object.values))
      .flat();
    const several = rendered.filter(({ kind, replicas = 1 }) => kind === "Deployment" && replicas > 1);
    const constraints = pods.flatMap((each) => each.constraints);
    const others = several.filter(
      ({ podLabels = {} }) => !constraints.some(({ labelSelector }) => selects(labelSelector, podLabels)),
    );
    expect(several).not.toEqual([]);
    expect(others.map(({ name }) => name)).toEqual([]);
  },
);

describe.each(different)("$title", (one) => {
  test("is spread over zones after each of three rollouts", () => {
    const problems = problemsOf(one, (model, _, __, judge) => {
      for (const nth of ["first", "second", "third"]) {
        model.rollOut();
        judge(`the ${nth} rollout`);
      }
    });
    expect(problems).toEqual([]);
  });

  test("is spread over zones after each node has been replaced by one of its zone", () => {
    const problems = problemsOf(one, (model, _, nodes, judge) => {
      for (const { name, zone } of nodes) {
        model.drain(name, { name: `${name}-new`, zone });
        judge(`the drain of ${name}`);
      }
    });
    expect(problems).toEqual([]);
  });

  test("is spread over zones by the rollout after its number was lowered at once", () => {
    const problems = problemsOf(one, (model, replicas, _, judge) => {
      model.scaleTo(replicas * 4);
      model.wait(DAY_MINUTES);
      model.scaleTo(replicas);
      model.rollOut();
      judge("a scale-down and a rollout");
    });
    expect(problems).toEqual([]);
  });
});

const scaled = different.flatMap((one) => (one.scaleDown === undefined ? [] : [{ ...one, by: one.scaleDown }]));

test.each(scaled)("$title is spread over zones when its autoscaler has scaled it up and down", ({ by, ...one }) => {
  const problems = problemsOf(one, (model, _, __, judge) => {
    model.rollOut();
    model.wait(DAY_MINUTES);
    model.scaleTo(by.from);
    model.wait(20);
    scaleDown(model, by);
    judge("a scale-up and a scale-down");
  });
  expect(problems).toEqual([]);
});
