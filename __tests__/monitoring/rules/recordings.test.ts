import { series } from "../../../lib/monitoring/metrics/series";
import type { RuleOptions } from "../../../lib/monitoring/rules/options";
import { recordingRules } from "../../../lib/monitoring/rules/recordings";
import { ruleGroups } from "../../../lib/monitoring/rules/rules";
import { type RuleGroup, type RuleTest, testRules, whyNoPromtool } from "../../support/monitoring/promtool";
import { bySchedule } from "../../support/test-run/nightly";
import { READ, WRITE } from "./cases/case";
import { OBJECTIVES } from "./cases/objectives";
import { groupsNeededFor, recordingsNeededFor, rulesOf } from "./needed-rules";

const missing = whyNoPromtool();
if (missing !== undefined) process.stderr.write(`Recordings are not tried on series: ${missing}\n`);

const OPTIONS: RuleOptions = {
  environment: "production",
  objectives: OBJECTIVES,
  services: true,
  eventStore: { scraped: true },
  backup: { frequency: "hourly", exported: false },
  logs: true,
  runbooks: "docs/runbooks",
};

const groupsOf = (options: RuleOptions): readonly RuleGroup[] => {
  const { "cqrs-recordings": recordings, "cqrs-alerts": alerts } = ruleGroups(options);
  return [...recordings.groups, ...alerts.groups];
};

test("names say what is recorded, by what, over which time", () => {
  const names = recordingRules().map(({ record }) => record);
  const windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"];
  const over = (name: string) => windows.map((window) => `${name}${window}`);
  const ofKind = (kind: string) => [
    ...["rate:rate", "failures:rate", "slow:rate", "failures:ratio_rate", "slow:ratio_rate"].flatMap((what) =>
      over(`cqrs:${kind}_${what}`),
    ),
    ...["p50", "p95", "p99"].map((quantile) => `cqrs:${kind}_duration:${quantile}_rate5m`),
  ];
  expect([...names].sort()).toEqual(
    [
      ...ofKind("command"),
      ...ofKind("query"),
      "cqrs:cpu_usage:ratio_requests",
      "cqrs:memory_usage:ratio_requests",
    ].sort(),
  );
});

const command = (type: string, status: "success" | "failure") =>
  series("cqrs_command_total", { ...WRITE, command_type: type, status });
const bucket = (type: string, le: string) =>
  series("cqrs_command_duration_bucket", { ...WRITE, command_type: type, le });
const query = (le: string) => series("cqrs_query_duration_bucket", { ...READ, query_type: "List", le });
const pod = { namespace: "commands", pod: "command-api-blue-1", container: "command-api" } as const;

const SERIES: RuleTest["series"] = {
  // Ten a minute fail of a hundred; another type has never failed, and has no series of failures.
  [command("Ship", "success")]: "0+90x60",
  [command("Ship", "failure")]: "0+10x60",
  [command("Return", "success")]: "0+60x60",
  // A quarter within half a second, half within one.
  [series("cqrs_command_duration_count", { ...WRITE, command_type: "Ship" })]: "0+100x60",
  [bucket("Ship", "0.5")]: "0+25x60",
  [bucket("Ship", "1.0")]: "0+50x60",
  [command("PlaceOrder", "success")]: "0+100x60",
  [series("cqrs_command_duration_count", { ...WRITE, command_type: "PlaceOrder" })]: "0+100x60",
  [bucket("PlaceOrder", "0.5")]: "0+25x60",
  [bucket("PlaceOrder", "1")]: "0+50x60",
  [query("0.1")]: "0+90x60",
  [query("0.25")]: "0+100x60",
  [query("+Inf")]: "0+100x60",
  [series("container_cpu_usage_seconds_total", { ...WRITE, ...pod, image: "api" })]: "0+12x60",
  // cAdvisor's sum of the pod.
  [series("container_cpu_usage_seconds_total", { ...WRITE, namespace: pod.namespace, pod: pod.pod })]: "0+12x60",
  [series("kube_pod_container_resource_requests", { ...WRITE, ...pod, resource: "cpu", unit: "core" })]: "0.25x60",
  [series("container_memory_working_set_bytes", { ...WRITE, ...pod, image: "api" })]: "300x60",
  [series("kube_pod_container_resource_requests", { ...WRITE, ...pod, resource: "memory", unit: "byte" })]: "400x60",
};

const of = (labels: Readonly<Record<string, string>>) =>
  `{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(", ")}}`;
const ofCommand = (type: string) => of({ command_type: type, ...WRITE });
const ofPod = of({ ...WRITE, namespace: pod.namespace, pod: pod.pod });

