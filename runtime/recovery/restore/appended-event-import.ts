import { randomUUID } from "node:crypto";
import { batchesOf } from "../../event-store/event-batches";
import type { EventStore, ExpectedRevision, Reading, StoredEvent } from "../../event-store/event-store";
import { comparePositions, type Position, positionText } from "../../event-store/position";
import { type EventImport, type ImportGround, type Replaced, StoreNotEmptyError } from "./event-import";

/** Its events say of which backup a store is, and that all of it is there. No projection takes their types. */
export const RESTORE_STREAM = "cqrs-ops-restore";
const [BEGUN, FINISHED] = ["RestoreBegun", "RestoreFinished"] as const;
/** Of streams whose ends are remembered: so many that they take some ten megabytes. */
const MOST_ENDS = 100_000;

/** Where a stream ends that is being restored, and the revision that its last event had. */
interface End {
  readonly revision: bigint;
  readonly original: bigint;
}

/**
 * Puts events into an empty store by appending them, one after the other: for stores that take them in no other way. Their
 * order, ids and bytes are kept; positions and times are the store's own, and what they were is in their metadata. So is the
 * revision: a stream that was cut off begins at 0 again, and what was scavenged leaves no hole. Whoever reads meanwhile sees
 * what is there by then: keep services away until it is finished.
 */
export class AppendedEventImport implements EventImport {
  readonly place = "event_store";
  readonly isReplaceable = false;
  private readonly ends = new Map<string, End>();
  private isResumed = false;

  constructor(private readonly store: EventStore) {}

  readBatches(after: Position | undefined, options?: Reading) {
    return batchesOf(this.store.readAll(after, options));
  }

  async look(backup: string, options?: Reading): Promise<ImportGround> {
    const head = await this.store.head(options);
    const last = await this.store.readLast(RESTORE_STREAM, options);
    if (last === undefined || backupIn(last) !== backup)
      return { head, others: [], isRestored: false, resumesAfter: undefined };
    const isOver = last.type === FINISHED;
    const isUntouched = head !== undefined && comparePositions(head, last.position) === 0;
    // What was appended before it died is found by its ids, when it is appended again.
    return {
      head: isOver && !isUntouched ? head : undefined,
      others: [],
      isRestored: isOver && isUntouched,
      resumesAfter: undefined,
    };
  }

  async begin(backup: string, options?: Reading): Promise<void> {
    const { head } = await this.look(backup, options);
    if (head !== undefined) throw new StoreNotEmptyError(this, head);
    this.ends.clear();
    this.isResumed = (await this.store.readLast(RESTORE_STREAM, options)) !== undefined;
    if (!this.isResumed) await this.mark(BEGUN, backup, "no_stream", options);
  }

  /** @throws {StoreNotEmptyError} when somebody else has appended to a stream meanwhile. */
  async write(events: readonly StoredEvent[], options?: Reading): Promise<void> {
    // Those of a former restore say nothing of this one.
    for (const run of runsOf(events.filter(({ stream }) => stream !== RESTORE_STREAM))) {
      const [first, last] = [run[0], run.at(-1)];
      if (first === undefined || last === undefined) continue;
      const isNew = first.revision === 0n && !this.isResumed;
      const end = isNew ? undefined : await this.endOf(first.stream, options);
      const left = end === undefined ? run : run.filter(({ revision }) => revision > end.original);
      if (left.length === 0) continue;
      const expected: ExpectedRevision = end?.revision ?? "no_stream";
      const { revision } = await this.store.append(first.stream, left.map(restoredForm), expected, options);
      if (this.ends.size >= MOST_ENDS) this.ends.clear();
      this.ends.set(first.stream, { revision, original: last.revision });
    }
  }

  async finish(backup: string, _ground: Replaced, options?: Reading): Promise<undefined> {
    await this.mark(FINISHED, backup, 0n, options);
  }

  /** Undefined of a stream of which nothing is restored yet. */
  private async endOf(stream: string, options?: Reading): Promise<End | undefined> {
    const known = this.ends.get(stream);
    if (known !== undefined) return known;
    const last = await this.store.readLast(stream, options);
    if (last === undefined) return undefined;
    const { $originalEventNumber: original } = last.metadata;
    if (original === undefined) throw new StoreNotEmptyError(this, last.position);
    return { revision: last.revision, original: BigInt(original) };
  }

  private async mark(type: string, backup: string, expected: ExpectedRevision, options?: Reading): Promise<void> {
    const data = Buffer.from(JSON.stringify({ backup }));
    await this.store.append(RESTORE_STREAM, [{ id: randomUUID(), type, data }], expected, options);
  }
}

const backupIn = ({ data }: StoredEvent): unknown => JSON.parse(Buffer.from(data).toString("utf8")).backup;

/** An event as it is restored, with what the store can't be given as it was, as Kurrent's own Replicator keeps it. */
export const restoredForm = ({ id, type, data, metadata, created, revision, position }: StoredEvent) => ({
  ...{ id, type, data },
  metadata: {
    ...metadata,
    $originalCreatedDate: created.toISOString(),
    $originalEventNumber: `${revision}`,
    $originalEventPosition: positionText(position),
  },
});

/** What is next to each other in a stream and in the log, as one append; half of what one may have, for metadata grows. */
const MOST_EVENTS = 500;
const MOST_BYTES = 256 * 1024;

function* runsOf(events: readonly StoredEvent[]): Generator<readonly StoredEvent[]> {
  let run: StoredEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const goesOn = run[0]?.stream === event.stream && run.length < MOST_EVENTS && bytes < MOST_BYTES;
    if (!goesOn && run.length > 0) {
      yield run;
      [run, bytes] = [[], 0];
    }
    run.push(event);
    bytes += event.data.length;
  }
  if (run.length > 0) yield run;
}
