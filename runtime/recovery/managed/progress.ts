import type { Waiting } from "../../keys/wrapping-keys";

/** How something long is told of while it runs. */
export interface Progress<Stage extends string> {
  /** Called as a stage begins. */
  onStage?(stage: Stage): void;
  /** Called, maybe often, while nothing can be done but wait; in words, for people. */
  onWaiting?(why: string): void;
}

/** How something is watched that takes its time elsewhere. */
export interface Watching<Stage extends string> extends Waiting {
  /** @default - nobody is told */
  readonly report?: Progress<Stage>;
  /** Between two looks. @default 5000, as Kurrent's own provider for Terraform */
  readonly pollMilliseconds?: number;
  /** What all of it may take. @default 7200000, two hours: a snapshot of a full disk takes its time */
  readonly limitMilliseconds?: number;
}

export const POLL_MILLISECONDS = 5000;
export const LIMIT_MILLISECONDS = 2 * 60 * 60 * 1000;

/** It took longer than it may. What was begun goes on, and another run goes on with it. */
export class WatchingLimitError extends Error {
  override readonly name = "WatchingLimitError";

  /** @param cause what last went wrong meanwhile, for the log. */
  constructor(what: string, limitMs: number, cause?: unknown) {
    super(`${what}: must be done within ${limitMs} ms, and is not yet; another run goes on with it`, { cause });
  }
}

/** What was begun has failed for good. */
export class FailedAtMakerError extends Error {
  override readonly name = "FailedAtMakerError";

  constructor(
    readonly what: "backup" | "cluster",
    readonly id: string,
    readonly status: string,
  ) {
    super(`${what}: must become available, is ${status}`);
  }
}

/** Of what never came to be, or is no more. */
export const isGone = (status: string): boolean => /^(?:defunct|delet|instances deleted)/.test(status);
