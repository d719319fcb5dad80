import { Counter, Gauge, Histogram, type OpenMetricsContentType, Registry } from "prom-client";
import { MESSAGE_TYPES } from "../../lib/contract/limits";
import {
  type BACKUPS,
  COMMAND_STATUSES,
  CQRS_METRICS,
  type HEALTH_COMPONENTS,
  HEALTH_VALUES,
  QUERY_STATUSES,
} from "../../lib/monitoring/metrics/cqrs";
import type { UnreadableEvents } from "../event-store/unreadable-events";
import { TimedType } from "./timed-type";

/** How a command ended; only `failure` counts against what is promised. */
export type CommandOutcome = (typeof COMMAND_STATUSES)[number];
/** How a query ended; only `failure` counts against what is promised. */
export type QueryOutcome = (typeof QUERY_STATUSES)[number];
export type HealthComponent = (typeof HEALTH_COMPONENTS)[number];
export type Health = keyof typeof HEALTH_VALUES;
export type Backup = (typeof BACKUPS)[number];

export interface MetricsOptions {
  /** Types of commands that have series of their own, at most 500. All others are `other`: a user must not make series. */
  readonly commandTypes: readonly string[];
  /** Likewise of queries. */
  readonly queryTypes: readonly string[];
  /** What runs. @default - not told */
  readonly build?: { readonly version: string; readonly revision: string };
  /** Id of the trace that is going on, to lead from a slow bucket to one that was slow. @default - none */
  readonly traceId?: () => string | undefined;
}

/** How far a projection or a processor is. */
export interface ConsumerProgress {
  /** Events that it has yet to process. */
  readonly lagEvents: number;
  /** Age in seconds of the oldest of them, 0 without any. */
  readonly lagSeconds: number;
  /** Position in the event store's log up to which it has processed all; beyond 2^53 it loses its last digits. */
  readonly position: number | bigint;
}

export interface ProcessorProgress extends ConsumerProgress {
  /** Events that processors of its name have parked since the event store was made. */
  readonly parkedEvents: number;
}

/** What a scrape is answered with. */
export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

const OPEN_METRICS = "application/openmetrics-text";

type Name = keyof typeof CQRS_METRICS;

/** Metrics of a service, by the names, labels and buckets that the platform's rules and dashboards ask for. */
export class ProductionMetrics {
  /** For scrapers that know exemplars. */
  private readonly open = new Registry<OpenMetricsContentType>();
  private readonly text = new Registry();
  private readonly commands: TimedType<CommandOutcome>;
  private readonly queries: TimedType<QueryOutcome>;
  private readonly resultCounts = new Map<string, Histogram.Internal<string>>();
  private readonly gauges = new Map<Name, Gauge>();

  /** @throws {RangeError} with more than 500 types. */
  constructor(options: MetricsOptions) {
    this.open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const { commandTypes, queryTypes, build, traceId } = options;
    for (const [key, types] of Object.entries({ commandTypes, queryTypes })) {
      if (types.length > MESSAGE_TYPES.max)
        throw new RangeError(`${key}: must be at most ${MESSAGE_TYPES.max}, got ${types.length}`);
    }
    this.commands = new TimedType({
      label: "command_type",
      types: commandTypes,
      statuses: COMMAND_STATUSES,
      counter: this.counter("cqrs_command_total"),
      histogram: this.histogram("cqrs_command_duration"),
      durationLabels: CQRS_METRICS.cqrs_command_duration.labels.success.map((success) => ({ success })),
      durationLabelsOf: (status) => ({ success: `${status === "success"}` }),
      traceId,
    });
    this.queries = new TimedType({
      label: "query_type",
      types: queryTypes,
      statuses: QUERY_STATUSES,
      counter: this.counter("cqrs_query_total"),
      histogram: this.histogram("cqrs_query_duration"),
      durationLabels: [{}],
      durationLabelsOf: () => ({}),
      traceId,
    });
    const resultCount = this.histogram("cqrs_query_result_count");
    for (const type of this.queries.types) {
      resultCount.zero({ query_type: type });
      this.resultCounts.set(type, resultCount.labels({ query_type: type }));
    }
    if (build !== undefined) this.gauge("cqrs_build_info").set({ ...build }, 1);
  }

  /**
   * Counts a command and its duration, in seconds. `outcome` says more than the seed's `success`; a duration that is no
   * time at all is left out, for what is measured must not fail by it.
   */
  recordCommandExecution(
    command: { readonly type: string },
    duration: number,
    success: boolean,
    outcome: CommandOutcome = success ? "success" : "failure",
  ): void {
    this.commands.record(command.type, duration, outcome);
  }

