import type { Health, ProductionMetrics } from "../metrics/production-metrics";
import { CachedProbe, type PartHealth, type ProbeTiming } from "./cached-probe";
import {
  atWorstDegraded,
  type ComponentHealth,
  type HealthStatus,
  type PartsHealth,
  type ProjectionsHealth,
  worstOf,
  worstOfRedundant,
} from "./health-status";
import type { LagFinding } from "./lag-finding";
import type { Finding, Probe } from "./probe";
import type { ProcessorFinding, ProcessorProbe } from "./processor-probe";
import type { ProjectionProbe } from "./projection-probe";

/**
 * What a service needs to do its work, and no more: a command API has no read side, and all of it is for the tool that
 * looks at the whole. What has no probe is left out; nobody calls it healthy. One probe in two places runs once.
 */
export interface HealthProbes {
  /** @default - left out */
  readonly writeSide?: {
    /** By its own port, and never by the path that answers from this very check. @default - left out */
    readonly commandApi?: Probe;
    /** @default - left out */
    readonly eventStore?: Probe;
    /** By the processor's name. However far they lag, they are degraded. @default - left out */
    readonly processors?: Readonly<Record<string, ProcessorProbe>>;
  };
  /** @default - left out */
  readonly readSide?: {
    /** As with the command API. @default - left out */
    readonly queryApi?: Probe;
    /** @default - left out */
    readonly postgresPrimary?: Probe;
    /** Without one of several it goes on, degraded. @default - left out */
    readonly postgresReplicas?: readonly Probe[];
    /** Without it it goes on, degraded. @default - left out */
    readonly redis?: Probe;
  };
  /** @default - left out */
  readonly eventStore?: {
    /** Whether its nodes live. @default - left out */
    readonly live?: Probe;
    /** Whether one of them leads: without a leader nothing is written. @default - left out */
    readonly leader?: Probe;
    /** @default - left out */
    readonly connection?: Probe;
  };
  /** By the projection's name. However far they lag, they are degraded. @default - left out */
  readonly projections?: Readonly<Record<string, ProjectionProbe>>;
}

export interface HealthCheckOptions extends ProbeTiming {
  readonly probes: HealthProbes;
  /** Is told of each result. @default - nobody */
  readonly metrics?: Pick<
    ProductionMetrics,
    "recordHealth" | "recordProcessor" | "recordProjection" | "recordUnreadableEvents"
  >;
}

interface Part {
  readonly name: string;
  readonly probe: CachedProbe;
}

interface PartsComponent {
  readonly name: PartsHealth["name"];
  readonly parts: readonly Part[];
  readonly statusOf: (details: Readonly<Record<string, PartHealth>>) => Health;
}

const REPLICA = "postgresReplica";
/** As its stream is named. */
const PROCESSOR = "processor-";

/** Health of the platform, or of what one of its services needs of it. */
export class ProductionHealthCheck {
  private readonly cached = new Map<Probe, CachedProbe>();
  private readonly components: readonly PartsComponent[];
  private readonly projections: ReadonlyMap<string, CachedProbe<LagFinding>>;
  private readonly processors: ReadonlyMap<string, CachedProbe<ProcessorFinding>>;
  private readonly options: HealthCheckOptions;
  private unwatch: readonly (() => void)[] = [];
  private known: { readonly status: HealthStatus; readonly staleAtMs: number } | undefined;

  /** @throws {RangeError} without any probe, and for intervals and limits that can't be. */
  constructor(options: HealthCheckOptions) {
    this.options = options;
    const { writeSide = {}, readSide = {}, eventStore = {}, projections = {} } = options.probes;
    const { postgresReplicas = [], ...otherReaders } = readSide;
    const { processors = {}, ...otherWriters } = writeSide;
    this.processors = this.cachedByName(processors);
    this.projections = this.cachedByName(projections);
    const processorParts = [...this.processors].map(([name, probe]) => ({ name: `${PROCESSOR}${name}`, probe }));
    const replicas = postgresReplicas.map((probe, index): [string, Probe] => [`${REPLICA}${index + 1}`, probe]);
    this.components = [
      {
        name: "WriteSide" as const,
        parts: [...this.partsOf(Object.entries(otherWriters)), ...processorParts],
        statusOf: writeSideStatus,
      },
      {
        name: "ReadSide" as const,
        parts: this.partsOf([...Object.entries(otherReaders), ...replicas]),
        statusOf: readSideStatus,
      },
      { name: "EventStore" as const, parts: this.partsOf(Object.entries(eventStore)), statusOf: worstOfAll },
    ].filter(({ parts }) => parts.length > 0);
    if (this.all.length === 0) throw new RangeError("probes: must be at least one, got none");
  }

  /**
   * Asks all of it now, and at each interval from now on. When one dependency fails in real traffic, all are asked at once:
   * what has failed (a server, a zone, the network) often concerns several.
   */
  start(): void {
    for (const probe of this.all) probe.start();
    const recheck = (): void => {
      for (const probe of this.cached.values()) probe.recheck();
    };
    const watched = new Set([...this.cached.keys()].map(({ failures }) => failures));
    for (const stop of this.unwatch) stop();
    this.unwatch = [...watched].flatMap((failures) => failures?.listen(recheck) ?? []);
  }

