import { hasKubernetesDefinitions, objectProblems } from "./support/cluster/kubernetes-definitions";
import { RESOURCE_TYPES } from "./support/cluster/kubernetes-provider/resource-types";
import { sentObjects } from "./support/cluster/kubernetes-provider/sent-objects";
import { restrictedProblems } from "./support/cluster/pod-security";
import { podTemplatesOf } from "./support/cluster/pod-templates";
import { environments } from "./support/synthesis/environments";
import { stackOf, type TerraformJson } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const synthesized = synthesizedOnce(environments);
const stacks = Object.entries(synthesized.stacks).filter(([, tf]) => sentObjects(tf).length > 0);

/** What Kubernetes 1.35 refuses of what the provider sends. */
const problemsOf = (tf: TerraformJson) =>
  sentObjects(tf).flatMap(({ address, object }) => objectProblems(object).map((problem) => `${address}: ${problem}`));
/** What the restricted level refuses: of the provider's objects, and of those of our own chart, which Helm sends. */
const refusedOf = (tf: TerraformJson) => podTemplatesOf(tf).flatMap(restrictedProblems);
const withDefinitions = hasKubernetesDefinitions ? test : test.skip;

describe.each(stacks)("what the Kubernetes provider sends for %s", (_, tf) => {
  withDefinitions("is what Kubernetes 1.35 defines, and nothing else", () => {
    expect(problemsOf(tf)).toEqual([]);
  });

  test("leaves out nothing that the provider fills in otherwise than Kubernetes", () => {
    expect(sentObjects(tf).flatMap(({ leftOut }) => leftOut)).toEqual([]);
  });

  test("has pods that the restricted pod security level allows", () => {
    expect(refusedOf(tf)).toEqual([]);
  });
});

test("the model of the provider has the types that the environments use, and no other", () => {
  const types = stacks.flatMap(([, tf]) => Object.keys(tf.resource ?? {}));
  expect([...new Set(types)].filter((type) => type.startsWith("kubernetes_")).sort()).toEqual(
    Object.keys(RESOURCE_TYPES),
  );
});

describe("production's projections", () => {
  const TYPE = "kubernetes_stateful_set_v1";

  /** The stack, with its text changed where the StatefulSet is. */
  function changed(from: string, to: string): TerraformJson {
    const tf = stackOf(synthesized, "production-read-services");
    const before = JSON.stringify(tf.resource?.[TYPE]);
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${from} must be in ${before}`);
    return { resource: { [TYPE]: JSON.parse(after) } };
  }
  const withoutAddresses = (problems: readonly string[]) => problems.map((problem) => problem.replace(/^[^:]*: /, ""));

  test("are refused with a container that leaves run_as_non_root out", () => {
    const tf = changed('"read_only_root_filesystem":true,"run_as_non_root":true', '"read_only_root_filesystem":true');
    expect(withoutAddresses(refusedOf(tf))).toEqual([
      "container projections: securityContext.runAsNonRoot must be true, got false",
    ]);
  });

  withDefinitions.each([
    ["a number that is a text", '"max_skew":1', '"max_skew":"1"', /maxSkew: must be of type integer, is string$/],
    ["a word that is none", '"ScheduleAnyway"', '"Anyway"', /whenUnsatisfiable: must be one of .*, is Anyway$/],
    ["no topology", '"topology_key":"kubernetes.io/hostname",', "", /\[1\]: must have topologyKey$/],
  ])("are refused with %s", (_, from, to, problem) => {
    expect(problemsOf(changed(from, to))).toEqual([expect.stringMatching(problem)]);
  });
});
