import { pause } from "../deadline";
import type { StoredEvent } from "../event-store/event-store";
import { isAfter, type Position } from "../event-store/position";
import {
  CheckpointMovedError,
  type Move,
  PartitionsDifferError,
  type ReadModels,
  ReadModelsUnavailableError,
} from "../read-models/read-models";
import { errorFields, type Log } from "../service/log";
import type { Projection } from "./projection";
import type { Slots } from "./slots";

export interface PartitionQueueProps<Transaction> {
  readonly number: number;
  /** Of how many partitions it is one. */
  readonly of: number;
  readonly projection: Projection<Transaction>;
  readonly readModels: ReadModels<Transaction>;
  readonly log: Log;
  /** Of partitions that are worked on at a time. */
  readonly turns: Slots;
  /** Of events that are read ahead: what `roomOf` an event says is given back once it is done. */
  readonly room: Slots;
  readonly roomOf: (event: StoredEvent) => number;
  readonly retryMs: number;
  /** Events of one transaction at most. */
  readonly batch: number;
  readonly signal: AbortSignal;
  /** Ends the transaction that is under way, too: it is rolled back. */
  readonly cut: AbortSignal;
}

/** Ours: what does not work in some seconds is not for want of time. */
const ATTEMPTS = 6;
const BATCH_BYTES = 256 * 1024;
const MAX_PAUSE_MS = 15_000;

/** A partition's events that are yet to be done, in order. */
export class PartitionQueue<Transaction> {
  readonly number: number;
  private events: StoredEvent[] = [];
  private moved: Position | undefined;
  /** The last that came, done or not. */
  private taken: Position | undefined;
  private working: Promise<void> | undefined;
  private stoppedAt: StoredEvent | undefined;
  private refused: PartitionsDifferError | undefined;

  constructor(private readonly props: PartitionQueueProps<Transaction>) {
    this.number = props.number;
  }

  get projection(): string {
    return this.props.projection.name;
  }

  get checkpoint(): Position | undefined {
    return this.moved;
  }

  get isStopped(): boolean {
    return this.stoppedAt !== undefined;
  }

  /** Why it takes no events until it begins again: the read models have become others, of another number of partitions. */
  get refusal(): PartitionsDifferError | undefined {
    return this.refused;
  }

  private get isOpen(): boolean {
    return !this.isStopped && this.refused === undefined;
  }

  /** Begins at its checkpoint. One that works knows its own better than whoever has asked for it. */
  begin(checkpoint: Position | undefined): void {
    if (this.working !== undefined) return;
    this.moved = checkpoint;
    this.taken = checkpoint;
    this.stoppedAt = undefined;
    this.refused = undefined;
  }

  /** An event of this partition, later than those before it; one that came already passes by. */
  add(event: StoredEvent): void {
    const { room, roomOf } = this.props;
    if (!this.isOpen || !isAfter(event.position, this.taken)) {
      room.give(roomOf(event));
      return;
    }
    this.taken = event.position;
    this.events.push(event);
    this.work();
  }

  /** Moves the checkpoint of a partition that has nothing to do. That it could not be moved is no harm: the next time it is. */
  async moveTo(position: Position): Promise<void> {
    if (this.working !== undefined || !this.isOpen || !isAfter(position, this.moved)) return;
    this.working = this.inTurn(() => this.project([], position)).catch((error) => {
      if (error instanceof PartitionsDifferError) this.refuse(error);
    });
    await this.working;
    this.working = undefined;
    this.work();
  }

  /** Resolves when it does nothing. */
  async idle(): Promise<void> {
    await this.working;
  }

  private work(): void {
    if (this.working !== undefined || this.events.length === 0) return;
    this.working = this.drain()
      .catch(() => undefined)
      .then(() => {
        this.working = undefined;
        this.work();
      });
  }

