/** Seconds, to the millisecond, since a moment of `performance.now()`: the time of day may be set meanwhile. */
export const secondsSince = (beganMs: number): number => Math.round(performance.now() - beganMs) / 1000;
