import { pause } from "../../deadline";
import { batchesUpTo, type EventLog } from "../../event-store/event-batches";
import type { StoredEvent } from "../../event-store/event-store";
import { isAfter, leastOf, type Position } from "../../event-store/position";
import { PartitionQueue } from "../../projections/partition-queue";
import { partitionOf } from "../../projections/partitions";
import type { Projection } from "../../projections/projection";
import { roomIn } from "../../projections/read-ahead";
import { Slots } from "../../projections/slots";
import type { ReadModels } from "../../read-models/read-models";
import type { Log } from "../../service/log";
import type { Checkpoints } from "./checkpoints";

/** Sizes of a replay's steps. Smaller ones take less memory, larger ones are faster. */
export interface ReplayLimits {
  /** Most events of one transaction. They share the cost of the transaction and of its statements. @default 2000 */
  readonly batch?: number;
  /** Most events that are read and not yet projected. At this limit reading pauses. @default 16000 */
  readonly readAhead?: number;
  /** Events between two calls of `onRead`. @default 10000 */
  readonly progressEvents?: number;
}

export interface ReplayProps<Transaction> extends ReplayLimits {
  readonly projections: readonly Projection<Transaction>[];
  readonly events: EventLog;
  readonly readModels: ReadModels<Transaction>;
  readonly partitions: number;
  /** Partitions that are worked on at a time: each partition in the log's order. */
  readonly parallelism: number;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Events up to which each partition goes, by their projections. @default - all */
  readonly until?: Checkpoints;
  /** Called with the count of events that were read, after each `progressEvents` of them. */
  readonly onRead?: (events: number) => void;
}

const DEFAULTS = { batch: 2_000, readAhead: 16_000, progressEvents: 10_000 } as const;
const RETRY_MS = 100;
/** Of checkpoints of partitions without events: some ten seconds in all. */
const MOVES = 6;
const MOVE_PAUSE_MS = 700;

/** Gives the events of a log to projections once more, all of them in one reading: from their checkpoints on. */
export class Replay<Transaction> {
  private readonly queues: ReadonlyMap<string, readonly PartitionQueue<Transaction>[]>;
  /** By the types of events. */
  private readonly takers = new Map<string, (readonly PartitionQueue<Transaction>[])[]>();
  private readonly room: Slots;
  private readonly roomOf: (event: StoredEvent) => number;
  private readonly progressEvents: number;
  private readonly end = new AbortController();
  private readonly signal: AbortSignal;
  private position: Position | undefined;
  private hasBegun = false;

  /** @throws {RangeError} for what would leave events out, or wait for ever. */
  constructor(private readonly props: ReplayProps<Transaction>) {
    const { projections, partitions, parallelism } = props;
    const { batch = DEFAULTS.batch, readAhead = DEFAULTS.readAhead, progressEvents = DEFAULTS.progressEvents } = props;
    checkCounts({ partitions, parallelism, batch, readAhead, progressEvents });
    checkNames(projections);
    this.room = new Slots(readAhead);
    this.roomOf = roomIn(readAhead);
    this.progressEvents = progressEvents;
    this.signal = AbortSignal.any([props.signal, this.end.signal]);
    const turns = new Slots(parallelism);
    const { room, roomOf, signal } = this;
    this.queues = new Map(
      projections.map((projection) => [
        projection.name,
        Array.from(
          { length: partitions },
          (_, number) =>
            new PartitionQueue({
              ...props,
              projection,
              number,
              of: partitions,
              turns,
              room,
              roomOf,
              batch,
              retryMs: RETRY_MS,
              signal,
              cut: signal,
            }),
        ),
      ]),
    );
    for (const { name, types } of projections) {
      for (const type of types) this.takers.set(type, [...(this.takers.get(type) ?? []), this.queues.get(name) ?? []]);
    }
  }

  /**
   * Reads up to the last event of this moment; done again, it goes on from there.
   * @param end nothing behind it is read. @default - all there is
   * @returns how many events there were.
   * @throws {ReplayStoppedError} when an event could not be handled.
   * @throws {PartitionsDifferError} when somebody writes these models with another number of partitions.
   * @throws {EventStoreUnavailableError}
   */
  async run(end?: Position): Promise<number> {
    try {
      await this.begin();
      const read = await this.readAll(end);
      for (const queue of this.allQueues()) await queue.idle();
      this.checkStopped();
      await this.moveQuiet();
      return read;
    } catch (error) {
      this.end.abort(error);
      throw error;
    }
  }

