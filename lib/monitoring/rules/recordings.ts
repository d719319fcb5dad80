import { DEFAULT_OBJECTIVES, type Objective, type ObjectivesConfig } from "../../config/objectives";
import { withDefaults } from "../../core/defaults";
import { not, series, unlike } from "../metrics/series";
import type { Recording } from "./alert";
import { OURS } from "./services";
import { COMMANDS, QUERIES, type Traffic } from "./traffic";

/** Over which the burning of a budget is judged, beside the last five minutes. */
const WINDOWS = ["30m", "1h", "2h", "6h", "1d", "3d"] as const;
const QUANTILES = [50, 95, 99] as const;

/** All that rules and dashboards share, group by group; within one, a rule sees what those above it have just found. */
export const recordingGroups = (objectives?: ObjectivesConfig): Readonly<Record<string, readonly Recording[]>> => {
  const { commands, commandTypes, queries, queryTypes } = withDefaults(DEFAULT_OBJECTIVES, objectives);
  return {
    "cqrs-commands": recordingsOf(COMMANDS, commands, commandTypes),
    "cqrs-queries": recordingsOf(QUERIES, queries, queryTypes),
    "cqrs-saturation": SATURATION,
  };
};

export const recordingRules = (objectives?: ObjectivesConfig): readonly Recording[] =>
  Object.values(recordingGroups(objectives)).flat();

function recordingsOf(
  traffic: Traffic,
  { seconds }: Objective,
  types: Readonly<Record<string, Objective>>,
): readonly Recording[] {
  const { kind, label, all, failed, timed } = traffic;
  const sum = (expr: string, ...more: string[]) => `sum by (${[...ORIGIN, label, ...more].join(", ")}) (${expr})`;
  const rate = (selector: string) => sum(`rate(${selector}[5m])`);
  // A type with an objective of its own has its own limit.
  const named = Object.keys(types);
  const inTime = [
    traffic.inTime(seconds, named.length === 0 ? undefined : unlike(named.join("|"))),
    ...Object.entries(types).map(([type, own]) => traffic.inTime(own.seconds, type)),
  ];
  const fast = sum(inTime.map((selector) => `rate(${selector}[5m])`).join(" or "));
  const rates = [
    { record: `cqrs:${kind}_rate:rate`, expr: rate(all) },
    // What has never failed has no series of failures: it has no gap here, but a zero.
    { record: `cqrs:${kind}_failures:rate`, expr: `${rate(failed)} or 0 * cqrs:${kind}_rate:rate5m` },
    { record: `cqrs:${kind}_slow:rate`, expr: `${rate(timed)} - ${fast}` },
  ];
  return [
    ...rates.map(({ record, expr }) => ({ record: `${record}5m`, expr })),
    // Of what was recorded: over three days, the series of all pods that came and went are too many to read at once.
    ...rates.flatMap(({ record }) =>
      WINDOWS.map((window) => ({ record: `${record}${window}`, expr: `avg_over_time(${record}5m[${window}])` })),
    ),
    ...["failures", "slow"].flatMap((what) =>
      ["5m", ...WINDOWS].map((window) => ({
        record: `cqrs:${kind}_${what}:ratio_rate${window}`,
        expr: `cqrs:${kind}_${what}:rate${window} / cqrs:${kind}_rate:rate${window}`,
      })),
    ),
    ...QUANTILES.map((percent) => ({
      record: `cqrs:${kind}_duration:p${percent}_rate5m`,
      expr: `histogram_quantile(${percent / 100}, ${sum(`rate(${traffic.buckets}[5m])`, "le")})`,
    })),
  ].map((recording) => ({ ...recording, labels: [label] }));
}

const ORIGIN = ["environment", "side"] as const;
const POD = ["namespace", "pod"] as const;
const byPod = `by (${[...ORIGIN, ...POD].join(", ")})`;

/** What our pods use of what they ask for: beyond it they live on what others leave. */
const SATURATION: readonly Recording[] = [
  {
    record: "cqrs:cpu_usage:ratio_requests",
    expr: [
      `sum ${byPod} (rate(${series("container_cpu_usage_seconds_total", { ...OURS, container: not(""), image: not("") })}[5m]))`,
      `sum ${byPod} (${series("kube_pod_container_resource_requests", { ...OURS, resource: "cpu" })})`,
    ].join(" / "),
    labels: POD,
  },
  {
    record: "cqrs:memory_usage:ratio_requests",
    expr: [
      `sum ${byPod} (${series("container_memory_working_set_bytes", { ...OURS, container: not(""), image: not("") })})`,
      `sum ${byPod} (${series("kube_pod_container_resource_requests", { ...OURS, resource: "memory" })})`,
    ].join(" / "),
    labels: POD,
  },
];
