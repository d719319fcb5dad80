import type { StageReport } from "../recovery/stage-report";

/** Says of how many events it is so far: as many as there were at the beginning, and those that have come. */
export const withTotal =
  (report: StageReport<string>, total: number | undefined): StageReport<string> =>
  (stage, details = {}) => {
    const { events } = details;
    const isCounted = total !== undefined && typeof events === "number";
    report(stage, isCounted ? { ...details, done: events, events: Math.max(events, total) } : details);
  };
