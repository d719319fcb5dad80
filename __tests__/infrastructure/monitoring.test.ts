import { Monitoring } from "../../lib/infrastructure/monitoring";
import type { MonitoringProps } from "../../lib/infrastructure/monitoring-props";
import { jsonIn } from "../support/plans/json-in-text";
import { secretsIn } from "../support/synthesis/secrets";
import { keys } from "../support/synthesis/surroundings";
import {
  type Arguments,
  resourceOf,
  resourcesOf,
  synthesizeStack,
  type TerraformJson,
} from "../support/synthesis/synthesized";

const all: MonitoringProps = { prometheus: true, grafana: true, elasticStack: true, keys };
const none = { prometheus: false, grafana: false, elasticStack: false };
const built = (props: Partial<MonitoringProps> = {}): { tf: TerraformJson; monitoring: Monitoring } => {
  const made: Monitoring[] = [];
  const tf = synthesizeStack((stack) => made.push(new Monitoring(stack, "Monitoring", { ...all, ...props })));
  const [monitoring] = made;
  if (monitoring === undefined) throw new Error("nothing was made");
  return { tf, monitoring };
};
const monitoring = (props: Partial<MonitoringProps> = {}) => built(props).tf;
const releases = (tf: TerraformJson) => resourcesOf(tf, "helm_release").map((it) => it.name);
const release = (tf: TerraformJson, name: string) => resourceOf(tf, "helm_release", { name });
const valuesOf = (tf: TerraformJson, name: string) => jsonIn((release(tf, name).values as string[])[0] ?? "");
const namespaces = (tf: TerraformJson) =>
  resourcesOf(tf, "kubernetes_namespace_v1").map(({ metadata }) => {
    const { name, labels } = metadata as { name: string; labels: Record<string, string> };
    return `${name}: ${labels["pod-security.kubernetes.io/enforce"]}`;
  });
const problemOf = (props: object) => {
  try {
    monitoring(props);
  } catch (error) {
    return (error as Error).message;
  }
};

const PROMETHEUS = ["prometheus-operator-crds", "kube-prometheus-stack"];
const ELASTIC = ["eck-operator", "eck-stack"];

test.each<[Partial<MonitoringProps>, readonly string[]]>([
  [{}, [...ELASTIC, ...PROMETHEUS]],
  [{ ...none, prometheus: true }, PROMETHEUS],
  [{ ...none, grafana: true }, ["kube-prometheus-stack"]],
  [{ ...none, prometheus: true, grafana: true }, PROMETHEUS],
  [{ ...none, elasticStack: true }, ELASTIC],
  [none, []],
])("with %j has the releases %j", (props, names) => {
  expect(releases(monitoring(props))).toEqual(names);
});

test("without any of it leaves nothing at all", () => {
  const { tf, monitoring } = built(none);
  expect(tf.resource).toBeUndefined();
  expect(monitoring.namespaces).toEqual([]);
  expect(monitoring.services).toEqual({});
});

test.each<[Partial<MonitoringProps>, readonly string[]]>([
  [{}, ["elastic: baseline", "elastic-system: restricted", "monitoring: restricted", "node-exporter: privileged"]],
  [{ ...none, grafana: true }, ["monitoring: restricted"]],
  [{ ...none, elasticStack: true }, ["elastic: baseline", "elastic-system: restricted"]],
])("with %j has namespaces that allow no more than their pods need", (props, expected) => {
  const { tf, monitoring } = built(props);
  expect(namespaces(tf)).toEqual(expected);
  expect([...monitoring.namespaces].sort()).toEqual(expected.map((it) => it.split(":")[0]));
});

test("keeps Grafana's release and its place when Prometheus comes or goes", () => {
  const address = (props: Partial<MonitoringProps>) => {
    const byId = Object.entries(monitoring(props).resource?.helm_release ?? {});
    return byId.filter(([, it]) => it.name === "kube-prometheus-stack").map(([id]) => id);
  };
  expect(address({ ...none, grafana: true })).toEqual(address({}));
});

test("hands Prometheus and Grafana down", () => {
  const values = valuesOf(monitoring({ environment: "production" }), "kube-prometheus-stack");
  expect(values).toMatchObject({
    grafana: { persistence: { enabled: false } },
    prometheus: { prometheusSpec: { externalLabels: { environment: "production" } } },
    "prometheus-node-exporter": { namespaceOverride: "node-exporter" },
  });
  expect(valuesOf(monitoring({ prometheus: false }), "kube-prometheus-stack")).toMatchObject({
    prometheus: { enabled: false },
  });
  expect(valuesOf(monitoring({ grafana: false }), "kube-prometheus-stack")).toMatchObject({
    grafana: { enabled: false },
  });
});