  /** Up to where everything was read. */
  get read(): Position | undefined {
    return this.position;
  }

  private async begin(): Promise<void> {
    if (this.hasBegun) return;
    const { readModels, partitions } = this.props;
    for (const [name, queues] of this.queues) {
      const known = await readModels.checkpoints(name, partitions, { signal: this.signal });
      for (const queue of queues) queue.begin(known.get(queue.number));
    }
    this.position = leastOf(this.allQueues().map(({ checkpoint }) => checkpoint));
    this.hasBegun = true;
  }

  private async readAll(end: Position | undefined): Promise<number> {
    const { events, onRead } = this.props;
    const all = events.readBatches(this.position, { signal: this.signal });
    let read = 0;
    for await (const batch of end === undefined ? all : batchesUpTo(all, end)) {
      for (const event of batch) {
        // A promise that is there at once would be waited for all the same: of a thousand events, one has to.
        if (!this.give(event)) await this.giveInTurn(event);
      }
      this.position = batch.at(-1)?.position ?? this.position;
      const before = read;
      read += batch.length;
      this.checkStopped();
      const { progressEvents } = this;
      if (Math.floor(before / progressEvents) < Math.floor(read / progressEvents)) onRead?.(read);
    }
    return read;
  }

  /** Whether there was room for it, or nobody takes it. */
  private give(event: StoredEvent): boolean {
    const takers = this.takers.get(event.type);
    if (takers === undefined) return true;
    const number = partitionOf(event.stream, this.props.partitions);
    for (const queues of takers) {
      const queue = queues[number];
      if (queue === undefined || !this.isWanted(event, queue)) continue;
      if (!this.room.tryTake(this.roomOf(event))) return false;
      queue.add(event);
    }
    return true;
  }

  /** Whoever has it already gets it again, and lets it pass by. */
  private async giveInTurn(event: StoredEvent): Promise<void> {
    const number = partitionOf(event.stream, this.props.partitions);
    for (const queues of this.takers.get(event.type) ?? []) {
      const queue = queues[number];
      if (queue === undefined || !this.isWanted(event, queue)) continue;
      await this.room.take(this.signal, this.roomOf(event));
      queue.add(event);
    }
  }

  private isWanted({ position }: StoredEvent, { projection, number }: PartitionQueue<Transaction>): boolean {
    const { until } = this.props;
    if (until === undefined) return true;
    const last = until.get(projection)?.get(number);
    return last !== undefined && !isAfter(position, last);
  }

  /** A partition without events has done all that was read. */
  private async moveQuiet(): Promise<void> {
    const { position } = this;
    if (position === undefined || this.props.until !== undefined) return;
    for (let attempt = 1; ; attempt++) {
      await Promise.all(this.allQueues().map((queue) => queue.moveTo(position)));
      this.checkStopped();
      const left = this.allQueues().filter(
        ({ checkpoint }) => checkpoint === undefined || isAfter(position, checkpoint),
      );
      const [first] = left;
      if (first === undefined) return;
      // A database that is away for a moment: what was built is of use, and is gone on with by the next run.
      if (attempt === MOVES)
        throw new Error(`the checkpoint of partition ${first.number} of ${first.projection} could not be moved`);
      await pause(MOVE_PAUSE_MS * attempt, this.signal);
    }
  }

  private checkStopped(): void {
    const refused = this.allQueues().find(({ refusal }) => refusal !== undefined);
    if (refused !== undefined) throw refused.refusal;
    for (const [name, queues] of this.queues) {
      const stopped = queues.find(({ isStopped }) => isStopped);
      if (stopped !== undefined) throw new ReplayStoppedError(`partition ${stopped.number} of ${name} has stopped`);
    }
  }

  private allQueues(): readonly PartitionQueue<Transaction>[] {
    return [...this.queues.values()].flat();
  }
}

function checkCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`${name}: must be a whole number from 1 on, got ${value}`);
  }
}

function checkNames(projections: readonly Pick<Projection<unknown>, "name">[]): void {
  const names = projections.map(({ name }) => name);
  // One of two would be the other's, and its tables would stay empty.
  if (names.length === 0 || new Set(names).size < names.length)
    throw new RangeError(`projections: must be some, each with a name of its own, got ${names.join(", ") || "none"}`);
}

/** Models could not be built: the log says of which event. */
export class ReplayStoppedError extends Error {
  override readonly name = "ReplayStoppedError";
}
