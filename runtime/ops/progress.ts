import { SingleBar } from "cli-progress";
import type { StageReport } from "../recovery/stage-report";
import type { Surroundings } from "./surroundings";

/** Between two lines of one stage that comes often. */
const LINE_MS = 1_000;
const FORMAT = "{stage} {bar} {value}/{total} events, {rate}/s";

/** Tells how far a command is: a bar on a terminal, otherwise a line of JSON for each stage, and one a second within it. */
export class Progress {
  private readonly began = Date.now();
  private readonly bar: SingleBar | undefined;
  private isBarUp = false;
  private last: { readonly stage: string; readonly at: number } | undefined;

  constructor(
    private readonly command: string,
    private readonly surroundings: Surroundings,
  ) {
    if (surroundings.isTerminal)
      this.bar = new SingleBar({ format: FORMAT, stream: process.stderr, hideCursor: true, clearOnComplete: true });
  }

  /** Given to whatever has stages. */
  readonly report: StageReport<string> = (stage, details = {}) => {
    if (this.bar === undefined) this.line(stage, details);
    else this.draw(this.bar, stage, details);
  };

  stop(): void {
    this.bar?.stop();
  }

  private line(stage: string, details: object): void {
    const now = Date.now();
    const comesOften = this.last?.stage === stage && now - this.last.at < LINE_MS;
    if (comesOften) return;
    this.last = { stage, at: now };
    const line = { time: new Date(now).toISOString(), command: this.command, stage, ms: now - this.began, ...details };
    this.surroundings.progress(`${JSON.stringify(line)}\n`);
  }

  private draw(bar: SingleBar, stage: string, details: Readonly<Record<string, unknown>>): void {
    const done = Number(details.done ?? details.events ?? Number.NaN);
    if (Number.isNaN(done)) {
      if (this.isBarUp) bar.stop();
      this.isBarUp = false;
      this.surroundings.progress(`${stage}\n`);
      return;
    }
    const total = Math.max(Number(details.done === undefined ? done : details.events), done);
    const rate = Math.round((done * 1000) / Math.max(Date.now() - this.began, 1));
    if (this.isBarUp) bar.update(done, { stage, rate });
    else bar.start(total, done, { stage, rate });
    this.isBarUp = true;
    bar.setTotal(total);
  }
}
