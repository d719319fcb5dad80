import type { Pool, PoolClient, QueryConfig, QueryResultRow } from "pg";
import { pause, within } from "../../deadline";
import { checkAppend } from "../../event-store/append-limits";
import {
  type Appended,
  type CountedEvents,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Reading,
  RevisionError,
  type StoredEvent,
  type StreamReading,
} from "../../event-store/event-store";
import type { Position } from "../../event-store/position";
import { type Ends, StoreCalls } from "../../event-store/store-calls";
import { borrowed, checkWritable } from "./connection";
import { type AppendRow, EventQueries, type EventRow, eventOf, isLastPage, isOfKnownId } from "./event-queries";
import { checkSchema, migrationOf } from "./event-table";
import { checkServerSettings } from "./server-settings";

export interface PostgresEventStoreOptions {
  /** The store's own, which it ends at its close. */
  readonly pool: Pool;
  /** @default "event_store" */
  readonly schema?: string;
  /** Between a subscription's looks for new events. @default 100 */
  readonly pollMilliseconds?: number;
  /** What one answer may take, with the wait for a connection. @default 10000 */
  readonly answerMilliseconds?: number;
  /** Of one append. @default 1048576 */
  readonly maxAppendBytes?: number;
}

/**
 * Events in a table of PostgreSQL 13 or later. A position is a transaction and a row; read is what no running transaction
 * can come before any more, so a transaction that stays open anywhere on the server holds back all readers of the log.
 *
 * Subscriptions look for new events at intervals, and do not listen to notifications: a notification takes a lock at each
 * commit that is one for the whole server, needs a connection for each subscriber that no pooler may share, and comes before
 * its event is settled, so that the look at intervals would be needed anyway.
 */
export class PostgresEventStore implements EventStore {
  readonly keepsEvents = true;
  private readonly calls = new StoreCalls();
  readonly failures = this.calls.failures;
  private readonly pool: Pool;
  private readonly schema: string;
  private readonly queries: EventQueries;
  private readonly pollMilliseconds: number;
  private readonly answerMilliseconds: number;
  private readonly maxAppendBytes: number | undefined;
  private ending: Promise<void> | undefined;

  constructor(options: PostgresEventStoreOptions) {
    this.pool = options.pool;
    this.schema = checkSchema(options.schema ?? "event_store");
    this.queries = new EventQueries(this.schema);
    this.pollMilliseconds = options.pollMilliseconds ?? 100;
    this.answerMilliseconds = options.answerMilliseconds ?? 10_000;
    this.maxAppendBytes = options.maxAppendBytes;
  }

  /**
   * Makes the schema and what is in it, where it isn't there yet. Any number at once may do it.
   * @throws {SettingsError} for settings of the server that it can't work with.
   */
  migrate({ signal }: Reading = {}): Promise<void> {
    return this.calls.run(signal, async (ends) => {
      await this.onConnection(ends, async (client) => {
        await checkServerSettings(client, "source");
        await client.query(migrationOf(this.schema));
      });
    });
  }

  async append(
    stream: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
    { signal }: Reading = {},
  ): Promise<Appended> {
    checkAppend(stream, events, expected, this.maxAppendBytes);
    return this.calls.run(signal, async (ends) => {
      const [row] = await this.ask<AppendRow>(ends, this.queries.append(stream, events, expected)).catch((error) => {
        if (!isOfKnownId(error)) throw error;
        return this.ask<AppendRow>(ends, this.queries.refused(stream));
      });
      if (row === undefined) throw new Error("no answer to an append");
      const revision = BigInt(row.at_revision);
      if (!row.appended) throw new RevisionError(stream, expected, revision < 0n ? undefined : revision);
      return { revision, position: { major: BigInt(row.at_transaction), minor: BigInt(row.at_position) } };
    });
  }

