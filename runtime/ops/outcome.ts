/** What a command has found, in words and as JSON. */
export interface Outcome {
  /** False where something is not as it should be: exit code 1. What could not be looked at is thrown: exit code 2. */
  readonly isSound: boolean;
  /** False where the report says of a part that it could not be looked at: exit code 2. @default true */
  readonly isWhole?: boolean;
  readonly words: string;
  readonly report: object;
}

/** As every shell and every Job can tell them apart. */
export const EXIT_CODES = { sound: 0, mismatch: 1, couldNotCheck: 2 } as const;