(missing === undefined ? describe : describe.skip)("what is recorded", () => {
  test.each<[expr: string, labels: string, value: number]>([
    ['cqrs:command_rate:rate5m{command_type="Ship"} * 60', ofCommand("Ship"), 100],
    ['cqrs:command_failures:ratio_rate5m{command_type="Ship"}', ofCommand("Ship"), 0.1],
    ['cqrs:command_failures:ratio_rate3d{command_type="Ship"}', ofCommand("Ship"), 0.1],
    ['cqrs:command_failures:ratio_rate1h{command_type="Return"}', ofCommand("Return"), 0],
    ['cqrs:command_slow:ratio_rate1h{command_type="Ship"}', ofCommand("Ship"), 0.75],
    ['cqrs:command_slow:ratio_rate1h{command_type="PlaceOrder"}', ofCommand("PlaceOrder"), 0.5],
    ["cqrs:query_duration:p50_rate5m", of({ ...READ, query_type: "List" }), 0.1 * (5 / 9)],
    ["cqrs:query_duration:p95_rate5m", of({ ...READ, query_type: "List" }), 0.175],
    ["cqrs:cpu_usage:ratio_requests", ofPod, 0.8],
    ["cqrs:memory_usage:ratio_requests", ofPod, 0.75],
  ])("%s", (expr, labels, value) => {
    const rounded = `round(${expr}, 0.0001)`;
    const samples = [{ labels, value: Math.round(value * 10_000) / 10_000 }];
    const expressions = [{ at: "1h", expr: rounded, samples }];
    const groups = bySchedule({
      always: [recordingsNeededFor([expr], OPTIONS.objectives)],
      nightly: ruleGroups(OPTIONS)["cqrs-recordings"].groups,
    });
    expect(testRules({ groups, interval: "1m", series: SERIES, expressions })).toBe("");
  });
});

/** Names of alerts that fire at last, on series that are as they are from the start. */
function firingOn(input: RuleTest["series"], name: string, count: number, options: RuleOptions = OPTIONS): string {
  // Of the longer windows there is nothing yet but this hour.
  const expr = `count(ALERTS{alertname="${name}", alertstate="firing", window=~"1h|"}) or vector(0)`;
  return testRules({
    groups: bySchedule({ always: groupsNeededFor(rulesOf(name, options), options), nightly: groupsOf(options) }),
    interval: "1m",
    series: input,
    expressions: [{ at: "1h", expr, samples: [{ labels: "{}", value: count }] }],
  });
}

(missing === undefined ? describe : describe.skip)("alerts", () => {
  test.each([
    ["four failures an hour, of four commands, wake nobody", "0+0.0666x60", 0],
    ["six failures an hour, of six commands, do", "0+0.1x60", 1],
  ])("%s", (_, values, count) => {
    const input = { [command("Ship", "failure")]: values };
    expect(firingOn(input, "CommandsFailing", count)).toBe("");
  });

  test.each<[what: string, input: RuleTest["series"], options: Partial<RuleOptions>, count: number]>([
    ["none of its nodes is found", {}, {}, 1],
    [
      "a side's services can't reach it, though Prometheus can",
      {
        [series("up", { ...WRITE, job: "event-store" })]: "1x60",
        [series("cqrs_health_status", { ...READ, component: "EventStore" })]: "0x60",
      },
      {},
      1,
    ],
    [
      "it is not scraped, and the services can't reach it",
      { [series("cqrs_health_status", { ...WRITE, component: "EventStore" })]: "0x60" },
      { eventStore: { scraped: false } },
      1,
    ],
    [
      "one pod of several can't reach it",
      {
        [series("cqrs_health_status", { ...WRITE, component: "EventStore", pod: "a" })]: "0x60",
        [series("cqrs_health_status", { ...WRITE, component: "EventStore", pod: "b" })]: "2x60",
      },
      { eventStore: { scraped: false } },
      0,
    ],
  ])("the event store, when %s", (_, input, options, count) => {
    expect(firingOn(input, "EventStoreDown", count, { ...OPTIONS, ...options })).toBe("");
  });

  test.each<[what: string, input: RuleTest["series"]]>([
    [
      "it runs but can't be asked",
      { [series("up", { ...READ, job: "nginx-ingress" })]: "1x60", [series("nginx_ingress_nginx_up", READ)]: "0x60" },
    ],
    ["there is none", {}],
  ])("NGINX is down when %s", (_, input) => {
    const other = { [series("up", { ...WRITE, job: "nginx-ingress" })]: "1x60" };
    expect(firingOn({ ...other, ...input }, "NginxDown", 1)).toBe("");
  });

  test("nothing is said of databases while CloudWatch can't be asked", () => {
    const failed = { [series("cloudwatch_exporter_scrape_error", READ)]: "1x60" };
    expect(firingOn(failed, "ReadDatabaseDown", 0)).toBe("");
    expect(firingOn(failed, "CloudWatchNotRead", 1)).toBe("");
  });
});
