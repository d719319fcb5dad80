import { closest, distance } from "fastest-levenshtein";

/** The key that was meant by one that is none: one that begins as it does, or within a third of its length. */
export function nearestKey(stranger: string, keys: readonly string[]): string | undefined {
  const lowered = keys.map((key) => key.toLowerCase());
  const wanted = stranger.toLowerCase();
  const begun = lowered.filter(
    (key) => wanted.length >= SHORTEST_BEGINNING && (key.startsWith(wanted) || wanted.startsWith(key)),
  );
  const best = closest(wanted, begun.length > 0 ? begun : lowered);
  const isNear = begun.length > 0 || distance(wanted, best) <= Math.ceil(best.length / 3);
  return isNear ? keys[lowered.indexOf(best)] : undefined;
}

/** Fewer letters begin too many words. */
const SHORTEST_BEGINNING = 3;
