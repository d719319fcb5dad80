import { production } from "../environments/production";
import type { Environment } from "../lib/config/environment";
import { objectsOf } from "./support/cluster/cluster-objects";
import { objectOf, podsAfter, podsAtFirst } from "./support/cluster/workload-updates";
import { environments, inOwnZones } from "./support/synthesis/environments";
import { scaledByQuery } from "./support/synthesis/scaled-by-query";
import { resourcesOf, stackOf, type TerraformJson } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

/**
 * What two write: Terraform or Helm, and an autoscaler. What an apply does is computed by a model of both (see
 * workload-updates.ts), and nothing of it was seen on a cluster.
 */
const PROCESSORS = "command-processors";
const IMAGE = "registry.example.com/orders/command-processors:2.0.0" as const;

const processors = (
  { architecture }: Environment,
  changed: Partial<{ instances: number; scaling: "auto" | "fixed" }>,
) => ({
  ...architecture,
  writeSide: {
    ...architecture.writeSide,
    commandProcessors: { ...architecture.writeSide.commandProcessors, ...changed },
  },
});
const { services } = production;
const released: Environment = {
  ...production,
  services: services && { ...services, commandProcessors: { ...services.commandProcessors, image: IMAGE } },
};
const synthesized = synthesizedOnce(
  inOwnZones({
    ...environments,
    "by-query": scaledByQuery,
    fixed: { ...production, architecture: processors(production, { scaling: "fixed" }) },
    more: { ...production, architecture: processors(production, { instances: 6 }) },
    released,
  }),
);
const stackIn = (name: string): TerraformJson => stackOf(synthesized, `${name}-write-services`);

describe("the number of command processors", () => {
  test.each([
    ["a new image", "production", "released"],
    ["another least number", "production", "more"],
    ["a query instead of CPU", "production", "by-query"],
    ["CPU instead of a query", "by-query", "production"],
  ])("is not lowered by a plan that was made before the autoscaler raised it: %s", (_, before, after) => {
    expect(podsAfter(PROCESSORS, { before: stackIn(before), after: stackIn(after), planned: 5, live: 20 })).toBe(20);
  });

  test("stays when it is no longer fixed, and when it is fixed", () => {
    const [fixed, auto] = [stackIn("fixed"), stackIn("production")];
    expect(podsAfter(PROCESSORS, { before: fixed, after: auto, planned: 5, live: 5 })).toBe(5);
    expect(podsAfter(PROCESSORS, { before: auto, after: fixed, planned: 5, live: 9 })).toBe(9);
  });

  test.each([
    ["production", 5, 20],
    ["more", 6, 20],
    ["fixed", 5, 5],
    ["staging", 1, 1],
  ])(
    "of %s is %i to %i by an autoscaler that is created with them, of whatever number they begin with",
    (name, min, max) => {
      const tf = stackIn(name);
      const autoscaler = objectOf(tf, "HorizontalPodAutoscaler", PROCESSORS);
      expect(autoscaler.object.spec).toMatchObject({ minReplicas: min, maxReplicas: max });
      expect(autoscaler.address.split(":")[0]).toBe(objectOf(tf, "Deployment", PROCESSORS).address.split(":")[0]);
      expect(podsAtFirst(PROCESSORS, tf)).toBe(1);
    },
  );
});

describe.each(Object.entries(synthesized.stacks))("in %s", (_, tf) => {
  test("what an autoscaler scales has no number from Terraform or Helm, and is not the Kubernetes provider's", () => {
    const targets = objectsOf(tf)
      .filter(({ object: { kind } }) => kind === "HorizontalPodAutoscaler" || kind === "ScaledObject")
      .map(({ object }) => object.spec?.scaleTargetRef as { readonly kind: string; readonly name: string });
    const problems = targets.flatMap(({ kind, name }) => {
      const { address, object } = objectOf(tf, kind, name);
      return [
        ...(address.startsWith("helm_release.")
          ? []
          : [`${address}: an update sends the number that was read for the plan`]),
        ...(object.spec !== undefined && "replicas" in object.spec
          ? [`${address}: has ${object.spec.replicas} replicas`]
          : []),
      ];
    });
    expect(problems).toEqual([]);
  });

  test("no release replaces its objects, which would reset what others have written in them", () => {
    expect(resourcesOf(tf, "helm_release").filter((release) => release.force_update || release.recreate_pods)).toEqual(
      [],
    );
  });
});
