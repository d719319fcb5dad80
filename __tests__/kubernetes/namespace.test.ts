import { Namespace, type NamespaceProps } from "../../lib/kubernetes/namespace";
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
  [{ podSecurity: "strict" }, ".podSecurity: must be 'restricted', 'baseline' or 'privileged', got 'strict'"],
])("refuses %j", (props, line) => {
  expect(problemOf(props)).toBe(`1 problem in the configuration, nothing was synthesized:\n  Test/Namespace${line}`);
});