  async stop(): Promise<void> {
    for (const stop of this.unwatch) stop();
    await Promise.all(this.all.map((probe) => probe.stop()));
  }

  /** Asks all of it, each within its limit, and says what it found. It never throws. */
  async checkSystem(): Promise<HealthStatus> {
    await Promise.all(this.all.map((probe) => probe.run()));
    return this.assembled();
  }

  /** What is known, at once: whatever hangs, this does not. */
  get status(): HealthStatus {
    if (this.known === undefined || performance.now() >= this.known.staleAtMs) {
      const now = performance.now();
      const staleAtMs = Math.min(...this.all.map((probe) => probe.staleAtMs).filter((at) => at > now));
      this.known = { status: this.assembled(), staleAtMs };
    }
    return this.known.status;
  }

  private get all(): readonly CachedProbe<Finding>[] {
    return [...this.cached.values(), ...this.processors.values(), ...this.projections.values()];
  }

  private cachedByName<F extends Finding>(probes: Readonly<Record<string, (signal: AbortSignal) => Promise<F>>>) {
    const { options } = this;
    return new Map(
      Object.entries(probes).map(([name, probe]) => [name, new CachedProbe<F>(probe, options, () => this.renew())]),
    );
  }

  private partsOf(probes: readonly (readonly [string, Probe | undefined])[]): readonly Part[] {
    return probes.flatMap(([name, probe]) => (probe === undefined ? [] : [{ name, probe: this.cachedOf(probe) }]));
  }

  private cachedOf(probe: Probe): CachedProbe {
    const known = this.cached.get(probe);
    if (known !== undefined) return known;
    const made = new CachedProbe(
      async (signal) => (await probe(signal)) ?? undefined,
      this.options,
      () => this.renew(),
    );
    this.cached.set(probe, made);
    return made;
  }

  private renew(): void {
    this.known = undefined;
    const { metrics } = this.options;
    if (metrics === undefined) return;
    for (const { name, status } of this.status.components) metrics.recordHealth(name, status);
    for (const { finding } of this.cached.values()) {
      if (finding?.unreadable !== undefined) metrics.recordUnreadableEvents(finding.unreadable);
    }
    for (const [name, { finding }] of this.projections) {
      if (finding !== undefined) metrics.recordProjection(name, progressOf(finding));
    }
    for (const [name, { finding }] of this.processors) {
      if (finding === undefined) continue;
      metrics.recordProcessor(name, { ...progressOf(finding), parkedEvents: finding.found.parked });
    }
  }

  private assembled(): HealthStatus {
    const components = this.components.map(({ name, parts, statusOf }): ComponentHealth => {
      const details = Object.fromEntries(parts.map((part) => [part.name, part.probe.health]));
      return { name, status: statusOf(details), details };
    });
    if (this.projections.size > 0) components.push(this.projectionsHealth());
    return { status: worstOf(components.map(({ status }) => status)), components, timestamp: new Date() };
  }

  private projectionsHealth(): ProjectionsHealth {
    const healths = [...this.projections].map(([name, { health }]): [string, PartHealth] => [name, health]);
    const lags = [...this.projections.values()].flatMap(({ finding }) =>
      finding === undefined ? [] : [finding.found],
    );
    const [slowest] = lags.sort((a, b) => b.lag - a.lag);
    return {
      name: "Projections",
      status: worstOf(healths.map(([, health]) => consumerStatus(health))),
      details: {
        lag: slowest?.lag,
        lastProcessed: slowest?.lastProcessed,
        projections: Object.fromEntries(healths),
      },
    };
  }
}

const progressOf = ({ found: { lag: lagEvents, lagSeconds }, position }: LagFinding) => ({
  lagEvents,
  lagSeconds,
  position,
});

/** Of what is not known it can't be said that its checkpoint is wrong. */
const consumerStatus = ({ status, error }: PartHealth): Health =>
  error === undefined ? status : atWorstDegraded(status);

const writeSideStatus = (details: Readonly<Record<string, PartHealth>>): Health =>
  worstOf(
    Object.entries(details).map(([name, health]) =>
      name.startsWith(PROCESSOR) ? consumerStatus(health) : health.status,
    ),
  );

const worstOfAll = (details: Readonly<Record<string, PartHealth>>): Health =>
  worstOf(Object.values(details).map(({ status }) => status));

function readSideStatus(details: Readonly<Record<string, PartHealth>>): Health {
  const statuses = Object.entries(details).map(([name, { status }]) => ({ name, status }));
  const replicas = statuses.filter(({ name }) => name.startsWith(REPLICA)).map(({ status }) => status);
  return worstOf([
    worstOfRedundant(replicas),
    ...statuses
      .filter(({ name }) => !name.startsWith(REPLICA))
      .map(({ name, status }) => (name === "redis" ? atWorstDegraded(status) : status)),
  ]);
}
