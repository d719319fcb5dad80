import { randomNumbers } from "../test-run/random-numbers";
import { SchedulerModel, type SpreadConstraint, type SpreadWorkload } from "./scheduler-model";

const ZONE = "topology.kubernetes.io/zone";
const HOSTNAME = "kubernetes.io/hostname";
const labels = { app: "api" };

const constraint = (topologyKey: string, changes: Partial<SpreadConstraint> = {}): SpreadConstraint => ({
  ...{ topologyKey, maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway", labelSelector: { matchLabels: labels } },
  ...changes,
});
const nodesOf = (...zones: readonly string[]) => zones.map((zone, index) => ({ zone, name: `${zone}${index}` }));

function modelOf(
  constraints: readonly SpreadConstraint[],
  nodes = nodesOf("a", "b", "c"),
  seed = 1,
  kind: SpreadWorkload["kind"] = "Deployment",
) {
  return new SchedulerModel({ kind, labels, constraints }, nodes, randomNumbers(seed));
}

/** What a hundred seeds come to, each once. */
const outcomes = (act: (seed: number) => readonly number[]): readonly string[] =>
  [...new Set(Array.from({ length: 100 }, (_, seed) => [...act(seed)].sort().join("/")))].sort();

it.each<[string, SpreadConstraint[], string[]]>([
  ["zones", [constraint(ZONE)], ["1/1/1"]],
  ["nodes", [constraint(HOSTNAME)], ["0/1/2", "1/1/1"]],
  ["zones that must be even", [constraint(ZONE, { whenUnsatisfiable: "DoNotSchedule" })], ["1/1/1"]],
  [
    "what a selector of other pods does not count",
    [constraint(ZONE, { labelSelector: { matchLabels: { app: "other" } } })],
    expect.arrayContaining(["0/0/3"]),
  ],
])("spreads three pods over %s", (_, constraints, expected) => {
  const found = outcomes((seed) => {
    const model = modelOf(constraints, nodesOf("a", "a", "b", "b", "c"), seed);
    model.scaleTo(3);
    return model.perZone;
  });
  expect(found).toEqual(expected);
});

function zonesAfterRollout(matchLabelKeys: readonly string[] | undefined, kind: SpreadWorkload["kind"] = "Deployment") {
  return outcomes((seed) => {
    const model = modelOf([constraint(ZONE, { matchLabelKeys })], undefined, seed, kind);
    model.scaleTo(3);
    model.rollOut();
    return model.perZone;
  });
}

// Seen on Kubernetes 1.35.4: b, c, c after one image change, and a, b, c with the key in 3 of 3 rollouts.
it("leaves a zone empty after a rollout for which the old revision counts", () => {
  expect(zonesAfterRollout(undefined)).toContain("0/1/2");
  expect(zonesAfterRollout(["pod-template-hash"])).toEqual(["1/1/1"]);
});

it("replaces pods of a StatefulSet one by one, and ignores a key that they do not have", () => {
  expect(zonesAfterRollout(undefined, "StatefulSet")).toEqual(["1/1/1"]);
  expect(zonesAfterRollout(["pod-template-hash"], "StatefulSet")).toEqual(["1/1/1"]);
});

it("brings the pods of a drained node to the zone that they left", () => {
  const model = modelOf([constraint(ZONE)], nodesOf("a", "b", "b", "c"));
  model.scaleTo(3);
  model.drain("a0", { zone: "a", name: "new" });
  expect(model.perZone).toEqual([1, 1, 1]);
});

it("takes all from the fullest node that are deleted at once, and from one after the other one at a time", () => {
  const even = [constraint(ZONE), constraint(HOSTNAME)];
  const scaled = (steps: readonly number[]) =>
    outcomes((seed) => {
      const model = modelOf(even, undefined, seed);
      for (const replicas of steps) model.scaleTo(replicas);
      return model.perZone;
    });
  expect(scaled([10, 6])).toEqual(["0/3/3"]);
  expect(scaled([10, 9, 8, 7, 6])).toEqual(["2/2/2"]);
});

it("deletes the youngest pods first where nodes are as full", () => {
  const found = outcomes((seed) => {
    const model = modelOf([constraint(HOSTNAME), constraint(ZONE)], nodesOf("a", "a", "b", "b", "c", "c"), seed);
    model.scaleTo(3);
    model.wait(1000);
    model.scaleTo(6);
    model.wait(10);
    model.scaleTo(3);
    return model.perZone;
  });
  expect(found).toEqual(["1/1/1"]);
});

it("deletes the last pods of a StatefulSet first", () => {
  const model = modelOf([constraint(ZONE)], undefined, 1, "StatefulSet");
  model.scaleTo(3);
  const before = model.perNode;
  model.scaleTo(6);
  model.scaleTo(3);
  expect(model.perNode).toEqual(before);
});

it("knows zones and nodes, and no other topology", () => {
  expect(() => modelOf([constraint("rack")]).scaleTo(1)).toThrow(
    "the model of the scheduler must know the topology rack",
  );
});
