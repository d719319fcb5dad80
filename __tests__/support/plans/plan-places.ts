import type { Side } from "../../../lib/config/side";
import type { Renamed } from "./plan-ids";

/** Where a stack is approved. */
export interface Place {
  /** Its file below PLANS, without an extension. */
  readonly file: string;
  /** Of a stack that has a file in common with the other side's. */
  readonly side?: Side;
  /** Of the second stack of a file: the first, and what the construct that both have is called in each. */
  readonly like?: { readonly stack: string; readonly renamed: Renamed };
}

/** What both sides are made of by the same constructs: the second is approved as its difference from the first. */
const SHARED: Readonly<Record<string, Place>> = {
  "write-cluster": { file: "clusters", side: "write" },
  "read-cluster": {
    file: "clusters",
    side: "read",
    like: { stack: "write-cluster", renamed: { from: "ReadCluster", to: "WriteCluster" } },
  },
  "write-services": { file: "services", side: "write" },
  "read-services": { file: "services", side: "read" },
  monitoring: { file: "monitoring", side: "read" },
  "write-monitoring": {
    file: "monitoring",
    side: "write",
    like: { stack: "monitoring", renamed: { from: "Collectors", to: "Monitoring" } },
  },
};

export const placeOf = (stack: string): Place => SHARED[stack] ?? { file: stack };

/** The stacks in the order in which a file states them: the first of a side before the one that is like it. */
export const inOrder = (stacks: readonly string[]): string[] => {
  const order = Object.keys(SHARED);
  return [...stacks].sort((a, b) => order.indexOf(a) - order.indexOf(b));
};

/** What tells a variant of a file from the others. */
export const wordsOf = (environment: string, { side }: Place): string[] =>
  side === undefined ? [environment] : [environment, side];
