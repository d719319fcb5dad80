import type { Cache } from "../cache/cache";
import { type Probe, watchedProbe } from "./probe";

/** A cache's own user may have a prefix for its keys: `RedisCache` adds it. */
const KEY = "health";
/** Longer than the interval of probes, so that they replace one entry. */
const SECONDS = 60;

/**
 * Whether the cache takes entries, by the connection and the user that the service itself has. A Redis that has no memory left
 * or is a replica refuses writes alone: reads do not find that. It also runs at once when the cache fails in real traffic. Of a
 * cluster it asks one primary.
 */
export const cacheProbe = (cache: Pick<Cache, "failures" | "set">): Probe =>
  watchedProbe(cache, (signal) => cache.set(KEY, "", SECONDS, { signal }));
