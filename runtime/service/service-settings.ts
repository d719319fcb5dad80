import { DEFAULT_DRAIN_DELAY_MS, DRAIN_DELAY_MS, HEALTH_PATH, HEALTH_PATH_ALLOWED } from "../../lib/contract/limits";
import { SettingsError } from "../settings";

/** Where a service listens, and how it goes. */
export interface ServiceSettings {
  /** Of its API. */
  readonly httpPort: number;
  /** Of health and metrics. */
  readonly metricsPort: number;
  /** Path at which a load balancer asks its API whether it is ready. */
  readonly healthPath: string;
  /**
   * Milliseconds, 0 to 60000, from when it is not ready any more until it ends what is under way. Within them each kept
   * connection ends with an answer that says so; one that has no request in this time is closed after it.
   */
  readonly drainDelayMs: number;
}

/**
 * As the platform has them. A pod is told to end ten seconds after new connections go elsewhere; the delay is for those that
 * clients keep.
 */
const DEFAULTS = {
  HTTP_PORT: "8080",
  METRICS_PORT: "9090",
  HEALTH_PATH: "/health",
  DRAIN_DELAY_MS: `${DEFAULT_DRAIN_DELAY_MS}`,
};
const PORT = { min: 0, max: 65_535 } as const;

/**
 * From `HTTP_PORT`, `METRICS_PORT`, `HEALTH_PATH` and `DRAIN_DELAY_MS`, each with the platform's default.
 * @throws {SettingsError} with everything that is wrong.
 */
export function serviceSettings(environment: NodeJS.ProcessEnv): ServiceSettings {
  const problems: string[] = [];
  const number = (
    name: "HTTP_PORT" | "METRICS_PORT" | "DRAIN_DELAY_MS",
    { min, max }: typeof PORT | typeof DRAIN_DELAY_MS,
  ) => {
    const value = environment[name] ?? DEFAULTS[name];
    const isSound = /^\d{1,6}$/.test(value) && Number(value) >= min && Number(value) <= max;
    if (!isSound) problems.push(`${name}: must be a whole number from ${min} to ${max}, got '${value}'`);
    return Number(value);
  };
  const settings = {
    httpPort: number("HTTP_PORT", PORT),
    metricsPort: number("METRICS_PORT", PORT),
    drainDelayMs: number("DRAIN_DELAY_MS", DRAIN_DELAY_MS),
    healthPath: environment.HEALTH_PATH ?? DEFAULTS.HEALTH_PATH,
  };
  if (!HEALTH_PATH.test(settings.healthPath))
    problems.push(`HEALTH_PATH: must be ${HEALTH_PATH_ALLOWED}, got '${settings.healthPath}'`);
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}
