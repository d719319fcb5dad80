import { HealthServer } from "../health/health-server";
import { type HealthProbes, ProductionHealthCheck } from "../health/production-health-check";
import type { ProductionMetrics } from "../metrics/production-metrics";
import { ApiServer } from "./api-server";
import { errorFields, type Log } from "./log";
import type { MessageApi } from "./message-api";
import type { ServiceSettings } from "./service-settings";

/** What a service does beside answering: it follows the event store. */
export interface Work {
  start(): void;
  /** Finishes what was begun, or hands it back. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly settings: ServiceSettings;
  readonly log: Log;
  readonly metrics: ProductionMetrics;
  /** What this service needs to do its work, and nothing else: by these it is ready or not. */
  readonly probes: HealthProbes;
  /** @default - it answers nobody */
  readonly api?: MessageApi;
  /** @default - none */
  readonly work?: Work;
  /** Who may see the details of health: `Authenticator` and a role. @default - nobody */
  readonly authorize?: (token: string) => Promise<boolean>;
  /** Ends connections to stores, once nothing needs them any more. */
  readonly close: () => Promise<void>;
}

export interface RunningService {
  /** At which ports it listens. */
  readonly ports: { readonly metrics: number; readonly http?: number };
  /** Is not ready any more, finishes what was begun, and ends. */
  stop(): Promise<void>;
}

/**
 * Starts a service: health and metrics first, then its work, then its API. It ends in order at SIGTERM and SIGINT; a second signal
 * of the same name ends it at once.
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { settings, log, metrics, probes, api, work, authorize, close } = options;
  const healthCheck = new ProductionHealthCheck({ probes, metrics });
  const health = new HealthServer({
    healthCheck,
    authorize,
    metrics: (accept) => metrics.exposition(accept),
    port: settings.metricsPort,
    drainDelayMs: settings.drainDelayMs,
  });
  const server =
    api &&
    new ApiServer({ api, port: settings.httpPort, healthPath: settings.healthPath, health: health.healthHandler });

  healthCheck.start();
  const metricsPort = await health.listen();
  work?.start();
  const ports = { metrics: metricsPort, ...(server && { http: await server.listen() }) };

  const finish = async (): Promise<void> => {
    await Promise.all([server?.close(), work?.stop()]);
    await healthCheck.stop();
    await close();
  };
  const stop = (): Promise<void> => {
    server?.drain();
    return health.drain(finish);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      log.info({}, `ends at ${signal}`);
      stop().catch((error) => {
        log.error(errorFields(error), "did not end in order");
        process.exitCode = 1;
      });
    });
  }
  log.info({}, "started");
  return { ports, stop };
}
