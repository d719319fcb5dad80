import { DURATION_BUCKETS } from "../contract/limits";
import { type Bounds, known, mapOf, optional, type Rule, refined, rule, shape, within } from "../core/rules";
import { isTypeName } from "./auth";

/** What is promised of answers. Those that are refused with reason, such as a command that breaks a rule, are kept promises. */
export interface Objective {
  /** Percent of all answers that are no failure, 90 to 99.99: with 99.9, one of a thousand may be. */
  readonly percent: number;
  /** Seconds within which an answer is in time; one of the services' own buckets, from 0.005 to 10. */
  readonly seconds: number;
  /** Percent of all answers that are in time, 50 to 99.99. */
  readonly fastPercent: number;
}

/** What is promised to users. A type with a promise of its own is judged by that alone. */
export interface ObjectivesConfig {
  /** Of all commands together. @default - 99.9 % without failure, 99 % within 0.5 seconds */
  readonly commands?: Objective;
  /** Of all queries together. @default - 99.9 % without failure, 99 % within 0.25 seconds */
  readonly queries?: Objective;
  /** Of single commands, by their type. @default - none */
  readonly commandTypes?: Readonly<Record<string, Objective>>;
  /** Of single queries, by their type. @default - none */
  readonly queryTypes?: Readonly<Record<string, Objective>>;
}

export const DEFAULT_OBJECTIVES: Required<ObjectivesConfig> = {
  commands: { percent: 99.9, seconds: 0.5, fastPercent: 99 },
  queries: { percent: 99.9, seconds: 0.25, fastPercent: 99 },
  commandTypes: {},
  queryTypes: {},
};

/** Ours: more than four nines are over with a few answers, and fewer than nine of ten are no promise. */
const PERCENT = { min: 90, max: 99.99 } as const;
const FAST_PERCENT = { min: 50, max: 99.99 } as const;

/** Numbers become part of rules, where nothing can be computed. */
const isPercent = (bounds: Bounds): Rule =>
  known(
    rule(`a number from ${bounds.min} to ${bounds.max}`, (value) => typeof value === "number" && within(bounds, value)),
  );

const isObjective = shape<Objective>({
  percent: isPercent(PERCENT),
  seconds: known(
    rule(`one of ${DURATION_BUCKETS.join(", ")}`, (value) => DURATION_BUCKETS.some((bound) => bound === value)),
  ),
  fastPercent: isPercent(FAST_PERCENT),
});

/** Ours: each type has rules and a panel's lines of its own. */
const MAX_TYPES = 50;

const isObjectivesByType = refined<Record<string, Objective>>(mapOf(isObjective, isTypeName), (types, path) => {
  const count = Object.keys(types).length;
  return count > MAX_TYPES ? [{ path, message: `must be at most ${MAX_TYPES} types, got ${count}` }] : [];
});

export const isObjectivesConfig: Rule = shape<ObjectivesConfig>({
  commands: optional(isObjective),
  queries: optional(isObjective),
  commandTypes: optional(isObjectivesByType),
  queryTypes: optional(isObjectivesByType),
});
