import { hasEvent, type KnownStore, lacksEvent, lastEventOf } from "../backup/last-event";
import type { LastEvent } from "../backup/manifest";
import { EventStoreReplacedError } from "../event-store-replaced-error";
import type { StageReport } from "../stage-report";
import type { RebuildTarget } from "./rebuild-target";
import { Replay, type ReplayProps } from "./replay";

interface CheckedReplayProps<Transaction> extends Omit<ReplayProps<Transaction>, "readModels" | "until" | "onRead"> {
  readonly store: KnownStore;
  readonly target: RebuildTarget<Transaction>;
  readonly report?: StageReport<"events replayed">;
}

/** Replays a log up to its end, again and again, as long as it is the same log. */
export class CheckedReplay<Transaction> {
  private readonly replay: Replay<Transaction>;
  private reached: LastEvent | undefined;
  private replayed = 0;

  constructor(private readonly props: CheckedReplayProps<Transaction>) {
    const { report, target } = props;
    const onRead = (read: number) => report?.("events replayed", { events: this.replayed + read });
    this.replay = new Replay({ ...props, readModels: target.next, onRead });
  }

  /** How many were replayed. */
  get events(): number {
    return this.replayed;
  }

  /** Where the last one stands. */
  get position() {
    return this.replay.read;
  }

  readonly isInLog = (last: LastEvent): Promise<boolean> =>
    hasEvent(this.props.store, last, { signal: this.props.signal });

  /**
   * To the last event of this moment, of which the models say that they have none behind it before they get any.
   * @returns how many there were. @throws {EventStoreReplacedError}
   */
  async readOn(): Promise<number> {
    const { store, target, signal } = this.props;
    await this.checkLog();
    const last = await store.lastEvent({ signal });
    if (last === undefined) return 0;
    this.reached = lastEventOf(last);
    await target.reach(this.reached, { signal });
    const read = await this.replay.run(last.position);
    await this.checkLog();
    this.replayed += read;
    return read;
  }

  private async checkLog(): Promise<void> {
    const { reached } = this;
    if (reached === undefined || !(await lacksEvent(this.props.store, reached, { signal: this.props.signal }))) return;
    const { stream, revision, position } = reached;
    throw new EventStoreReplacedError(
      `models were built: event ${revision} of ${stream} is no longer at ${position}; rebuild again`,
    );
  }
}
