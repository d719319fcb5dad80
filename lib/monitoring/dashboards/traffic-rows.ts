import type { Objective } from "../../config/objectives";
import { type Pattern, unlike } from "../metrics/series";
import type { Row } from "./dashboard";
import { READ, recorded, WRITE } from "./scope";

export interface TrafficProps {
  readonly kind: "command" | "query";
  /** Their counter, by how they ended. */
  readonly total: string;
  /** Promised of all that have no objective of their own. */
  readonly objective: Objective;
  /** Promised of single types. */
  readonly types: Readonly<Record<string, Objective>>;
}

/** Over which budgets are judged, as the alerts do. */
const BURN_WINDOWS = ["1h", "6h", "1d", "3d"] as const;
/** Google's SRE workbook, chapter 5: from then on it is an alert at once. */
const FAST_BURN = 14.4;
const WORDS = { command: "commands", query: "queries" } as const;

/** Computed from decimal fractions, it would end in a row of nines. */
const budgetOf = ({ percent }: Objective) => Number(((100 - percent) / 100).toPrecision(6));

/** How many are answered, what is promised of them, and how long they take: panels 1 to 7 of commands and of queries. */
export function trafficRows({ kind, total, objective, types }: TrafficProps): readonly Row[] {
  const many = WORDS[kind];
  const scope = kind === "command" ? WRITE : READ;
  const label = `${kind}_type`;
  const byType = (record: string) => recorded(`cqrs:${kind}_${record}`, scope);
  /** How many times as many fail as may. */
  const burn = (window: string, budget: number, matchers: Readonly<Record<string, string | Pattern>>) => {
    const sum = (what: string) => `sum(${recorded(`cqrs:${kind}_${what}:rate${window}`, { ...scope, ...matchers })})`;
    return `${sum("failures")} / ${sum("rate")} / ${budget}`;
  };
  const named = Object.keys(types);
  const others = named.length === 0 ? {} : { [label]: unlike(named.join("|")) };
  const othersName = named.length === 0 ? "all" : "all others";
  const ofAll = (window: string) => burn(window, budgetOf(objective), others);
  const ofEach = (window: string) =>
    Object.entries(types).map(([type, own]) => ({ type, expr: burn(window, budgetOf(own), { [label]: type }) }));

  return [
    {
      title: "What is asked for",
      panels: [
        {
          id: 1,
          kind: "timeseries",
          title: "Rate by type",
          description: `How many ${many} of each type are answered? A type that ends at once has lost its client or its route; one that rises alone is a client that tries again and again.`,
          unit: "reqps",
          queries: [{ expr: byType("rate:rate5m"), legend: `{{${label}}}` }],
          width: 8,
        },
        {
          id: 2,
          kind: "timeseries",
          title: "Share that fails, by type",
          description: `Which ${many} fail through our fault? From the line on more fail than is promised. One type alone is a fault of its own, all at once are one of what they depend on.`,
          unit: "percentunit",
          queries: [{ expr: byType("failures:ratio_rate5m"), legend: `{{${label}}}` }],
          width: 8,
          thresholds: [{ from: budgetOf(objective), color: "red" }],
        },
        {
          id: 7,
          kind: "timeseries",
          title: "By how they ended",
          description: `Are ${many} refused, and why? Those that are rejected or unauthorized are answers with reason, but many of them at once are a client that does something wrong.`,
          unit: "reqps",
          queries: [{ expr: `sum by (status) (rate(${total}[$__rate_interval]))`, legend: "{{status}}" }],
          width: 8,
        },
      ],
    },
    {
      title: "What is promised",
      panels: [
        {
          id: 3,
          kind: "timeseries",
          title: "Budget of failures that is left",
          description: `Of the ${many} that may fail, which share is left, judged by the last three days? At zero as many failed as may; below, the promise is broken: nothing risky should be released.`,
          unit: "percentunit",
          queries: [
            { expr: `1 - ${ofAll("3d")}`, legend: othersName },
            ...ofEach("3d").map(({ type, expr }) => ({ expr: `1 - ${expr}`, legend: type })),
          ],
          width: 12,
          max: 1,
        },
        {
          id: 4,
          kind: "timeseries",
          title: "How fast the budget burns",
          description: `How many times as many ${many} fail as may? At 1 the budget of 30 days is spent in 30 days, from the line on within two.`,
          unit: "none",
          queries: [
            ...BURN_WINDOWS.map((window) => ({ expr: ofAll(window), legend: `${othersName}, over ${window}` })),
            ...ofEach("1h").map(({ type, expr }) => ({ expr, legend: `${type}, over 1h` })),
          ],
          width: 12,
          thresholds: [
            { from: 1, color: "orange" },
            { from: FAST_BURN, color: "red" },
          ],
        },
      ],
    },
    {
      title: "How long it takes",
      panels: [
        {
          id: 5,
          kind: "timeseries",
          title: "Seconds until the answer, by type",
          description: `How long do half of the ${many}, 95 % and 99 % of them take at most? When only the last rises a few wait for something; when all do, everything is slow.`,
          unit: "s",
          queries: [50, 95, 99].map((percent) => ({
            expr: byType(`duration:p${percent}_rate5m`),
            legend: `{{${label}}} ${percent} %`,
          })),
          width: 12,
        },
        {
          id: 6,
          kind: "timeseries",
          title: "Share that is answered in time",
          description: `Which share of ${many} is answered within what is promised of its type? By default it is ${objective.seconds} seconds for ${objective.fastPercent} %, which is the line: below it, the promise is not kept.`,
          unit: "percentunit",
          queries: [{ expr: `1 - ${byType("slow:ratio_rate5m")}`, legend: `{{${label}}}` }],
          width: 12,
          thresholds: [{ from: objective.fastPercent / 100, color: "green" }],
          max: 1,
        },
      ],
    },
  ];
}
