import { Progress } from "../../../runtime/ops/progress";

/** Stages as a rebuild has them, told to whatever this process' standard error is: a terminal, or none. */
const progress = new Progress("rebuild", {
  environment: {},
  out: (text) => void process.stdout.write(text),
  progress: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  signal: new AbortController().signal,
});
progress.report("rebuild begun", { resumed: false });
progress.report("events replayed", { done: 10, events: 40 });
progress.report("events replayed", { done: 20, events: 40 });
progress.report("models completed");
progress.report("segment backed up", { events: 7 });
progress.report("over", { megabytes: 1 });
progress.stop();
