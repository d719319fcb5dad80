import { endOrCut, pause } from "../deadline";
import type { EventStore, StoredEvent } from "../event-store/event-store";
import { leastOf, type Position } from "../event-store/position";
import { PartitionsDifferError, type ReadModels } from "../read-models/read-models";
import { errorFields, type Log } from "../service/log";
import type { Work } from "../service/service";
import { PartitionQueue } from "./partition-queue";
import { ownPartitions, type PartitionSettings, partitionOf } from "./partitions";
import type { Projection } from "./projection";
import { roomIn } from "./read-ahead";
import { Slots } from "./slots";

export interface ProjectionWorkerOptions<Transaction> {
  readonly projection: Projection<Transaction>;
  readonly store: EventStore;
  readonly readModels: ReadModels<Transaction>;
  readonly settings: PartitionSettings;
  readonly log: Log;
  /** Events that are read ahead, 1 to 100000; then the store is not read until some are done. @default 2000 */
  readonly readAhead?: number;
  /** Events of one transaction at most: enough that its own cost is shared, and few enough that it is short. @default 100 */
  readonly batch?: number;
  /** Milliseconds between two moves of the checkpoints of partitions without events. @default 5000 */
  readonly checkpointMs?: number;
  /** Milliseconds before the first of repeated attempts, twice as many before each next. @default 100 */
  readonly retryMs?: number;
  /**
   * Milliseconds until a partition that has stopped is tried again, and read models that are of another number of partitions
   * are looked at again: somebody may have mended what was wrong. @default 60000
   */
  readonly retryStoppedMs?: number;
  /** Milliseconds that transactions under way may take once it stops; then they are rolled back. @default 5000 */
  readonly stopMs?: number;
}

const NAME = /^[a-z0-9-]{1,64}$/;
const DEFAULTS = {
  readAhead: 2000,
  batch: 100,
  checkpointMs: 5000,
  retryMs: 100,
  retryStoppedMs: 60_000,
  stopMs: 5000,
} as const;
const MAX_PAUSE_MS = 15_000;

/**
 * Follows the event store and writes the rows of the partitions that this worker owns: each partition in the log's order, so
 * many of them at a time, each event once, for the checkpoint is written with its rows. An event that can't be handled stops
 * its own partition and no other. Read models that were written with another number of partitions stop all of it.
 */
export class ProjectionWorker<Transaction> implements Work {
  private readonly end = new AbortController();
  /** Ends transactions that are under way, where they do not end by themselves. */
  private readonly cut = new AbortController();
  private readonly queues: ReadonlyMap<number, PartitionQueue<Transaction>>;
  private readonly room: Slots;
  private readonly roomOf: (event: StoredEvent) => number;
  private running: Promise<unknown> | undefined;
  /** Ends a subscription, so that another one begins at the checkpoints. */
  private again = new AbortController();
  /** Up to where the log was read, and everything was put into its partition. */
  private read: Position | undefined;
  /** At its beginning; what a partition is refused later is its queue's. */
  private refused: PartitionsDifferError | undefined;

  /** @throws {RangeError} for a name that can't be. */
  constructor(private readonly options: ProjectionWorkerOptions<Transaction>) {
    const { projection, settings, readAhead = DEFAULTS.readAhead } = options;
    const { batch = DEFAULTS.batch, retryMs = DEFAULTS.retryMs } = options;
    if (!NAME.test(projection.name)) throw new RangeError(`name: must be ${NAME.source}, got ${projection.name}`);
    this.room = new Slots(readAhead);
    this.roomOf = roomIn(readAhead);
    const turns = new Slots(settings.parallelism);
    this.queues = new Map(
      ownPartitions(settings).map((number) => [
        number,
        new PartitionQueue({
          ...options,
          number,
          of: settings.partitions,
          turns,
          room: this.room,
          roomOf: this.roomOf,
          batch,
          retryMs,
          signal: this.end.signal,
          cut: this.cut.signal,
        }),
      ]),
    );
  }

  /**
   * Checkpoints of its partitions, undefined for one that never ran.
   * @throws {PartitionsDifferError} while the read models are of another number of partitions: it has none of theirs, and
   * projects nothing. Health that asks for them is told so.
   */
  get checkpoints(): readonly (Position | undefined)[] {
    if (this.refusal !== undefined) throw this.refusal;
    return [...this.queues.values()].map(({ checkpoint }) => checkpoint);
  }

