import type { TerraformJson } from "../synthesis/synthesized";
import { podsAfter, podsAtFirst } from "./workload-updates";

/** A Deployment of the Kubernetes provider. */
const byProvider = (image: string, replicas?: string): TerraformJson => {
  const template = { metadata: {}, spec: { container: { name: "api", image } } };
  const metadata = { name: "api", namespace: "write" };
  return { resource: { kubernetes_deployment_v1: { Api: { metadata, spec: { replicas, template } } } } };
};

/** The same in a release of our own chart. */
const byHelm = (image: string, replicas?: number): TerraformJson => {
  const spec = {
    ...(replicas !== undefined && { replicas }),
    template: { spec: { containers: [{ name: "api", image }] } },
  };
  const resources = [{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "api" }, spec }];
  const args = { chart: "./assets/chart", namespace: "write", values: [JSON.stringify({ resources })] };
  return { resource: { helm_release: { Api: args } } };
};

/** Helm's rows are what its own function answers, `strategicpatch.CreateThreeWayMergePatch`. */
test.each<[what: string, before: TerraformJson, after: TerraformJson, pods: number]>([
  ["the provider resets the number with a new image", byProvider("a:1"), byProvider("a:2"), 5],
  ["the provider resets it to the number that is given", byProvider("a:1", "7"), byProvider("a:2", "7"), 7],
  ["the provider does nothing where nothing has changed", byProvider("a:1"), byProvider("a:1"), 20],
  ["Helm leaves the number that is in neither manifest", byHelm("a:1"), byHelm("a:2"), 20],
  ["Helm resets the number that is in both", byHelm("a:1", 7), byHelm("a:2", 7), 7],
  ["Helm removes the number that only the former has", byHelm("a:1", 7), byHelm("a:2"), 1],
  ["Helm sets the number that only the next has", byHelm("a:1"), byHelm("a:1", 7), 7],
])("%s", (_, before, after, pods) => {
  expect(podsAfter("api", { before, after, planned: 5, live: 20 })).toBe(pods);
});

test.each([
  [byProvider("a:1"), 1],
  [byProvider("a:1", "3"), 3],
  [byHelm("a:1"), 1],
  [byHelm("a:1", 3), 3],
])("a new Deployment has the number of its manifest, or one pod (case %#)", (tf, pods) => {
  expect(podsAtFirst("api", tf)).toBe(pods);
});

test("a Deployment that is in no stack is an error", () => {
  expect(() => podsAtFirst("web", byHelm("a:1"))).toThrow("Deployment web: must be in the stack");
});
