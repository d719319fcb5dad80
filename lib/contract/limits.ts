/*
 * What configuration may give and services take. Both sides import this file and have no number of their own, so that
 * nothing is accepted at synth that ends a service when it starts. It has no imports.
 */

/** Lowest and highest value allowed, both included. */
interface Limits {
  readonly min: number;
  readonly max: number;
}

/** Ours: types of commands, and of queries. With eleven buckets and two outcomes, 500 are some 13,000 series of each pod. */
export const MESSAGE_TYPES = { min: 1, max: 500 } as const satisfies Limits;
/** Where an API takes its messages: `/commands/CreateOrder`. */
export const MESSAGE_PATHS = { command: "/commands/", query: "/queries/" } as const;
/** A path of at most 256 characters at which an API says whether it is ready; a message's path would hide the message. */
export const HEALTH_PATH = new RegExp(`^(?!${Object.values(MESSAGE_PATHS).join("|")})/[\\w./-]{0,255}$`);
export const HEALTH_PATH_ALLOWED = `a path such as '/health' of at most 256 letters, digits and _./-, not below ${Object.values(MESSAGE_PATHS).join(" or ")}`;
/** Ours: beyond it a typing error is likelier than a fleet. */
export const WORKERS = { min: 1, max: 1000 } as const satisfies Limits;
/** Ours: events that one worker handles at a time. */
export const PARALLELISM = { min: 1, max: 1000 } as const satisfies Limits;
/** Ours: parts into which events are divided. */
export const PARTITIONS = { min: 1, max: 10_000 } as const satisfies Limits;
/** Ours: MiB of a request's body. */
export const BODY_MIB = { min: 1, max: 100 } as const satisfies Limits;
/** Ours: milliseconds from when a pod that ends is not ready any more until it ends what is under way; its variable. */
export const DRAIN_DELAY_MS = { min: 0, max: 60_000 } as const satisfies Limits;
export const DEFAULT_DRAIN_DELAY_MS = 3000;
/** NIST: no shorter key signs since 2014. OpenSSL: no signature is checked with a longer one. */
export const RSA_BITS = { min: 2048, max: 16_384 } as const satisfies Limits;
/** Kubernetes: bytes of a ConfigMap, by which pods get variables and files. */
export const CONFIG_MAP_BYTES = 1_048_576;
/** Kubernetes: bytes of a request to etcd, and so of any other object. */
export const OBJECT_BYTES = 1_572_864;
/**
 * What no text may have, because not every store and every file keeps it as it is: NUL, which PostgreSQL and variables of a
 * container refuse, and halves of surrogate pairs, which UTF-8 can't write. Terraform puts U+FFFD for each of them.
 */
export const UNSTORABLE = /[\0\p{Surrogate}]/u;
/** Upper bounds in seconds. A limit that is promised must be one of them: between two, a histogram can only guess. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
