import type { DeepPartial } from "./deep-partial";
import { type Amount, plus } from "./node-capacity";
import { mebibytesOf, millicoresOf } from "./quantities";
import type { ContainerResources } from "./services";

/** Pods of one kind in one cluster. */
export interface PodGroup {
  readonly name: string;
  /** What one pod requests. */
  readonly requests: Amount;
  /** Pods as they are deployed. A DaemonSet has one on each node. */
  readonly count: number | "each node";
  /** Pods at an autoscaler's maximum, or of jobs that run at the same time. @default - count */
  readonly most?: number;
  /** Whether a rolling update adds pods before it removes others. @default false */
  readonly surges?: boolean;
  /** Whether each pod has an EBS volume, which ties it to the volume's zone. @default false */
  readonly hasVolume?: boolean;
  /** Whether each pod uses its node's own address. @default false */
  readonly hostNetwork?: boolean;
  /** Keys of an environment that set the requests. @default - none: they are fixed */
  readonly keys?: Readonly<Partial<Record<keyof Amount, string>>>;
}

type Others = Pick<PodGroup, "most" | "keys">;

export const NO_REQUESTS: Amount = { cpu: 0, memory: 0 };

/** Sum of some containers' requests. What is not sound counts as nothing, because its own rule reports it. */
export const requestsOf = (...containers: readonly (DeepPartial<ContainerResources> | undefined)[]): Amount =>
  containers
    .map((each) => each?.requests ?? {})
    .map(({ cpu, memory }) => ({ cpu: millicoresOf(cpu) ?? 0, memory: mebibytesOf(memory) ?? 0 }))
    .reduce(plus, NO_REQUESTS);

/** Keys below the one of a container's requests. */
export const requestKeys = (at: string): NonNullable<PodGroup["keys"]> => ({
  cpu: `${at}.cpu`,
  memory: `${at}.memory`,
});

export const daemonSet = (name: string, requests: Amount, others: Pick<PodGroup, "hostNetwork"> = {}): PodGroup => ({
  name,
  requests,
  count: "each node",
  ...others,
});

export const deployment = (name: string, count: number, requests: Amount, others: Others = {}): PodGroup => ({
  ...{ name, count, requests, surges: true },
  ...others,
});

/** Replaced one by one. */
export const statefulSet = (
  name: string,
  count: number,
  requests: Amount,
  others: Others & Pick<PodGroup, "hasVolume"> = {},
): PodGroup => ({ name, count, requests, ...others });

/** Pods that run from time to time, at most so many at the same time. */
export const jobs = (name: string, most: number, requests: Amount, others: Omit<Others, "most"> = {}): PodGroup => ({
  ...{ name, count: 0, most, requests },
  ...others,
});