  readStream(stream: string, { from = 0n, signal }: StreamReading = {}): AsyncIterable<StoredEvent> {
    const { calls, queries } = this;
    const ask = (ends: Ends, next: bigint) => this.ask<EventRow>(ends, queries.streamPage(stream, next));
    return calls.stream(signal, async function* (ends) {
      for (let next = from; ; ) {
        const rows = await ask(ends, next);
        yield* rows.map(eventOf);
        if (isLastPage(rows)) return;
        next = BigInt(rows.at(-1)?.revision ?? next) + 1n;
      }
    });
  }

  readLast(stream: string, { signal }: Reading = {}): Promise<StoredEvent | undefined> {
    return this.calls.run(signal, async (ends) => {
      const [row] = await this.ask<EventRow>(ends, this.queries.streamEnd(stream));
      return row && eventOf(row);
    });
  }

  readAll(after: Position | undefined, { signal }: Reading = {}): AsyncIterable<StoredEvent> {
    const ask = this.logPages.bind(this);
    return this.calls.stream(signal, (ends) => ask(ends, after, "once"));
  }

  subscribe(after: Position | undefined, { signal }: Reading = {}): AsyncIterable<StoredEvent> {
    const ask = this.logPages.bind(this);
    return this.calls.stream(signal, (ends) => ask(ends, after, "following"));
  }

  countAfter(after: Position | undefined, bound: number, options?: Reading): Promise<CountedEvents> {
    return this.counted(this.queries.count(after, bound), options);
  }

  countUnreadable(bound: number, options?: Reading): Promise<CountedEvents> {
    return this.counted(this.queries.countUnsettled(bound), options);
  }

  head({ signal }: Reading = {}): Promise<Position | undefined> {
    return this.calls.run(signal, async (ends) => {
      const [row] = await this.ask<EventRow>(ends, this.queries.head());
      return row && { major: BigInt(row.transaction_id), minor: BigInt(row.global_position) };
    });
  }

  lastEvent({ signal }: Reading = {}): Promise<StoredEvent | undefined> {
    return this.calls.run(signal, async (ends) => {
      const [row] = await this.ask<EventRow>(ends, this.queries.lastEvent());
      return row && eventOf(row);
    });
  }

  checkWritable({ signal }: Reading = {}): Promise<void> {
    return this.calls.run(signal, (ends) => this.onConnection(ends, checkWritable));
  }

  /** Ends all that is going on, and the pool. */
  close(): Promise<void> {
    this.calls.close();
    this.ending ??= this.pool.end();
    return this.ending;
  }

  private counted(query: QueryConfig, { signal }: Reading = {}): Promise<CountedEvents> {
    return this.calls.run(signal, async (ends) => {
      const [row] = await this.ask<{ count: number; oldest: Date | null }>(ends, query);
      return { count: row?.count ?? 0, oldest: row?.oldest ?? undefined };
    });
  }

  private async *logPages(
    ends: Ends,
    after: Position | undefined,
    manner: "once" | "following",
  ): AsyncGenerator<StoredEvent> {
    let settled: string | undefined;
    for (let last = after; ; ) {
      const rows = await this.ask<EventRow>(ends, this.queries.logPage(last, settled));
      for (const row of rows) {
        const event = eventOf(row);
        last = event.position;
        yield event;
      }
      if (manner === "once") settled = rows[0]?.settled;
      if (!isLastPage(rows)) continue;
      if (manner === "once") return;
      await pause(this.pollMilliseconds, ...ends);
    }
  }

  private async ask<Row extends QueryResultRow>(signals: Ends, query: QueryConfig): Promise<readonly Row[]> {
    return (await this.onConnection(signals, (connection) => connection.query<Row>(query))).rows;
  }

  private onConnection<Result>(signals: Ends, ask: (connection: PoolClient) => Promise<Result>): Promise<Result> {
    return within({ limitMs: this.answerMilliseconds, signals }, (end) => borrowed(this.pool, end, ask));
  }
}
