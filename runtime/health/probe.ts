import type { UnreadableEvents } from "../event-store/unreadable-events";
import type { Failures } from "../failures";
import type { Health } from "../metrics/production-metrics";

/** What a probe found, where it is more than that all is well. */
export interface Finding {
  readonly status: Health;
  /** What else it found, for those who may see it. @default - nothing */
  readonly found?: Readonly<Record<string, unknown>>;
  /** Of an event store, for metrics. @default - of something else */
  readonly unreadable?: UnreadableEvents;
}

/** What a probe asks, where it also tells of its failures in real traffic. */
export interface Watched {
  /** @default - failures are found at the probe's interval */
  readonly failures?: Failures;
}

/**
 * Asks one dependency. It resolves when the dependency does what it must, throws when it does not, and gives a finding
 * when there is more to say. The signal aborts when the run is over, by its end or by its limit: what then still goes on
 * must end soon, whatever the dependency does.
 */
export type Probe = ((signal: AbortSignal) => Promise<void> | Promise<Finding | undefined>) & Watched;

/** A probe of a store whose failures in real traffic have it run at once. */
export const watchedProbe = ({ failures }: Watched, probe: Probe): Probe =>
  Object.assign((signal: AbortSignal) => probe(signal), { failures });
