import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CATALOGUE } from "../../../lib/monitoring/metrics/catalogue";
import type { Metric } from "../../../lib/monitoring/metrics/metric";

type Labels = Readonly<Record<string, string>>;

const target = (side: string, job: string, namespace: string, others: Labels = {}): Labels => ({
  ...{ environment: "production", side, cluster: `production-${side}`, job, namespace },
  ...{ pod: `${job}-0`, container: job, instance: `10.0.0.1:${job}`, endpoint: "metrics", service: job },
  ...others,
});

const COMMAND_API = target("write", "command-api", "commands");
const PROCESSORS = target("write", "command-processors", "commands");
const QUERY_API = target("read", "query-api", "queries");
const PROJECTIONS = target("read", "projections", "queries");
const SERVICES = [COMMAND_API, PROCESSORS, QUERY_API, PROJECTIONS];
const ABOUT_SERVICES = SERVICES.map((each) => ({ ...each, job: "kubelet", instance: `about ${each.job}` }));
const onBothSides = (job: string, namespace: string): readonly Labels[] =>
  ["write", "read"].map((side) => target(side, job, namespace));
const RECOVERY = target("read", "kube-state-metrics", "recovery", { instance: "about recovery" });
/** It runs on the read side, and speaks of the other's load balancer, too. */
const CLOUDWATCH = onBothSides("prometheus-cloudwatch-exporter", "monitoring");

/** Which targets export a metric, by how its name begins; the first that fits. */
const TARGETS: readonly (readonly [beginning: string, targets: readonly Labels[]])[] = [
  ["cqrs_command_", [COMMAND_API, PROCESSORS]],
  ["cqrs_query_", [QUERY_API]],
  ["cqrs_processor_", [PROCESSORS]],
  ["cqrs_projection_", [PROJECTIONS]],
  ["cqrs_", SERVICES],
  ["nginx_", onBothSides("nginx-ingress", "ingress")],
  ["keda_", [target("write", "keda-operator", "keda")]],
  ["externalsecret_", onBothSides("external-secrets", "external-secrets")],
  [
    "kurrentdb_",
    ["10.1.0.4", "10.1.0.5", "10.1.0.6"].map((ip) => target("write", "event-store", "", { instance: `${ip}:2113` })),
  ],
  ["aws_networkelb_", CLOUDWATCH],
  ["aws_", CLOUDWATCH.slice(1)],
  ["cloudwatch_", CLOUDWATCH.slice(1)],
  ["alertmanager_", [target("read", "kube-prometheus-stack-alertmanager", "monitoring")]],
  ["prometheus_", onBothSides("kube-prometheus-stack-prometheus", "monitoring")],
  ["probe_", onBothSides("prometheus-blackbox-exporter", "monitoring")],
  ["fluentbit_", onBothSides("fluent-bit", "logging")],
  ["node_", onBothSides("node-exporter", "node-exporter")],
  ["kube_node_", onBothSides("kube-state-metrics", "monitoring")],
  // kube-state-metrics speaks of jobs by their own namespace.
  ...["kube_cronjob_", "kube_job_"].map((name) => [name, [RECOVERY]] as const),
  // The kubelet and kube-state-metrics speak of others' pods, and by their labels.
  ["kube", [...ABOUT_SERVICES, ...onBothSides("kubelet", "monitoring")]],
  ["container_", ABOUT_SERVICES],
];