test("has one storage class, encrypted with our key, that every claim names", () => {
  const tf = monitoring();
  expect(resourceOf(tf, "kubernetes_storage_class_v1")).toMatchObject({
    metadata: { name: "monitoring-gp3" },
    parameters: { encrypted: "true", kmsKeyId: keys.volumes },
  });
  const classes = JSON.stringify(resourcesOf(tf, "helm_release").map((it) => jsonIn((it.values as string[])[0] ?? "")));
  expect(new Set(classes.match(/"storageClassName":"[^"]*"/g))).toEqual(
    new Set(['"storageClassName":"monitoring-gp3"']),
  );
});

test.each<[string, readonly RegExp[]]>([
  ["prometheus-operator-crds", [/policy_v1\.Monitoring_Namespace_DefaultDeny/]],
  [
    "kube-prometheus-stack",
    [
      /policy_v1\.Monitoring_Namespace_DefaultDeny/,
      /storage_class/,
      /release\.Monitoring_PrometheusCrds/,
      /NodeExporterNamespace_DefaultDeny/,
    ],
  ],
  ["eck-operator", [/policy_v1\.Monitoring_ElasticOperatorNamespace_DefaultDeny/]],
  [
    "eck-stack",
    [/policy_v1\.Monitoring_ElasticNamespace_DefaultDeny/, /storage_class/, /release\.Monitoring_ElasticOperator/],
  ],
])("%s comes after, and goes before, what it needs", (name, needs) => {
  expect(release(monitoring(), name).depends_on).toEqual(needs.map((it) => expect.stringMatching(it)));
});

test("never rolls a release back half-way over what it has written", () => {
  for (const it of resourcesOf(monitoring(), "helm_release")) expect(it).toMatchObject({ atomic: false });
});

test("has values without tokens, one text a release", () => {
  for (const { values } of resourcesOf(monitoring(), "helm_release")) {
    expect(values).toEqual([expect.not.stringContaining("${")]);
  }
});

test.each<[Arguments, string, boolean]>([
  [{}, "Retain", true],
  [{ deletionProtection: false }, "Delete", false],
])("with %j guards volumes and namespaces accordingly", (props, reclaimPolicy, preventDestroy) => {
  const tf = monitoring(props);
  expect(resourceOf(tf, "kubernetes_storage_class_v1").reclaim_policy).toBe(reclaimPolicy);
  for (const it of resourcesOf(tf, "kubernetes_namespace_v1")) {
    expect(it.lifecycle).toEqual({ prevent_destroy: preventDestroy });
  }
});

test("says where each answers", () => {
  expect(built().monitoring.services).toEqual({
    prometheus: { namespace: "monitoring", name: "kube-prometheus-stack-prometheus", port: 9090 },
    alertmanager: { namespace: "monitoring", name: "kube-prometheus-stack-alertmanager", port: 9093 },
    grafana: { namespace: "monitoring", name: "kube-prometheus-stack-grafana", port: 80 },
    elasticsearch: { namespace: "elastic", name: "elasticsearch-es-http", port: 9200 },
    kibana: { namespace: "elastic", name: "kibana-kb-http", port: 5601 },
  });
  expect(Object.keys(built({ ...none, grafana: true }).monitoring.services)).toEqual(["grafana"]);
});

test("holds no secret", () => {
  expect(secretsIn(monitoring())).toEqual([]);
});

test.each<[object, string]>([
  [{ prometheus: "yes" }, "Test/Monitoring.prometheus: must be true or false, got 'yes'"],
  [{ grafanna: true }, "Test/Monitoring.grafanna: is not a key here, did you mean 'grafana', which is there too?"],
  [{ keys: { secrets: keys.secrets } }, "Test/Monitoring.keys.volumes: is missing, must be the ARN of a KMS key"],
  [{ environment: "" }, "Test/Monitoring.environment: must be an environment's name, got ''"],
  [{ backups: "weekly" }, "Test/Monitoring.backups: must be 'hourly' or 'daily', got 'weekly'"],
  [
    { options: { prometheus: { replicas: 4 } } },
    "Test/Monitoring.options.prometheus.replicas: must be a whole number from 1 to 3, got 4",
  ],
])("refuses %j", (props, message) => {
  expect(problemOf(props)).toContain(`1 problem in the configuration, nothing was synthesized:\n  ${message}`);
});
