import { randomUUID } from "node:crypto";
import type { EventStore, ExpectedRevision, NewEvent, Reading, StoredEvent } from "../../event-store/event-store";
import { comparePositions, type Position, positionText } from "../../event-store/position";
import { type EventImport, type ImportGround, StoreNotEmptyError } from "./event-import";

/** Its events say of which backup a store is, and that all of it is there. No projection takes their types. */
const STREAM = "cqrs-ops-restore";
const [BEGUN, FINISHED] = ["RestoreBegun", "RestoreFinished"] as const;

/** What the store can't be given as it was, as Kurrent's own Replicator keeps it. */
const originals = ({ created, revision, position }: StoredEvent) => ({
  $originalCreatedDate: created.toISOString(),
  $originalEventNumber: `${revision}`,
  $originalEventPosition: positionText(position),
});

/**
 * Puts events into an empty store by appending them, one after the other: for stores that take them in no other way. Their
 * order, ids and bytes are kept; positions and times are the store's own, and what they were is in their metadata. Whoever
 * reads meanwhile sees what is there by then: keep services away until it is finished.
 */
export class AppendedEventImport implements EventImport {
  readonly place = "event_store";

  constructor(private readonly store: EventStore) {}

  async look(backup: string, options?: Reading): Promise<ImportGround> {
    const head = await this.store.head(options);
    const last = await this.store.readLast(STREAM, options);
    if (last === undefined || backupIn(last) !== backup) return { head, isRestored: false, resumesAfter: undefined };
    const isOver = last.type === FINISHED;
    const isUntouched = head !== undefined && comparePositions(head, last.position) === 0;
    // What was appended before it died is found by its ids, when it is appended again.
    return {
      head: isOver && !isUntouched ? head : undefined,
      isRestored: isOver && isUntouched,
      resumesAfter: undefined,
    };
  }

  async begin(backup: string, options?: Reading): Promise<void> {
    const { head } = await this.look(backup, options);
    if (head !== undefined) throw new StoreNotEmptyError(this.place, head);
    if ((await this.store.readLast(STREAM, options)) === undefined)
      await this.mark(BEGUN, backup, "no_stream", options);
  }

  async write(events: readonly StoredEvent[], options?: Reading): Promise<void> {
    // Those of a former restore say nothing of this one.
    for (const run of runsOf(events.filter(({ stream }) => stream !== STREAM))) {
      const [first] = run;
      if (first === undefined) continue;
      const expected: ExpectedRevision = first.revision === 0n ? "no_stream" : first.revision - 1n;
      await this.store.append(first.stream, run.map(eventOf), expected, options);
    }
  }

  async finish(backup: string, _head: Position | undefined, options?: Reading): Promise<undefined> {
    await this.mark(FINISHED, backup, 0n, options);
  }

  private async mark(type: string, backup: string, expected: ExpectedRevision, options?: Reading): Promise<void> {
    const data = Buffer.from(JSON.stringify({ backup }));
    await this.store.append(STREAM, [{ id: randomUUID(), type, data }], expected, options);
  }
}

const backupIn = ({ data }: StoredEvent): unknown => JSON.parse(Buffer.from(data).toString("utf8")).backup;

const eventOf = (event: StoredEvent): NewEvent => ({
  ...{ id: event.id, type: event.type, data: event.data },
  metadata: { ...event.metadata, ...originals(event) },
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