  /** Partitions that stopped at an event that they could not handle. */
  get stopped(): readonly number[] {
    return [...this.queues.values()].filter(({ isStopped }) => isStopped).map(({ number }) => number);
  }

  private get refusal(): PartitionsDifferError | undefined {
    return this.refused ?? [...this.queues.values()].find(({ refusal }) => refusal !== undefined)?.refusal;
  }

  start(): void {
    this.running ??= Promise.all([this.follow(), this.moveQuiet(), this.retryStopped()]);
  }

  /** Finishes the transactions that are under way, within `stopMs`; what is only read is read again. */
  async stop(): Promise<void> {
    const { stopMs = DEFAULTS.stopMs } = this.options;
    this.end.abort();
    await endOrCut(stopMs, this.cut, async () => {
      await this.running;
      await Promise.all([...this.queues.values()].map((queue) => queue.idle()));
    });
  }

  private async follow(): Promise<void> {
    const { store, log } = this.options;
    const { signal } = this.end;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.begin(signal);
        const either = AbortSignal.any([signal, this.again.signal]);
        for await (const event of store.subscribe(this.read, { signal: either })) {
          failures = 0;
          await this.take(event);
        }
      } catch (error) {
        if (signal.aborted) return;
        if (this.again.signal.aborted) {
          this.again = new AbortController();
          this.read = undefined;
          continue;
        }
        if (error instanceof PartitionsDifferError) {
          await this.refuse(error);
          continue;
        }
        log.warn({ ...errorFields(error), projection: this.options.projection.name }, "the stores are asked again");
        await this.rest(failures++);
      }
    }
  }

  /** At the least of the checkpoints; what other partitions have done already passes by them. */
  private async begin(signal: AbortSignal): Promise<void> {
    if (this.read !== undefined) return;
    const { readModels, projection, settings } = this.options;
    const known = await readModels.checkpoints(projection.name, settings.partitions, { signal });
    this.refused = undefined;
    for (const [number, queue] of this.queues) queue.begin(known.get(number));
    this.read = leastOf(this.checkpoints);
  }

  private async take(event: StoredEvent): Promise<void> {
    const { projection, settings } = this.options;
    const queue = this.queues.get(partitionOf(event.stream, settings.partitions));
    if (queue !== undefined && projection.types.includes(event.type)) {
      await this.room.take(this.end.signal, this.roomOf(event));
      queue.add(event);
    }
    this.read = event.position;
  }

  /** A partition without events has processed all that was read. Otherwise it would look slow, and be read again at the start. */
  private async moveQuiet(): Promise<void> {
    const { checkpointMs = DEFAULTS.checkpointMs } = this.options;
    const { signal } = this.end;
    while (!signal.aborted) {
      await pause(checkpointMs, signal).catch(() => {});
      const { read } = this;
      if (signal.aborted || read === undefined) continue;
      await Promise.all([...this.queues.values()].map((queue) => queue.moveTo(read)));
      // Its models were swapped for others: what they are is found out at their checkpoints.
      if (this.refusal !== undefined) this.again.abort();
    }
  }

  private async retryStopped(): Promise<void> {
    while (!this.end.signal.aborted) {
      await this.untilMended();
      if (this.stopped.length > 0) this.again.abort();
    }
  }

  /** It is nothing that passes by itself: whoever has configured it is told each time. */
  private async refuse(error: PartitionsDifferError): Promise<void> {
    const { log, projection } = this.options;
    this.refused = error;
    log.error({ projection: projection.name, ...errorFields(error) }, error.message);
    await this.untilMended();
  }

  private async untilMended(): Promise<void> {
    const { retryStoppedMs = DEFAULTS.retryStoppedMs } = this.options;
    await pause(retryStoppedMs, this.end.signal).catch(() => {});
  }

  private async rest(failures: number): Promise<void> {
    const { retryMs = DEFAULTS.retryMs } = this.options;
    const ms = Math.min(retryMs * 2 ** failures, MAX_PAUSE_MS);
    await pause(ms, this.end.signal).catch(() => {});
  }
}
