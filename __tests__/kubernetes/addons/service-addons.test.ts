import { ServiceAddons, type ServiceAddonsProps } from "../../../lib/kubernetes/addons/service-addons";
import { keys } from "../../support/synthesis/surroundings";
import {
  type Arguments,
  resourceOf,
  resourcesOf,
  synthesizeStack,
  type TerraformJson,
  withoutHash,
} from "../../support/synthesis/synthesized";

const base: ServiceAddonsProps = {
  name: "orders-write",
  clusterName: "orders-write",
  region: "eu-central-1",
  version: "1.35",
  keys,
  secrets: ["orders/database", "orders/commands-certificate"],
  namespaces: ["commands", "ingress"],
};
const made = (props: Partial<ServiceAddonsProps> = {}) =>
  synthesizeStack((stack) => void new ServiceAddons(stack, "Addons", { ...base, ...props }));
const all = made({ keda: true, clusterAutoscaler: true });
const releaseOf = (tf: TerraformJson, name: string) => resourceOf(tf, "helm_release", { name });
const valuesOf = (release: Arguments) => JSON.parse(String((release.values as readonly string[])[0]));
const names = (tf: TerraformJson, type: string) => resourcesOf(tf, type).map(({ name }) => name);
const problemOf = (props: object) => {
  try {
    made(props);
  } catch (error) {
    return (error as Error).message;
  }
};

test("are metrics-server and external-secrets with its store, unless told more", () => {
  const tf = made();
  expect(names(tf, "helm_release").sort()).toEqual(["external-secrets", "metrics-server", "secret-store"]);
  expect(names(tf, "aws_iam_role")).toEqual(["orders-write-external-secrets"]);
});

test("KEDA that is off leaves nothing, and changes nothing of the rest", () => {
  const { resource: on } = made({ keda: true });
  const { resource: off } = made();
  expect(JSON.stringify(off)).not.toMatch(/keda/i);
  const added = Object.entries(on ?? {}).flatMap(([type, each]) =>
    Object.keys(each)
      .filter((id) => off?.[type]?.[id] === undefined)
      .map((id) => `${type}.${withoutHash(id)}`),
  );
  expect(added.sort()).toEqual([
    "helm_release.Addons_Keda",
    "kubernetes_namespace_v1.Addons_KedaNamespace",
    ...[
      "DefaultDeny",
      "Policy-keda-admission-webhooks",
      "Policy-keda-operator",
      "Policy-keda-operator-metrics-apiserver",
    ].map((id) => `kubernetes_network_policy_v1.Addons_KedaNamespace_${id}`),
  ]);
  for (const [type, each] of Object.entries(off ?? {})) expect(on?.[type]).toMatchObject(each);
});

test("an autoscaler that is off leaves nothing", () => {
  expect(JSON.stringify(made().resource)).not.toMatch(/autoscal/i);
});

test("have namespaces of their own that keep pods to the restricted level, but for what is Kubernetes' own", () => {
  const namespaces = resourcesOf(all, "kubernetes_namespace_v1").map(({ metadata }) => metadata);
  expect(namespaces).toEqual(
    expect.arrayContaining(
      ["external-secrets", "keda"].map((name) => ({
        name,
        labels: { "pod-security.kubernetes.io/enforce": "restricted" },
      })),
    ),
  );
  expect(namespaces).toHaveLength(2);
  expect(Object.fromEntries(resourcesOf(all, "helm_release").map((it) => [it.name, it.namespace]))).toEqual({
    "cluster-autoscaler": "kube-system",
    "external-secrets": "external-secrets",
    keda: "keda",
    "metrics-server": "kube-system",
    "secret-store": "external-secrets",
  });
});

