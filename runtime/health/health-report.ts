import type { Health } from "../metrics/production-metrics";
import { type ComponentHealth, type HealthStatus, partsOf } from "./health-status";

/** An answer that is made once and sent many times. */
export interface Report {
  readonly contentType: string;
  readonly body: Buffer;
}

export const HEALTH_JSON = "application/health+json";
const JSON_TYPE = "application/json; charset=utf-8";

/** By the words of draft-inadarei-api-health-check-06, which is expired, and the only common form there is. */
const WORDS: Readonly<Record<Health, string>> = { healthy: "pass", degraded: "warn", unhealthy: "fail" };

/** Who leaves, and what may be told: parts are internal, and so are errors and what was found. */
export interface ReportOptions {
  readonly detailed: boolean;
  readonly draining: boolean;
}

/** In our own form. */
export function jsonReport({ status, components, timestamp }: HealthStatus, options: ReportOptions): Report {
  const { detailed, draining } = options;
  return report(JSON_TYPE, {
    status: draining ? "unhealthy" : status,
    ...(draining && { draining }),
    components: detailed ? components : components.map(({ name, status }) => ({ name, status })),
    timestamp,
  });
}

/** As `application/health+json`. */
export function healthJsonReport({ status, components, timestamp }: HealthStatus, options: ReportOptions): Report {
  const { detailed, draining } = options;
  const checks = components.flatMap((component) =>
    detailed ? partChecks(component) : [[component.name, [check(component.status, timestamp)]]],
  );
  return report(HEALTH_JSON, {
    status: draining ? WORDS.unhealthy : WORDS[status],
    ...(draining && { notes: ["draining"] }),
    checks: Object.fromEntries(checks),
  });
}

const check = (status: Health, time: Date) => ({ componentType: "system", status: WORDS[status], time });

const partChecks = (component: ComponentHealth) =>
  Object.entries(partsOf(component)).map(([part, { status, checkedAt, durationMs, error }]) => [
    `${component.name}:${part}`,
    [
      {
        componentType: "component",
        status: WORDS[status],
        ...(checkedAt && { time: checkedAt }),
        ...(durationMs !== undefined && { observedValue: durationMs, observedUnit: "ms" }),
        ...(error !== undefined && { output: error }),
      },
    ],
  ]);

/** A probe may have found numbers that JSON does not have. */
const report = (contentType: string, value: object): Report => ({
  contentType,
  body: Buffer.from(`${JSON.stringify(value, (_, each) => (typeof each === "bigint" ? `${each}` : each))}\n`),
});
