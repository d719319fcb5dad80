import type { Pattern } from "../metrics/series";
import type { Panel } from "./dashboard";
import { recorded } from "./scope";

/** Ours: all that was asked for, and so much beyond that the node may not have it any more. */
const THRESHOLDS = [
  { from: 1, color: "orange" },
  { from: 1.5, color: "red" },
] as const;

/** What pods use of what they ask for: two panels. */
export const saturationPanels = (
  pods: Readonly<Record<string, string | Pattern>>,
  [cpuId, memoryId]: readonly [number, number],
): readonly Panel[] => [
  {
    id: cpuId,
    kind: "timeseries",
    title: "CPU of pods",
    description:
      "How much of the CPU that they ask for do pods use? Beyond all of it they live on what others leave, and get slow when nothing is left.",
    unit: "percentunit",
    queries: [{ expr: recorded("cqrs:cpu_usage:ratio_requests", pods), legend: "{{pod}}" }],
    width: 12,
    thresholds: THRESHOLDS,
  },
  {
    id: memoryId,
    kind: "timeseries",
    title: "Memory of pods",
    description:
      "How much of the memory that they ask for do pods hold? One that only rises is a leak and ends with a restart, as does one far beyond all of it.",
    unit: "percentunit",
    queries: [{ expr: recorded("cqrs:memory_usage:ratio_requests", pods), legend: "{{pod}}" }],
    width: 12,
    thresholds: THRESHOLDS,
  },
];
