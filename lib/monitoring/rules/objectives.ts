import { DEFAULT_OBJECTIVES, type Objective, type ObjectivesConfig } from "../../config/objectives";
import { withDefaults } from "../../core/defaults";
import type { Alert, Severity } from "./alert";
import { COMMANDS, QUERIES, type Traffic } from "./traffic";

/** How fast a budget burns: so many times what it would take to spend just all of it in 30 days. */
interface Burn {
  readonly factor: number;
  /** Over this long enough has burnt to matter. */
  readonly window: string;
  readonly hours: number;
  /** Over this it burns still: the alert ends soon after what caused it. */
  readonly now: string;
  readonly for: string;
  readonly severity: Severity;
}

/** Google's SRE workbook, chapter 5: 2 % of the budget in an hour, 5 % in six, 10 % in a day and in three. */
const BURNS: readonly Burn[] = [
  { factor: 14.4, window: "1h", hours: 1, now: "5m", for: "2m", severity: "critical" },
  { factor: 6, window: "6h", hours: 6, now: "30m", for: "15m", severity: "critical" },
  { factor: 3, window: "1d", hours: 24, now: "2h", for: "1h", severity: "warning" },
  { factor: 1, window: "3d", hours: 72, now: "6h", for: "3h", severity: "warning" },
];
/**
 * Ours: with less than so many bad answers in a window nobody is called, whatever share of all they are. It is they
 * that are counted and not all answers: where little is asked for, and all of it fails, one still hears of it.
 */
const LEAST_BAD_ANSWERS = 5;
/** Ours: what a loose budget could never burn so fast that it counts, counts from nine of ten answers on. */
const MOST = 0.9;
const BUDGET_DAYS = 30;
/** Of what has no objective of its own. */
const DEFAULT = "default";

const PROMISES = [
  { what: "failures", verb: "fail", suffix: "Failing", percentOf: (it: Objective) => it.percent, panel: 2 },
  { what: "slow", verb: "take too long", suffix: "Slow", percentOf: (it: Objective) => it.fastPercent, panel: 6 },
] as const;

/** Alerts on what is promised: of all types together that have no objective of their own, and of each that has one. */
export const objectiveAlerts = (objectives?: ObjectivesConfig): readonly Alert[] => {
  const { commands, commandTypes, queries, queryTypes } = withDefaults(DEFAULT_OBJECTIVES, objectives);
  return [...alertsOf(COMMANDS, commands, commandTypes), ...alertsOf(QUERIES, queries, queryTypes)];
};

const alertsOf = (traffic: Traffic, others: Objective, types: Readonly<Record<string, Objective>>): readonly Alert[] =>
  PROMISES.flatMap((promise) => [
    ...BURNS.map((burn) => burnAlert(traffic, promise, burn, others, { except: Object.keys(types) })),
    ...Object.entries(types).flatMap(([type, own]) =>
      BURNS.map((burn) => burnAlert(traffic, promise, burn, own, { only: type })),
    ),
  ]);

/** One type, or all but some. */
type Scope = { readonly only: string } | { readonly except: readonly string[] };

function burnAlert(
  { kind, label, dashboard, followsFrom }: Traffic,
  { what, verb, suffix, percentOf, panel }: (typeof PROMISES)[number],
  { factor, window, hours, now, for: lasting, severity }: Burn,
  objective: Objective,
  scope: Scope,
): Alert {
  const isOne = "only" in scope;
  const by = ["environment", "side", ...(isOne ? [label] : [])].join(", ");
  const sum = (rate: string) => `sum by (${by}) (cqrs:${kind}_${rate}${matchersOf(label, scope)})`;
  const bad = (over: string) => sum(`${what}:rate${over}`);
  // Computed from decimal fractions, it would end in a row of nines.
  const budget = Number(((100 - percentOf(objective)) / 100).toPrecision(6));
  const limit = Math.min(Number((factor * budget).toPrecision(6)), MOST);
  const isOver = (over: string) => `${bad(over)} / ${sum(`rate:rate${over}`)} > ${limit}`;
  const plural = kind === "command" ? "Commands" : "Queries";
  const seconds = what === "slow" ? ` within ${objective.seconds} seconds` : " without failure";
  return {
    name: `${plural}${suffix}`,
    severity,
    labels: { objective: isOne ? scope.only : DEFAULT, window },
    expr: [
      `(${isOver(window)})`,
      `(${isOver(now)})`,
      `(${bad(window)} * ${hours * 3600} >= ${LEAST_BAD_ANSWERS})`,
    ].join(" and "),
    for: lasting,
    summary: `{{ $value | humanizePercentage }} of ${isOne ? `{{ $labels.${label} }}'s ` : ""}${plural.toLowerCase()} ${verb}`,
    description:
      `${percentOf(objective)} % are promised to be answered${seconds}. What 30 days may have of others burns ` +
      `${factor} times as fast as it may, and has for ${window}: at this pace it lasts ${Math.round(BUDGET_DAYS / factor)} days.`,
    panel: { dashboard, panel },
    followsFrom: followsFrom[what],
  };
}

function matchersOf(label: string, scope: Scope): string {
  if ("only" in scope) return `{${label}="${scope.only}"}`;
  return scope.except.length === 0 ? "" : `{${label}!~"${scope.except.join("|")}"}`;
}
