import { withDefaults } from "../core/defaults";
import { optional, type Rule, type Rules, shape } from "../core/rules";
import { type Days, daysOf, isDays } from "./quantities";

/** S3's server access logs: a line for each request to a bucket, in a bucket of its own in the same Region. */
export interface AccessLogsConfig {
  /** How long lines are kept, '1 day' to '3650 days'. @default '365 days', as logs in CloudWatch */
  readonly retention?: Days;
}

const DEFAULTS: Required<AccessLogsConfig> = { retention: "365 days" };
/** Ours: ten years is the longest time for which laws on accounting ask. */
const RETENTION = { min: "1 day", max: "3650 days" } as const;

/** Days after which a line is deleted. */
export const accessLogDaysOf = (config: AccessLogsConfig): number =>
  daysOf(withDefaults(DEFAULTS, config).retention) ?? 0;

export const ACCESS_LOGS_RULES: Rules<AccessLogsConfig> = { retention: optional(isDays(RETENTION)) };
export const isAccessLogsConfig: Rule = shape(ACCESS_LOGS_RULES);
