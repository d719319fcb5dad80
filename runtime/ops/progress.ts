import { Format, type GenericFormatter, SingleBar } from "cli-progress";
import type { StageReport } from "../recovery/stage-report";
import type { Surroundings } from "./surroundings";

/** Between two lines of one stage that comes often. */
const LINE_MS = 1_000;
/** The last, which tells a log how much memory was used. */
const OVER = "over";
const BAR_CHARACTERS = 30;

interface Shown {
  readonly stage: string;
  readonly done: number;
  /** @default - nobody knows how many there will be */
  readonly events?: number;
  readonly rate: number;
}

/** Of a log that grows nobody knows the end: then there is no bar, which would be full at once. */
const formatted: GenericFormatter = (options, { progress }, payload) => {
  const { stage, done, events, rate } = payload as Shown;
  if (events === undefined) return `${stage}: ${done} events, ${rate}/s`;
  return `${stage} ${Format.BarFormat(progress, options)} ${done}/${events} events, ${rate}/s`;
};

/**
 * Tells how far a command is: on a terminal a bar, or a count where the end is unknown; otherwise a line of JSON for each stage,
 * and one a second within it. `events` are those so far, or with `done` beside them those in all.
 */
export class Progress {
  private readonly began = performance.now();
  private readonly bar: SingleBar | undefined;
  private isBarUp = false;
  private last: { readonly stage: string; readonly at: number } | undefined;

  constructor(
    private readonly command: string,
    private readonly surroundings: Surroundings,
  ) {
    if (surroundings.isTerminal)
      this.bar = new SingleBar({
        ...{ format: formatted, barsize: BAR_CHARACTERS },
        ...{ stream: process.stderr, hideCursor: true, clearOnComplete: true },
      });
  }

  /** Given to whatever has stages. */
  readonly report: StageReport<string> = (stage, details = {}) => {
    if (this.bar === undefined) this.line(stage, details);
    else this.draw(this.bar, stage, details);
  };

  stop(): void {
    if (this.isBarUp) this.bar?.stop();
    this.isBarUp = false;
  }

  private line(stage: string, details: object): void {
    const now = performance.now();
    const comesOften = this.last?.stage === stage && now - this.last.at < LINE_MS;
    if (comesOften) return;
    this.last = { stage, at: now };
    const ms = Math.round(now - this.began);
    const line = { time: new Date().toISOString(), command: this.command, stage, ms, ...details };
    this.surroundings.progress(`${JSON.stringify(line)}\n`);
  }

  private draw(bar: SingleBar, stage: string, { done, events }: Readonly<Record<string, unknown>>): void {
    if (typeof events !== "number") {
      this.stop();
      // Who watches reads the report, which follows.
      if (stage !== OVER) this.surroundings.progress(`${stage}\n`);
      return;
    }
    const isKnown = typeof done === "number";
    const value = isKnown ? done : events;
    const rate = Math.round((value * 1000) / Math.max(performance.now() - this.began, 1));
    const shown: Shown = { stage, done: value, rate, ...(isKnown && { events: Math.max(events, value) }) };
    if (!this.isBarUp) bar.start(Math.max(events, value), value, shown);
    this.isBarUp = true;
    bar.setTotal(Math.max(events, value));
    bar.update(value, shown);
  }
}
