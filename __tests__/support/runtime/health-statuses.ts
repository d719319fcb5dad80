import type { PartHealth } from "../../../runtime/health/cached-probe";
import type { HealthStatus } from "../../../runtime/health/health-status";
import type { Health } from "../../../runtime/metrics/production-metrics";

/** Words of a status that nobody may see without authorization. */
export const INTERNALS = ["10.0.0.7", "db-1.internal", "PostgreSQL 15", "ECONNREFUSED", "12/34", "eventStore"] as const;

const CHECKED = new Date("2026-11-23T12:00:00Z");

const part = (status: Health, more: Partial<PartHealth> = {}): PartHealth => ({
  ...{ status, checkedAt: CHECKED, ageMs: 120, durationMs: 7 },
  ...more,
});

/** A status with all that may be in one; its write side is as healthy as is said. */
export const statusOf = (health: Health): HealthStatus => ({
  status: health,
  components: [
    {
      name: "WriteSide",
      status: health,
      details: {
        commandApi: part("healthy", { found: { version: "PostgreSQL 15", host: "db-1.internal", position: 7n } }),
        eventStore: part(health, health === "healthy" ? {} : { error: "connect ECONNREFUSED 10.0.0.7:2113" }),
      },
    },
    {
      name: "Projections",
      status: "healthy",
      details: { lag: 3, lastProcessed: "12/34", projections: { orders: part("healthy") } },
    },
  ],
  timestamp: CHECKED,
});
