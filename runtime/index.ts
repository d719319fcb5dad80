export {
  type CommandOutcome,
  type MetricsOptions,
  ProductionMetrics,
  type QueryOutcome,
} from "./metrics/production-metrics";
