/** A size by the seed's word; what each holds is in {@link EVENT_STORE_SIZES}. */
export type EventStoreSize = "development" | "staging" | "production" | "production-large";

/** What one size means at Kurrent Cloud. Lower case throughout: the provider replaces a cluster whose case differs. */
export interface EventStoreSizing {
  readonly nodes: 1 | 3;
  readonly topology: "single-node" | "three-node-multi-zone";
  readonly instanceType: "c4" | "m8" | "m32" | "m64";
  readonly diskGb: number;
  readonly diskIops: number;
  /** MB a second. */
  readonly diskThroughput: number;
}

/**
 * Kurrent's sizing guide rates m32 as the least instance for production; m16 takes 20 clients only.
 * A topology can't be changed later, a disk can only grow.
 */
export const EVENT_STORE_SIZES: Readonly<Record<EventStoreSize, EventStoreSizing>> = {
  development: {
    nodes: 1,
    topology: "single-node",
    instanceType: "c4",
    diskGb: 100,
    diskIops: 3000,
    diskThroughput: 125,
  },
  staging: {
    nodes: 3,
    topology: "three-node-multi-zone",
    instanceType: "m8",
    diskGb: 250,
    diskIops: 3000,
    diskThroughput: 125,
  },
  production: {
    nodes: 3,
    topology: "three-node-multi-zone",
    instanceType: "m32",
    diskGb: 1024,
    diskIops: 3000,
    diskThroughput: 250,
  },
  "production-large": {
    nodes: 3,
    topology: "three-node-multi-zone",
    instanceType: "m64",
    diskGb: 2048,
    diskIops: 6000,
    diskThroughput: 500,
  },
};
