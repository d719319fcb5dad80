import type { ObjectivesConfig } from "../../../../lib/config/objectives";
import { series } from "../../../../lib/monitoring/metrics/series";
import { bySchedule } from "../../../support/test-run/nightly";
import { type AlertCase, growing, type Lengths, READ, WRITE } from "./case";

/** One command and one query have a promise of their own. */
export const OBJECTIVES: ObjectivesConfig = {
  commandTypes: { PlaceOrder: { percent: 99, seconds: 1, fastPercent: 95 } },
  queryTypes: { GetOrder: { percent: 99, seconds: 0.1, fastPercent: 95 } },
};

/** Shares of bad answers from which on each window's alert fires, for a budget of 0.1, 1 and 5 percent. */
const BURNS = [
  { window: "1h", severity: "critical", limits: [0.0144, 0.144, 0.72], lasting: 2, now: 5 },
  { window: "6h", severity: "critical", limits: [0.006, 0.06, 0.3], lasting: 15, now: 30 },
  { window: "1d", severity: "warning", limits: [0.003, 0.03, 0.15], lasting: 60, now: 120 },
  { window: "3d", severity: "warning", limits: [0.001, 0.01, 0.05], lasting: 180, now: 360 },
] as const;

/** An evaluation over a long window takes long, and a share that stays the same is the same whenever it is looked at. */
const evaluationOver = (window: string) => (/d$/.test(window) ? bySchedule({ always: 5, nightly: 1 }) : 1);

export interface ObjectiveCase extends AlertCase {
  /** The same, just below the share from which on it fires. */
  readonly below: Readonly<Record<string, string>>;
}

interface Promise {
  readonly name: "CommandsFailing" | "CommandsSlow" | "QueriesFailing" | "QueriesSlow";
  readonly objective: string;
  /** Which of the limits is its. */
  readonly budget: 0 | 1 | 2;
  /** Answers a minute of a share that is bad. */
  answers(share: number, lengths: Lengths): Readonly<Record<string, string>>;
}

/** Requests of a minute. */
const REQUESTS = 1000;
/** Nothing is asked for but while it is bad, so that the share is the same over all windows. */
const during = (share: number, lengths: Lengths) => growing(0, REQUESTS * share, lengths);

const commands = (type: string, share: number, lengths: Lengths) => ({
  [series("cqrs_command_total", { ...WRITE, command_type: type, status: "success" })]: during(1 - share, lengths),
  [series("cqrs_command_total", { ...WRITE, command_type: type, status: "failure" })]: during(share, lengths),
});
const queries = (type: string, share: number, lengths: Lengths) => ({
  [series("cqrs_query_total", { ...READ, query_type: type, status: "success" })]: during(1 - share, lengths),
  [series("cqrs_query_total", { ...READ, query_type: type, status: "failure" })]: during(share, lengths),
});
const commandTimes = (type: string, le: string, share: number, lengths: Lengths) => ({
  ...commands(type, 0, lengths),
  [series("cqrs_command_duration_count", { ...WRITE, command_type: type, success: "true" })]: during(1, lengths),
  [series("cqrs_command_duration_bucket", { ...WRITE, command_type: type, success: "true", le })]: during(
    1 - share,
    lengths,
  ),
});
const queryTimes = (type: string, le: string, share: number, lengths: Lengths) => ({
  ...queries(type, 0, lengths),
  [series("cqrs_query_duration_count", { ...READ, query_type: type })]: during(1, lengths),
  [series("cqrs_query_duration_bucket", { ...READ, query_type: type, le })]: during(1 - share, lengths),
});

/** Beside what is bad there is always another that is worse, and has a promise of its own. */
const PROMISES: readonly Promise[] = [
  {
    name: "CommandsFailing",
    objective: "default",
    budget: 0,
    answers: (share, lengths) => ({ ...commands("Ship", share, lengths), ...commands("PlaceOrder", 1, lengths) }),
  },
  {
    name: "CommandsFailing",
    objective: "PlaceOrder",
    budget: 1,
    answers: (share, lengths) => ({ ...commands("PlaceOrder", share, lengths), ...commands("Ship", 1, lengths) }),
  },
  {
    name: "CommandsSlow",
    objective: "default",
    budget: 1,
    answers: (share, lengths) => ({
      ...commandTimes("Ship", "0.5", share, lengths),
      ...commandTimes("PlaceOrder", "1.0", 1, lengths),
    }),
  },
  {
    name: "CommandsSlow",
    objective: "PlaceOrder",
    budget: 2,
    answers: (share, lengths) => ({
      ...commandTimes("PlaceOrder", "1.0", share, lengths),
      ...commandTimes("PlaceOrder", "0.5", 1, lengths),
      ...commandTimes("PlaceOrder", "1.0", share, lengths),
      ...commandTimes("Ship", "0.5", 1, lengths),
    }),
  },
  {
    name: "QueriesFailing",
    objective: "default",
    budget: 0,
    answers: (share, lengths) => ({ ...queries("List", share, lengths), ...queries("GetOrder", 1, lengths) }),
  },
  {
    name: "QueriesFailing",
    objective: "GetOrder",
    budget: 1,
    answers: (share, lengths) => ({ ...queries("GetOrder", share, lengths), ...queries("List", 1, lengths) }),
  },
  {
    name: "QueriesSlow",
    objective: "default",
    budget: 1,
    answers: (share, lengths) => ({
      ...queryTimes("List", "0.25", share, lengths),
      ...queryTimes("GetOrder", "0.1", 1, lengths),
    }),
  },
  {
    name: "QueriesSlow",
    objective: "GetOrder",
    budget: 2,
    answers: (share, lengths) => ({
      ...queryTimes("GetOrder", "0.1", share, lengths),
      ...queryTimes("List", "0.25", 1, lengths),
    }),
  },
];

export const OBJECTIVE_CASES: readonly ObjectiveCase[] = PROMISES.flatMap((promise) =>
  BURNS.map(({ window, severity, limits, lasting, now }) => {
    const lengths = { good: 60, bad: lasting + now + 60, after: now + 30 };
    const limit = limits[promise.budget];
    return {
      name: promise.name,
      severity,
      rule: { objective: promise.objective, window },
      series: promise.answers(limit * 1.2, lengths),
      below: promise.answers(limit * 0.95, lengths),
      lengths,
      evaluation: evaluationOver(window),
      labels: labelsOf(promise),
      summary: summaryOf(promise, limit * 1.2),
    };
  }),
);

function labelsOf({ name, objective }: Promise): Readonly<Record<string, string>> {
  if (name.startsWith("Commands")) return objective === "default" ? WRITE : { ...WRITE, command_type: objective };
  return objective === "default" ? READ : { ...READ, query_type: objective };
}

function summaryOf({ name, objective }: Promise, share: number): string {
  const what = name.startsWith("Commands") ? "commands" : "queries";
  const of = objective === "default" ? what : `${objective}'s ${what}`;
  return `${Number((share * 100).toPrecision(4))}% of ${of} ${name.endsWith("Slow") ? "take too long" : "fail"}`;
}
