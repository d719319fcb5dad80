import { randomInt } from "node:crypto";
import { bySchedule } from "./nightly";

/** The seed of `npm test`. */
const FIXED_SEED = 20_261_130;

/**
 * The seed of a suite's random choices, which it prints with its failures: the same in each `npm test`, another in each
 * nightly run. @param variable of the environment that repeats one.
 */
export function seedOfRun(variable: string): number {
  const given = process.env[variable];
  // A workflow gives an empty text for an input that is left out.
  if (given === undefined || given === "") return bySchedule({ always: FIXED_SEED, nightly: randomInt(2 ** 31) });
  const seed = Number(given);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`${variable}: must be a whole number, got ${given}`);
  return seed;
}

/** Numbers from 0 to 1, the same for the same seed: mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
