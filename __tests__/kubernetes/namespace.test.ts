import { Namespace, type NamespaceProps } from "../../lib/kubernetes/namespace";
import { sources } from "../support/documents/source-rules";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const namespace = (props: Partial<NamespaceProps> = {}) =>
  resourceOf(
    synthesizeStack((stack) => new Namespace(stack, "Namespace", { name: "commands", ...props })),
    "kubernetes_namespace_v1",
  );
const problemOf = (props: object) => {
  try {
    namespace(props);
  } catch (error) {
    return (error as Error).message;
  }
};

test("lets in pods that keep to the restricted level alone", () => {
  expect(namespace().metadata).toEqual({
    name: "commands",
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
  });
});

test("may let in others where it is said", () => {
  expect(namespace({ podSecurity: "baseline" }).metadata).toMatchObject({
    labels: { "pod-security.kubernetes.io/enforce": "baseline" },
  });
});

test("denies all traffic by default, once what it allows is there", () => {
  const tf = synthesizeStack((stack) => {
    const peer = { namespace: "ingress" };
    new Namespace(stack, "Namespace", { name: "commands", policies: [{ name: "api", from: [{ peer, port: 8080 }] }] });
  });
  const policyOf = (name: string) =>
    resourceOf(tf, "kubernetes_network_policy_v1", { metadata: { name, namespace: "commands" } });
  expect(policyOf("default-deny")).toMatchObject({
    spec: { pod_selector: {}, policy_types: ["Ingress", "Egress"], ingress: [], egress: [] },
    depends_on: [
      expect.stringMatching(/^kubernetes_namespace_v1\.Namespace_/),
      expect.stringMatching(/^kubernetes_network_policy_v1\.Namespace_Policy-api_/),
    ],
  });
  expect(policyOf("api").depends_on).toEqual([expect.stringMatching(/^kubernetes_namespace_v1\.Namespace_/)]);
});

test.each([true, false])("with volumes goes after them, and is guarded as they are: %p", (deletionProtection) => {
  expect(namespace({ volumes: { deletionProtection } })).toMatchObject({
    timeouts: { delete: "15m" },
    lifecycle: { prevent_destroy: deletionProtection },
  });
});

test("is the only one that makes a namespace: none is without its policy", () => {
  const makers = sources().filter(
    ({ path, text }) => /^(?:lib|stacks)\//.test(path) && text.includes("@cdktf/provider-kubernetes/lib/namespace"),
  );
  expect(makers.map(({ path }) => path)).toEqual(["lib/kubernetes/namespace.ts"]);
});

test("gives its name as plain text, for charts' values", () => {
  synthesizeStack((stack) => {
    expect(new Namespace(stack, "Namespace", { name: "commands" }).name).toBe("commands");
  });
});

test.each<[props: object, line: string]>([
  [
    { name: "Commands" },
    ".name: must be a namespace of at most 63 lower-case letters, digits and hyphens, got 'Commands'",
  ],
  [{ volumes: {} }, ".volumes.deletionProtection: is missing, must be true or false"],
  [{ podSecurity: "strict" }, ".podSecurity: must be 'restricted', 'baseline' or 'privileged', got 'strict'"],
])("refuses %j", (props, line) => {
  expect(problemOf(props)).toBe(`1 problem in the configuration, nothing was synthesized:\n  Test/Namespace${line}`);
});
