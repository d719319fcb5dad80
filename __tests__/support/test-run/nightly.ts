/** Whether this is `npm run test:nightly`, whose configuration sets the global. */
export const IS_NIGHTLY = (globalThis as { readonly NIGHTLY?: boolean }).NIGHTLY === true;

/** `test`, for what the nightly run alone holds: `npm test` has a smaller form of it. */
export const nightlyTest: (name: string, work: () => Promise<void>) => void = IS_NIGHTLY ? test : () => {};

/** A size, a number of rounds or a list of cases that the nightly run has more of. */
export const bySchedule = <Value>({ always, nightly }: { readonly always: Value; readonly nightly: Value }): Value =>
  IS_NIGHTLY ? nightly : always;
