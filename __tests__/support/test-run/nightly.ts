/** Whether this is `npm run test:nightly`, whose configuration sets the global. */
export const IS_NIGHTLY = (globalThis as { readonly NIGHTLY?: boolean }).NIGHTLY === true;

const notNow = Object.assign(() => {}, { each: () => () => {} }) as unknown as jest.It;

/** `test`, for what the nightly run alone holds: `npm test` has a smaller form of it. */
export const nightlyTest: jest.It = IS_NIGHTLY ? test : notNow;

/** A size, a number of rounds or a list of cases that the nightly run has more of. */
export const bySchedule = <Value>({ always, nightly }: { readonly always: Value; readonly nightly: Value }): Value =>
  IS_NIGHTLY ? nightly : always;