test.each<[release: string, after: readonly string[]]>([
  [
    "external-secrets",
    [
      "kubernetes_network_policy_v1.Addons_ExternalSecrets_Namespace_DefaultDeny",
      "aws_eks_pod_identity_association.Addons_ExternalSecrets_Identity",
      "helm_release.Addons_MetricsServer",
    ],
  ],
  ["secret-store", ["helm_release.Addons_ExternalSecrets_Operator"]],
  [
    "metrics-server",
    [
      "aws_eks_pod_identity_association.Addons_ExternalSecrets_Identity",
      "aws_eks_pod_identity_association.Addons_ClusterAutoscaler_Identity",
    ],
  ],
  [
    "cluster-autoscaler",
    ["aws_eks_pod_identity_association.Addons_ClusterAutoscaler_Identity", "helm_release.Addons_MetricsServer"],
  ],
  ["keda", ["kubernetes_network_policy_v1.Addons_KedaNamespace_DefaultDeny"]],
])("%s comes after what it needs, and goes before it", (name, after) => {
  const dependsOn = releaseOf(all, name).depends_on as readonly string[];
  expect(dependsOn.map(withoutHash)).toEqual(after);
});

test.each<[role: string, association: object]>([
  ["orders-write-external-secrets", { namespace: "external-secrets", service_account: "external-secrets" }],
  ["orders-write-cluster-autoscaler", { namespace: "kube-system", service_account: "cluster-autoscaler" }],
])("the role %s is for one service account, the chart's", (role, association) => {
  const { role_arn } = resourceOf(all, "aws_eks_pod_identity_association", association as Arguments);
  const id = /^\$\{aws_iam_role\.(\w+)\.arn\}$/.exec(String(role_arn))?.[1] ?? "";
  expect(all.resource?.aws_iam_role?.[id]?.name).toBe(role);
});

test("the charts' service accounts have the names that the roles are for", () => {
  expect(valuesOf(releaseOf(all, "external-secrets"))).toMatchObject({ serviceAccount: { name: "external-secrets" } });
  expect(valuesOf(releaseOf(all, "cluster-autoscaler"))).toMatchObject({
    rbac: { serviceAccount: { name: "cluster-autoscaler" } },
  });
});

test("Prometheus finds none of them, or all", () => {
  const monitored = (serviceMonitors: boolean) =>
    resourcesOf(made({ keda: true, clusterAutoscaler: true, serviceMonitors }), "helm_release")
      .filter((it) => JSON.stringify(it.values).includes("serviceMonitor"))
      .map(({ name }) => name)
      .sort();
  expect(monitored(false)).toEqual([]);
  expect(monitored(true)).toEqual(["cluster-autoscaler", "external-secrets", "keda", "metrics-server"]);
});

test.each<[props: object, line: string]>([
  [
    { name: "a".repeat(46) },
    `.name: must be lower-case letters, digits and single hyphens, a letter first, at most 45 characters (IAM role), got '${"a".repeat(46)}'`,
  ],
  [{ version: "1.33" }, ".version: must be '1.34', '1.35' or '1.36', got '1.33'"],
  [{ keda: "yes" }, ".keda: must be true or false, got 'yes'"],
  [
    { secrets: [] },
    ".secrets: must be a list of 1 to 100, each the name of a secret, at most 505 letters, digits and /_+=.@-, got an empty list",
  ],
  [
    { secrets: ["orders/*"] },
    ".secrets[0]: must be the name of a secret, at most 505 letters, digits and /_+=.@-, got 'orders/*'",
  ],
  [
    { namespaces: [] },
    ".namespaces: must be a list of 1 to 100, each a namespace of at most 63 lower-case letters, digits and hyphens, got an empty list",
  ],
  [{ namespaces: ["commands", "commands"] }, ".namespaces[1]: must be given once, got 'commands' twice"],
  [{ keys: {} }, ".keys.secrets: is missing, must be the ARN of a KMS key"],
])("refuse %j", (props, line) => {
  expect(problemOf(props)).toBe(`1 problem in the configuration, nothing was synthesized:\n  Test/Addons${line}`);
});
