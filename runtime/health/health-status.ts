import { HEALTH_VALUES } from "../../lib/monitoring/metrics/cqrs";
import type { Health, HealthComponent } from "../metrics/production-metrics";
import type { PartHealth } from "./cached-probe";

/** How the platform is, as far as the service that says it can tell. */
export interface HealthStatus {
  /** The worst of the components'. */
  readonly status: Health;
  /** Those that the service has probes for. */
  readonly components: readonly ComponentHealth[];
  readonly timestamp: Date;
}

export type ComponentHealth = PartsHealth | ProjectionsHealth;

/** A component of parts that are probed. */
export interface PartsHealth {
  readonly name: Exclude<HealthComponent, "Projections">;
  readonly status: Health;
  /** By the part's name: `commandApi`, `eventStore`, `postgresReplica1`. */
  readonly details: Readonly<Record<string, PartHealth>>;
}

export interface ProjectionsHealth {
  readonly name: "Projections";
  readonly status: Health;
  readonly details: {
    /** Events that the slowest has yet to process; undefined while nothing is known. */
    readonly lag: number | undefined;
    /** Position of the last event that the slowest has processed; undefined while there is none. */
    readonly lastProcessed: string | undefined;
    readonly projections: Readonly<Record<string, PartHealth>>;
  };
}

/** Of none it is healthy: nothing is wrong. */
export const worstOf = (healths: readonly Health[]): Health =>
  healths.reduce((worst, health) => (HEALTH_VALUES[health] < HEALTH_VALUES[worst] ? health : worst), "healthy");

/** Of what the platform can do without. */
export const atWorstDegraded = (health: Health): Health => (health === "unhealthy" ? "degraded" : health);

/** Of equal ones, one of which is enough: unhealthy when all are. */
export const worstOfRedundant = (healths: readonly Health[]): Health =>
  healths.every((health) => health === "unhealthy") ? worstOf(healths) : atWorstDegraded(worstOf(healths));

/** Every part of a component, by name. */
export const partsOf = (component: ComponentHealth): Readonly<Record<string, PartHealth>> =>
  component.name === "Projections" ? component.details.projections : component.details;
