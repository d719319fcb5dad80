import type { Recording } from "../../../lib/monitoring/rules/alert";
import { expressionProblems, labelsOf } from "../../support/monitoring/promql";

const RECORDINGS: readonly Recording[] = [
  { record: "cqrs:command_rate:rate5m", expr: "", labels: ["command_type"] },
  { record: "cqrs:everything:rate5m", expr: "", labels: [] },
];

describe("the check of expressions", () => {
  test.each([
    ['sum by (environment, side, command_type) (rate(cqrs_command_total{status="failure"}[5m]))'],
    [
      'histogram_quantile(0.99, sum by (environment, side, le) (rate(cqrs_query_duration_bucket{side=~"$side"}[$__rate_interval])))',
    ],
    ['rate(cqrs_command_duration_bucket{le=~"1(\\\\.0)?"}[5m])'],
    ["cqrs:command_rate:rate5m / ignoring (command_type) group_left () cqrs:everything:rate5m"],
    [
      "kube_deployment_spec_replicas - on (environment, side, namespace, deployment) kube_deployment_status_replicas_available > 0",
    ],
    ['time() - kurrentdb_statuses{name="Node", status=~"Leader|Follower"} < 60'],
    ['absent(up{job="nginx-ingress", side="write"}) or up{job="nginx-ingress"} == 0'],
    ["max_over_time((up == 0)[5m:1m]) and on () vector(1)"],
    ['label_replace(up, "what", "$1", "job", "(.*)") and on (what) label_replace(up, "what", "$1", "pod", "(.*)")'],
    ["topk by (side) (3, sum without (pod) (up))"],
    ['kurrentdb_sys_disk_bytes{kind="used"} / ignoring (kind) kurrentdb_sys_disk_bytes{kind="total"}'],
  ])("takes %s", (expr) => {
    expect(expressionProblems(expr, RECORDINGS)).toEqual([]);
  });

  test.each<[wrong: string, expr: string, problem: string]>([
    ["no PromQL", "sum(up", "is no PromQL at ''"],
    ["one bracket too many", "sum(up)) > 1", "is no PromQL at ') > 1'"],
    [
      "a series that nothing exports",
      "cqrs_commands_total",
      "'cqrs_commands_total' is exported by nothing and recorded by no rule",
    ],
    [
      "a histogram by its bare name",
      "cqrs_command_duration",
      "'cqrs_command_duration' is exported by nothing and recorded by no rule",
    ],
    [
      "a recording that nobody makes",
      "cqrs:command_rate:rate1m",
      "'cqrs:command_rate:rate1m' is exported by nothing and recorded by no rule",
    ],
    ["a label that a series has not", 'cqrs_command_total{type="A"}', "'cqrs_command_total' has no label 'type'"],
    [
      "a label that a recording has dropped",
      'cqrs:command_rate:rate5m{status="failure"}',
      "'cqrs:command_rate:rate5m' has no label 'status'",
    ],
    [
      "a value that a label never has",
      'cqrs_command_total{status="failed"}',
      "'status' of 'cqrs_command_total' is never 'failed'",
    ],
    [
      "such a value that is not wanted",
      'cqrs_command_total{status!="failed"}',
      "'status' of 'cqrs_command_total' is never 'failed'",
    ],
    [
      "such a value among others",
      'cqrs_command_total{status=~"failure|error"}',
      "'status' of 'cqrs_command_total' is never 'error'",
    ],
    [
      "a bound between two buckets",
      'cqrs_command_duration_bucket{le="0.3"}',
      "'le' of 'cqrs_command_duration_bucket' is never '0.3'",
    ],
    ["a sum by a label that there is not", "sum by (type) (cqrs_command_total)", "has no label 'type' for 'by (type)'"],
    [
      "a sum by a label that one within it has dropped",
      "max by (pod) (sum by (job) (up))",
      "has no label 'pod' for 'by (pod)'",
    ],
    [
      "a sum without a label that there is not",
      "sum without (type) (cqrs_command_total)",
      "has no label 'type' for 'without (type)'",
    ],
    ["sides that have no such label", "up * on (node) up", "has no label 'node' for 'on (node)'"],
    [
      "a label taken from a side that has it not",
      "up * on (pod) group_left (version) up",
      "has no label 'version' for 'on (pod) group_left (version)'",
    ],
    [
      "sides with labels that differ",
      "sum by (job) (up) / sum by (pod) (up)",
      "matches 'job' with 'pod' in 'sum by (job) (up) / sum by (pod) (up)'",
    ],
    [
      "sides whose values differ",
      'up{side="read"} and up{side="write"}',
      "'side' is never the same on both sides of 'up{side=\"read\"} and up{side=\"write\"}'",
    ],
    [
      "quantiles of what has no buckets",
      "histogram_quantile(0.9, sum by (job) (rate(cqrs_query_duration_bucket[5m])))",
      "has no label 'le' for 'histogram_quantile()'",
    ],
    [
      "a label made of one that there is not",
      'label_replace(up, "a", "$1", "b", "(.*)")',
      "has no label 'b' for 'label_replace()'",
    ],
    ["the rate of a gauge", "rate(up[5m])", "rate() of a gauge in 'rate(up[5m])'"],
    [
      "the slope of a counter",
      "deriv(cqrs_command_total[5m])",
      "deriv() of a counter in 'deriv(cqrs_command_total[5m])'",
    ],
  ])("finds %s", (_, expr, problem) => {
    expect(expressionProblems(expr, RECORDINGS)).toContain(problem);
  });

  test.each<[expr: string, labels: readonly string[]]>([
    ["sum by (side, job) (up)", ["job", "side"]],
    ['absent(up{job="event-store", side=~"write"})', ["job"]],
    ["cqrs:command_rate:rate5m > 1", ["command_type", "environment", "side"]],
    ["sum by (job) (up) / on (job) group_left (side) sum by (job, side) (up)", ["job", "side"]],
    ["absent(sum by (side) (up))", []],
    ["vector(1)", []],
  ])("knows the labels of %s", (expr, labels) => {
    expect([...labelsOf(expr, RECORDINGS).keys()].sort()).toEqual(labels);
  });
});