  /** Counts a query, its duration in seconds, and what its answer had in it. */
  recordQueryExecution(
    query: { readonly type: string },
    duration: number,
    resultCount: number,
    outcome: QueryOutcome = "success",
  ): void {
    this.queries.record(query.type, duration, outcome);
    if (resultCount >= 0) this.resultCounts.get(this.queries.typeOf(query.type))?.observe(resultCount);
  }

  /**
   * Runs a handler of a command, times and counts it. What it throws is thrown on; `outcomeOf` says what it means.
   */
  async timeCommand<Result>(
    command: { readonly type: string },
    handler: () => Promise<Result>,
    outcomeOf: (error: unknown) => CommandOutcome = () => "failure",
  ): Promise<Result> {
    return this.commands.time(command.type, handler, outcomeOf);
  }

  /** Runs a handler of a query, times and counts it; `countOf` says what is in its answer. */
  async timeQuery<Result>(
    query: { readonly type: string },
    handler: () => Promise<Result>,
    countOf: (result: Result) => number = (result) => (Array.isArray(result) ? result.length : result === null ? 0 : 1),
    outcomeOf: (error: unknown) => QueryOutcome = () => "failure",
  ): Promise<Result> {
    const result = await this.queries.time(query.type, handler, outcomeOf);
    this.resultCounts.get(this.queries.typeOf(query.type))?.observe(countOf(result));
    return result;
  }

  recordProjection(name: string, progress: ConsumerProgress): void {
    this.recordConsumer("projection", name, progress);
  }

  recordProcessor(name: string, progress: ProcessorProgress): void {
    this.recordConsumer("processor", name, progress);
    this.gauge("cqrs_processor_parked_events").set({ processor: name }, progress.parkedEvents);
  }

  recordUnreadableEvents({ events, seconds }: UnreadableEvents): void {
    this.gauge("cqrs_event_store_unreadable_events").set(events);
    this.gauge("cqrs_event_store_unreadable_seconds").set(seconds);
  }

  recordHealth(component: HealthComponent, health: Health): void {
    this.gauge("cqrs_health_status").set({ component }, HEALTH_VALUES[health]);
  }

  recordBackup(backup: Backup, completed: Date): void {
    this.gauge("cqrs_backup_last_success_timestamp_seconds").set({ backup }, completed.getTime() / 1000);
  }

  /** What a scrape is answered with: with exemplars where its `Accept` knows OpenMetrics, otherwise as text. */
  async exposition(accept = ""): Promise<Exposition> {
    const registry = accept.includes(OPEN_METRICS) ? this.open : this.text;
    return { contentType: registry.contentType, body: await registry.metrics() };
  }

  private recordConsumer(kind: "projection" | "processor", name: string, progress: ConsumerProgress): void {
    const { lagEvents, lagSeconds, position } = progress;
    this.gauge(`cqrs_${kind}_lag_events`).set({ [kind]: name }, lagEvents);
    this.gauge(`cqrs_${kind}_lag_seconds`).set({ [kind]: name }, lagSeconds);
    this.gauge(`cqrs_${kind}_position`).set({ [kind]: name }, Number(position));
  }

  private counter(name: Name): Counter {
    return this.registered(new Counter(this.definitionOf(name)));
  }

  private histogram(name: "cqrs_command_duration" | "cqrs_query_duration" | "cqrs_query_result_count"): Histogram {
    const buckets = [...CQRS_METRICS[name].buckets];
    return this.registered(new Histogram({ ...this.definitionOf(name), buckets, enableExemplars: true }));
  }

  /** Made when it is first told of: a service that has no projections has no series of them. */
  private gauge(name: Name): Gauge {
    const known = this.gauges.get(name);
    if (known !== undefined) return known;
    const made = this.registered(new Gauge(this.definitionOf(name)));
    this.gauges.set(name, made);
    return made;
  }

  private definitionOf(name: Name) {
    const { help, labels } = CQRS_METRICS[name];
    return { name, help, labelNames: Object.keys(labels), registers: [] };
  }

  /** In both formats. prom-client tells by the registry how a metric is written. */
  private registered<M extends Counter | Gauge | Histogram>(metric: M): M {
    this.text.registerMetric(metric);
    // For OpenMetrics prom-client renames a counter itself, and would in the text, too: there it gets a view of the counter.
    this.open.registerMetric(metric instanceof Counter ? Object.create(metric) : metric);
    return metric;
  }
}
