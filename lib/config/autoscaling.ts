import { isPlainObject } from "../core/plain-object";
import { freeText, known, type Rule, shape, wholeNumber } from "../core/rules";
import { type CommandProcessorsConfig, INSTANCES } from "./architecture";

/** From the architecture's instances up to `maxInstances`, by CPU, or by a queue's depth. */
export type Autoscaling = { readonly maxInstances: number } & (CpuScaling | QueueScaling);

export interface CpuScaling {
  /** Share of the requested CPU that is aimed at, 10 to 95 percent. */
  readonly cpuPercent: number;
}

export interface QueueScaling {
  /** PromQL that gives one number: what waits. */
  readonly query: string;
  /** What one instance is to have waiting, 1 to 1000000. */
  readonly perInstance: number;
}

const CPU_PERCENT = { min: 10, max: 95 } as const;
/** Ours: it is part of a Helm release's values, which nobody would read. */
const QUERY_CHARACTERS = 10_000;
const PER_INSTANCE = { min: 1, max: 1_000_000 } as const;

const maxInstances = known(wholeNumber(INSTANCES));
const cpuPercent = known(wholeNumber(CPU_PERCENT));
const query = freeText(
  `a PromQL expression of at most ${QUERY_CHARACTERS} characters that gives one number`,
  (value) => /\S/.test(value) && value.length <= QUERY_CHARACTERS,
);
const perInstance = known(wholeNumber(PER_INSTANCE));
const isByCpu = shape<CpuScaling & Pick<Autoscaling, "maxInstances">>({ maxInstances, cpuPercent });
const isByQueue = shape<QueueScaling & Pick<Autoscaling, "maxInstances">>({ maxInstances, query, perInstance });

/** One of the two; what is said is what separates the value from the nearer. */
export const isAutoscaling: Rule = {
  allowed: isByCpu.allowed,
  below: { keys: { maxInstances, cpuPercent, query, perInstance } },
  problemsOf(value, path) {
    const byCpu = isByCpu.problemsOf(value, path);
    const byQueue = isByQueue.problemsOf(value, path);
    return byQueue.length < byCpu.length ? byQueue : byCpu;
  },
};

const DEFAULT_CPU_PERCENT = 70;
/** Ours. */
const DEFAULT_MAX_INSTANCES = 20;

/** Whether Prometheus answers how many command processors there are, which takes KEDA. */
export const isByQuery = (scaling: unknown, autoscaling: unknown): boolean =>
  scaling === "auto" && isPlainObject(autoscaling) && "query" in autoscaling;

/** The autoscaling of command processors. A fixed number of them is its minimum and its maximum. */
export const autoscalingOf = (
  { instances, scaling }: CommandProcessorsConfig,
  autoscaling: Autoscaling | undefined,
): Autoscaling =>
  scaling === "fixed"
    ? { maxInstances: instances, cpuPercent: DEFAULT_CPU_PERCENT }
    : (autoscaling ?? {
        maxInstances: Math.min(Math.max(DEFAULT_MAX_INSTANCES, 2 * instances), INSTANCES.max),
        cpuPercent: DEFAULT_CPU_PERCENT,
      });
