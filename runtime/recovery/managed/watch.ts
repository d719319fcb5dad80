import { pause } from "../../deadline";
import { ManagedStoreRefusal, ManagedStoreUnavailableError } from "./managed-clusters";
import { LIMIT_MILLISECONDS, POLL_MILLISECONDS, type Watching, WatchingLimitError } from "./progress";

export interface Creation {
  /** Finds the id of what an earlier run has begun. */
  find(): Promise<string | undefined>;
  /** Says in words why it can't be begun at the moment. @default - it can */
  whyNot?(): Promise<string | undefined>;
  /** Begins it, and gives its id. Called as the stage begins. */
  create(): Promise<string>;
}

/** A creation whose answer was lost is looked for so often before it counts as never begun. */
const LOOKS_FOR_LOST = 3;

/** Looks until there is something, through passing failures and locks, as long as all of it may take. */
export class Watch<Stage extends string> {
  private readonly pollMs: number;
  private readonly limitMs: number;
  private readonly end: number;
  private begun: Stage | undefined;
  private latest: unknown;

  constructor(
    private readonly what: string,
    private readonly watching: Watching<Stage>,
  ) {
    this.pollMs = watching.pollMilliseconds ?? POLL_MILLISECONDS;
    this.limitMs = watching.limitMilliseconds ?? LIMIT_MILLISECONDS;
    this.end = performance.now() + this.limitMs;
  }

  begin(stage: Stage): void {
    this.watching.signal?.throwIfAborted();
    if (this.begun === stage) return;
    this.begun = stage;
    this.watching.report?.onStage?.(stage);
  }

  /**
   * @param look gives what there is, or says in words why there is nothing yet.
   * @throws {WatchingLimitError}
   */
  async until<Found extends object>(look: () => Promise<Found | string>): Promise<Found> {
    for (;;) {
      const found = await look().catch((error: unknown) => this.whyAgain(error));
      if (typeof found !== "string") return found;
      this.watching.report?.onWaiting?.(found);
      if (performance.now() + this.pollMs > this.end)
        throw new WatchingLimitError(this.what, this.limitMs, this.latest);
      await pause(this.pollMs, this.watching.signal);
    }
  }

  /** The id of what was begun before, by this run or another, or is begun now. */
  async createOnce(stage: Stage, { find, whyNot, create }: Creation): Promise<string> {
    let looksForLost = 0;
    const { id } = await this.until(async () => {
      const before = await find();
      if (before !== undefined) return { id: before };
      if (looksForLost > 0) {
        looksForLost -= 1;
        return "it may have been begun, but no answer came: it is looked for";
      }
      const why = await whyNot?.();
      if (why !== undefined) return why;
      this.begin(stage);
      try {
        return { id: await create() };
      } catch (error) {
        if (error instanceof ManagedStoreUnavailableError) looksForLost = LOOKS_FOR_LOST;
        throw error;
      }
    });
    return id;
  }

  private whyAgain(error: unknown): string {
    this.watching.signal?.throwIfAborted();
    this.latest = error;
    if (error instanceof ManagedStoreUnavailableError) return "there is no answer";
    if (error instanceof ManagedStoreRefusal && error.reason === "locked") return "it is locked by something else";
    throw error;
  }
}
