import { within } from "../deadline";
import type { Health } from "../metrics/production-metrics";
import type { Finding } from "./probe";
import { wholeNumber } from "./whole-number";

export interface ProbeTiming {
  /** From one run to the next; 500 at most after one that was unhealthy. @default 5000 */
  readonly intervalMs?: number;
  /** How long a run may take, at most the interval. @default - 2000, or the interval where that is shorter */
  readonly timeLimitMs?: number;
}

/** What is known of a part, and for how long it has been known. */
export interface PartHealth {
  readonly status: Health;
  /** When it was found, undefined before the first time. */
  readonly checkedAt: Date | undefined;
  readonly ageMs: number | undefined;
  /** How long the probe took. */
  readonly durationMs: number | undefined;
  /** Why nothing good is known: the probe failed, has not answered in time or not at all yet. @default - it has answered */
  readonly error?: string;
  readonly found?: Readonly<Record<string, unknown>>;
}

/** A run that has ended, or had to. */
interface Run<F extends Finding> {
  readonly finding: F | undefined;
  readonly error: string | undefined;
  readonly checkedAt: Date;
  readonly endedMs: number;
  readonly durationMs: number;
}

/** As often as Kubernetes asks the platform's pods whether they are ready. */
const DEFAULT_INTERVAL_MS = 5000;
const DEFAULT_TIME_LIMIT_MS = 2000;
/** Well below a failover of two seconds, and no load: a probe runs so often only while something fails. */
const RECHECK_MS = 500;
const INTERVAL_MS = { least: 10, most: 300_000 } as const;
/** A result that is older says nothing of now: its probe has not been able to run. */
const STALE_INTERVALS = 3;
/**
 * A run that ignores its signal can't be ended, only abandoned. So many may hang at once: with one, a single lost answer
 * would keep its part unhealthy for ever; without a bound, they would pile up for as long as the outage lasts.
 */
const MAX_UNENDED = 3;
const MAX_ERROR_LENGTH = 200;

/** Runs a probe again and again, one run at a time, each within its limit, and keeps what the last one found. */
export class CachedProbe<F extends Finding = Finding> {
  private readonly intervalMs: number;
  private readonly timeLimitMs: number;
  private last: Run<F> | undefined;
  private running: Promise<void> | undefined;
  private abort: AbortController | undefined;
  private unended = 0;
  private timer: NodeJS.Timeout | undefined;
  private rechecking: NodeJS.Timeout | undefined;

  /** @param onResult is told of each result, once it can be read. */
  constructor(
    private readonly probe: (signal: AbortSignal) => Promise<F | undefined>,
    { intervalMs = DEFAULT_INTERVAL_MS, timeLimitMs = Math.min(DEFAULT_TIME_LIMIT_MS, intervalMs) }: ProbeTiming = {},
    private readonly onResult: () => void = () => {},
  ) {
    this.intervalMs = wholeNumber("intervalMs", intervalMs, INTERVAL_MS.least, INTERVAL_MS.most);
    this.timeLimitMs = wholeNumber("timeLimitMs", timeLimitMs, 1, intervalMs);
  }

  /** Runs now and then at each interval. It keeps no process alive. */
  start(): void {
    if (this.timer !== undefined) return;
    this.timer = setInterval(() => void this.run(), this.intervalMs).unref();
    void this.run();
  }

  /** Ends what is going on. Its result is not kept: it was not the dependency's fault. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    clearTimeout(this.rechecking);
    this.rechecking = undefined;
    this.abort?.abort(new Error("the health check was stopped"));
    await this.running;
  }

  /** Runs, or waits for the run that is going on; it never throws. */
  run(): Promise<void> {
    this.running ??= this.runOnce().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** Runs again because something has failed: at once, or 500 ms after the end of the last run. Only between start and stop. */
  recheck(): void {
    if (this.timer === undefined || this.rechecking !== undefined) return;
    const { endedMs = Number.NEGATIVE_INFINITY } = this.last ?? {};
    const pauseMs = Math.max(0, endedMs + Math.min(RECHECK_MS, this.intervalMs) - performance.now());
    this.rechecking = setTimeout(async () => {
      // The run that is going on may have had its answer before the failure.
      await this.running;
      this.rechecking = undefined;
      // While one hangs, more would soon be as many as may: the next one waits for the interval.
      if (this.timer !== undefined && this.unended === 0) await this.run();
    }, pauseMs).unref();
  }

  /** When what is known now will be too old, by the clock of `performance`. */
  get staleAtMs(): number {
    return this.last === undefined ? Number.POSITIVE_INFINITY : this.last.endedMs + STALE_INTERVALS * this.intervalMs;
  }

  /** The last finding, as long as it is one of now. */
  get finding(): F | undefined {
    return performance.now() < this.staleAtMs ? this.last?.finding : undefined;
  }

  get health(): PartHealth {
    if (this.last === undefined) {
      return {
        status: "unhealthy",
        checkedAt: undefined,
        ageMs: undefined,
        durationMs: undefined,
        error: "not checked yet",
      };
    }
    const { finding, error, checkedAt, endedMs, durationMs } = this.last;
    const ageMs = performance.now() - endedMs;
    const known = { checkedAt, ageMs: Math.round(ageMs), durationMs: Math.round(durationMs) };
    if (error !== undefined) return { status: "unhealthy", ...known, error };
    if (performance.now() >= this.staleAtMs) return { status: "unhealthy", ...known, error: "not checked any more" };
    return { status: finding?.status ?? "healthy", ...known, ...(finding?.found && { found: finding.found }) };
  }

  private async runOnce(): Promise<void> {
    const startMs = performance.now();
    const abort = new AbortController();
    this.abort = abort;
    let finding: F | undefined;
    let failure: { readonly thrown: unknown } | undefined;
    const { signal } = abort;
    try {
      finding = await within({ limitMs: this.timeLimitMs }, () => this.begun(signal));
    } catch (thrown) {
      failure = { thrown };
    }
    if (signal.aborted) return;
    // What the run has left behind ends, too, and learns of a limit that has passed.
    abort.abort(failure?.thrown ?? new Error("the run is over"));
    const error = failure && textOf(failure.thrown);
    const endedMs = performance.now();
    this.last = { finding, error, checkedAt: new Date(), endedMs, durationMs: endedMs - startMs };
    if (this.health.status === "unhealthy") this.recheck();
    try {
      this.onResult();
    } catch {
      // What is told of health, such as a registry of metrics, is no reason to know nothing of it any more.
    }
  }

  private async begun(signal: AbortSignal): Promise<F | undefined> {
    if (this.unended >= MAX_UNENDED) throw new Error(`${this.unended} runs have not ended`);
    this.unended++;
    try {
      return await this.probe(signal);
    } finally {
      this.unended--;
    }
  }
}

/** Short, and without a password that an address may have in it. */
function textOf(thrown: unknown): string {
  const { message = "", code = "", name = "" } = thrown instanceof Error ? (thrown as NodeJS.ErrnoException) : {};
  const text = message || code || name || String(thrown);
  return text.replace(/\/\/[^/@\s]*@/g, "//").slice(0, MAX_ERROR_LENGTH);
}
