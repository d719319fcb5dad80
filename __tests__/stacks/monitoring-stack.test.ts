import { MonitoringStack, type MonitoringStackProps } from "../../stacks/monitoring-stack";
import { jsonIn } from "../support/plans/json-in-text";
import { secretsIn } from "../support/synthesis/secrets";
import { keys } from "../support/synthesis/surroundings";
import { outputsOf, resourceOf, resourcesOf, stackOf, synthesizeApp } from "../support/synthesis/synthesized";

const base: MonitoringStackProps = {
  environment: "production",
  region: "eu-central-1",
  monitoring: { prometheus: true, grafana: true, elasticStack: true, keys },
  cluster: {
    clusterName: "production-read",
    endpoint: "https://eks.example",
    certificateAuthorityData: "Zm9v",
    securityGroupId: "sg-read",
  },
};
const stack = (props: Partial<MonitoringStackProps> = {}) =>
  stackOf(
    synthesizeApp((app) => new MonitoringStack(app, { ...base, ...props })),
    "production-monitoring",
  );
const nothing = { prometheus: false, grafana: false, elasticStack: false, keys };

test("puts out, described, where everything answers", () => {
  const { output = {} } = stack();
  expect(Object.keys(output).sort()).toEqual([
    "alertmanager_service",
    "elasticsearch_service",
    "grafana_service",
    "kibana_service",
    "namespaces",
    "prometheus_service",
  ]);
  for (const { description } of Object.values(output)) expect(description).toMatch(/\S/);
});

test("with Grafana alone puts out nothing but Grafana", () => {
  expect(outputsOf(stack({ monitoring: { ...nothing, grafana: true } }))).toEqual({
    namespaces: ["monitoring"],
    grafana_service: { namespace: "monitoring", name: "kube-prometheus-stack-grafana", port: 80 },
  });
});

test("with nothing on has neither resources nor outputs, but knows the cluster to take things away from", () => {
  const tf = stack({ monitoring: nothing });
  expect(tf.resource).toBeUndefined();
  expect(tf.output).toBeUndefined();
  for (const provider of ["kubernetes", "helm"]) {
    expect(JSON.stringify(tf.provider?.[provider])).toContain("https://eks.example");
  }
});

test("labels alerts by environment", () => {
  const tf = stack();
  const [text = ""] = resourceOf(tf, "helm_release", { name: "kube-prometheus-stack" }).values as string[];
  expect(jsonIn(text)).toMatchObject({
    prometheus: { prometheusSpec: { externalLabels: { environment: "production" } } },
  });
});

test("hands the guard down", () => {
  expect(JSON.stringify(stack({ deletionProtection: false }).resource)).not.toContain('"prevent_destroy":true');
  expect(resourcesOf(stack(), "kubernetes_namespace_v1")).toHaveLength(4);
});

test("holds no secret", () => {
  expect(secretsIn(stack())).toEqual([]);
});
