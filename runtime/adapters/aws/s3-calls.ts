import type * as S3 from "@aws-sdk/client-s3";
import { pause, within } from "../../deadline";
import type { Waiting } from "../../keys/wrapping-keys";
import { BackupStorageError } from "../../recovery/backup/backup-storage";
import { mayPass, portErrorOf, type S3Action } from "./s3-errors";

export interface S3Limits {
  /** Tries of one request, with back-off between. @default 5 */
  readonly tries?: number;
  /** What one try may take until it is answered: a part, too, has to be sent in this time. @default 60000 */
  readonly tryMilliseconds?: number;
  /** The first back-off; each further one is twice as long, up to `MAX_BACKOFF`, and a random part of it is waited. @default 200 */
  readonly backoffMilliseconds?: number;
}

/** What is asked, and for which of the port's keys. */
export interface S3Question extends Waiting {
  readonly action: S3Action;
  readonly key: string;
}

/** For the SDK. */
export interface SendOptions {
  readonly abortSignal: AbortSignal;
}

const MAX_BACKOFF_MILLISECONDS = 10_000;

/** Asks S3: each question in bounded time and tries, until its caller goes or the storage is closed. */
export class S3Calls {
  private readonly closing = new AbortController();
  private readonly limits: Required<S3Limits>;

  constructor(
    readonly s3: typeof S3,
    readonly client: S3.S3Client,
    { tries = 5, tryMilliseconds = 60_000, backoffMilliseconds = 200 }: S3Limits,
  ) {
    this.limits = { tries, tryMilliseconds, backoffMilliseconds };
  }

  /** Whether something that has failed so many times in a row may be tried again. */
  mayTryAgain(failures: number): boolean {
    return failures < this.limits.tries && !this.closing.signal.aborted;
  }

  /** @throws the port's errors, or the reason of the caller's signal. */
  async ask<Answer>(question: S3Question, send: (options: SendOptions) => Promise<Answer>): Promise<Answer> {
    const { action, key, signal } = question;
    for (let failures = 1; ; failures++) {
      try {
        return await this.within(signal, (abortSignal) => send({ abortSignal }));
      } catch (error) {
        signal?.throwIfAborted();
        if (!this.mayTryAgain(failures) || !mayPass(error)) throw portErrorOf(action, key, error);
      }
      await this.pause(question, failures);
    }
  }

  /** Waits as long as an answer may take. @throws what the work throws, or why it was left. */
  within<Result>(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Result>,
    limitMs = this.limits.tryMilliseconds,
  ): Promise<Result> {
    return within({ limitMs, signals: [signal, this.closing.signal] }, work);
  }

  /** Before it is tried again. */
  async pause({ key, signal }: S3Question, failures: number): Promise<void> {
    const most = Math.min(this.limits.backoffMilliseconds * 2 ** (failures - 1), MAX_BACKOFF_MILLISECONDS);
    try {
      await pause(Math.random() * most, signal, this.closing.signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw new BackupStorageError(key, error);
    }
  }

  close(): void {
    this.closing.abort(new Error("the storage was closed"));
    this.client.destroy();
  }
}