  /** Returns when all is done, it has stopped, or the worker ends: then what is left is dropped, and read again. */
  private async drain(): Promise<void> {
    const { signal, batch: most } = this.props;
    let size = most;
    for (let failures = 0; this.events.length > 0 && !signal.aborted && this.isOpen; ) {
      let batch: readonly StoredEvent[] = [];
      try {
        await this.inTurn(async () => {
          // Now, and not before: more may have come while others had their turns.
          batch = this.next(size);
          const last = batch.at(-1);
          if (last !== undefined) await this.project(batch, last.position);
        });
        this.drop(batch.length);
        failures = 0;
        // By steps: what is to blame may be the next, and a full batch would have to fail for each that comes before it.
        size = Math.min(size * 2, most);
      } catch (error) {
        const last = batch.at(-1);
        if (signal.aborted || last === undefined) break;
        if (error instanceof PartitionsDifferError) this.refuse(error);
        else if (error instanceof CheckpointMovedError) this.follow(error);
        else if (error instanceof ReadModelsUnavailableError) await this.rest(failures++, error);
        // One of them is to blame: what came before it is done by itself.
        else if (batch.length > 1) size = Math.floor(batch.length / 2);
        else if (++failures < ATTEMPTS) await this.rest(failures - 1, error, last);
        else this.stop(last, error);
      }
    }
    if (signal.aborted) this.drop(this.events.length);
  }

  /** So many, or fewer large ones: what is made of them is several times as large, in each of the partitions at work. */
  private next(most: number): readonly StoredEvent[] {
    let [count, bytes] = [0, 0];
    for (const { data } of this.events) {
      bytes += data.length;
      if (count === most || (count > 0 && bytes > BATCH_BYTES)) break;
      count++;
    }
    return this.events.slice(0, count);
  }

  private async inTurn(work: () => Promise<void>): Promise<void> {
    const { turns, signal } = this.props;
    await turns.take(signal);
    try {
      await work();
    } finally {
      turns.give();
    }
  }

  private async project(batch: readonly StoredEvent[], to: Position): Promise<void> {
    const { projection, readModels, number, of, cut } = this.props;
    const move: Move = { from: this.moved, to };
    const write = async (transaction: Transaction) => {
      if (projection.handleAll !== undefined && batch.length > 0) await projection.handleAll(batch, transaction);
      else for (const event of batch) await projection.handle(event, transaction);
    };
    await readModels.project({ projection: projection.name, number, of }, move, write, { signal: cut });
    this.moved = to;
  }

  /** Another owner was faster: what he has done is not done again. One that was moved back is read again from there. */
  private follow(error: CheckpointMovedError): void {
    const { log, projection } = this.props;
    const [first] = this.events;
    if (first !== undefined && (error.actual === undefined || !isAfter(error.actual, this.moved))) {
      this.stop(first, error);
      return;
    }
    log.warn({ projection: projection.name, ...errorFields(error) }, "another owner was faster");
    this.moved = error.actual;
    // The other owner may have read further: what is yet to come up to there has been done as well.
    if (error.actual !== undefined && isAfter(error.actual, this.taken)) this.taken = error.actual;
    this.drop(this.events.filter(({ position }) => !isAfter(position, error.actual)).length);
  }

  private refuse(error: PartitionsDifferError): void {
    this.refused = error;
    this.drop(this.events.length);
  }

  private stop(event: StoredEvent, error: unknown): void {
    this.stoppedAt = event;
    this.drop(this.events.length);
    this.props.log.error({ ...this.lineOf(event), ...errorFields(error) }, "its partition has stopped");
  }

  private drop(count: number): void {
    const { room, roomOf } = this.props;
    const given = this.events.slice(0, count).reduce((sum, event) => sum + roomOf(event), 0);
    this.events = this.events.slice(count);
    room.give(given);
  }

  private async rest(failures: number, error: unknown, event?: StoredEvent): Promise<void> {
    const { log, retryMs, signal, projection } = this.props;
    const line = event === undefined ? { projection: projection.name } : this.lineOf(event);
    log.warn({ ...line, ...errorFields(error) }, "tried again");
    await pause(Math.min(retryMs * 2 ** failures, MAX_PAUSE_MS), signal).catch(() => {});
  }

  private lineOf({ id, type, stream }: StoredEvent) {
    return { projection: this.props.projection.name, event_type: type, stream, causation_id: id };
  }
}