/** What a label is whose values are not ours to list. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  command_type: ["CreateOrder", "CancelOrder"],
  query_type: ["GetOrder"],
  processor: ["fulfilment"],
  projection: ["orders"],
  code: ["200", "503"],
  deployment: ["command-api-blue", "command-api-green", "command-processors", "query-api-blue", "query-api-green"],
  statefulset: ["projections"],
  cronjob: ["backup", "verify", "drill"],
  horizontalpodautoscaler: ["command-processors"],
  label_node_kubernetes_io_instance_type: ["m7i.xlarge"],
  mountpoint: ["/"],
  fstype: ["xfs"],
  metrics_path: ["/metrics"],
  image: ["registry.example.com/orders/command-api:1.4.2"],
  load_balancer: ["net/production-write/0123456789abcdef"],
  target_group: ["targetgroup/nginx-2026/0123456789abcdef"],
  dbinstance_identifier: ["production-read-primary", "production-read-replica-1"],
  target: ["commands.example.com"],
};
const NAMES: Readonly<Record<string, readonly string[]>> = {
  kurrentdb_statuses: ["Node"],
  kurrentdb_queue_queueing_duration_max_seconds: ["Main"],
};

interface Series {
  /** Its name and labels, in Prometheus' own words. */
  readonly text: string;
  readonly value: (seconds: number) => number;
}

function textOf(name: string, labels: Labels): string {
  const written = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${written.join(",")}}`;
}

/** All series of a metric at one of its targets: each value of a label with each of the others'. */
function seriesOf(name: string, metric: Metric): readonly Series[] {
  const sets = Object.entries(metric.labels).reduce<readonly Labels[]>(
    (all, [label, values]) =>
      all.flatMap((set) => valuesOf(name, label, values).map((value) => ({ ...set, [label]: value }))),
    [{}],
  );
  return sets.flatMap((labels): readonly Series[] => {
    if (metric.type !== "histogram") return [{ text: textOf(name, labels), value: sampleOf(name, metric, labels) }];
    const buckets = [...(metric.buckets ?? []).map(String), "+Inf"];
    return [
      ...buckets.map((le, index) => ({
        text: textOf(`${name}_bucket`, { ...labels, le }),
        value: (seconds: number) => (index + 1) * (seconds % 1e6),
      })),
      { text: textOf(`${name}_count`, labels), value: (seconds: number) => buckets.length * (seconds % 1e6) },
      { text: textOf(`${name}_sum`, labels), value: (seconds: number) => seconds % 1e6 },
    ];
  });
}

const valuesOf = (name: string, label: string, values: readonly string[]): readonly string[] => {
  if (values.length > 0) return values;
  return (label === "name" ? NAMES[name] : VALUES[label]) ?? [`some-${label.replaceAll("_", "-")}`];
};

function sampleOf(name: string, { type }: Metric, labels: Labels): (seconds: number) => number {
  // Of what it was before, KurrentDB goes on to say when that was.
  if (name === "kurrentdb_statuses")
    return (seconds) => (["Leader", "Follower"].includes(labels.status ?? "") ? seconds : 0);
  if (type === "counter") return (seconds) => seconds % 1e6;
  if (/timestamp|expiry|_time$/.test(name)) return (seconds) => seconds - 60;
  return () => 1;
}

const targetsOf = (name: string) => TARGETS.find(([beginning]) => name.startsWith(beginning))?.[1] ?? [];

/** Every target, by the labels that a scrape gives it. */
export const SAMPLE_TARGETS: readonly Labels[] = [...new Set(TARGETS.flatMap(([, targets]) => targets))];

const METRICS = Object.entries<Metric>(CATALOGUE).filter(([name]) => name !== "up");
const SERIES = new Map(
  SAMPLE_TARGETS.map((each) => [
    each,
    METRICS.filter(([name]) => targetsOf(name).includes(each)).flatMap(([name, metric]) => seriesOf(name, metric)),
  ]),
);

/** What a target exports at a time, in Prometheus' own words. */
export const exposition = (each: Labels, seconds: number): string =>
  (SERIES.get(each) ?? []).map(({ text, value }) => `${text} ${value(seconds)}\n`).join("");

/** A program that exports all metrics of the catalogue: a stand-in for the services, the exporters and the operators. */
export async function startExporter(): Promise<{ readonly port: number; readonly stop: () => void }> {
  const server: Server = createServer(({ url }, response) => {
    const each = SAMPLE_TARGETS[Number(url?.slice(1))];
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(each === undefined ? "" : exposition(each, Date.now() / 1000));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, stop: () => server.close() };
}
