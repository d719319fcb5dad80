import type { Pool } from "pg";
import { to as copyTo } from "pg-copy-streams";
import { eachWithin, pause, within } from "../../deadline";
import type { EventLog, SettledLog } from "../../event-store/event-batches";
import type { Reading, StoredEvent } from "../../event-store/event-store";
import type { Position } from "../../event-store/position";
import { type Ends, StoreCalls } from "../../event-store/store-calls";
import { connected, onConnection } from "./connection";
import { COPIED_FIELDS, CopiedEvent } from "./copied-event";
import { CopiedTuples } from "./copied-tuples";
import { EventQueries } from "./event-queries";
import { checkSchema } from "./event-table";
import { allowLongStatements } from "./silent-connections";

export interface PostgresEventLogOptions {
  /** Its maker's to end. */
  readonly pool: Pool;
  /** @default "event_store" */
  readonly schema?: string;
  /** What the next piece may take. @default 60000 */
  readonly answerMilliseconds?: number;
  /** How long `settle` waits. @default 15000 */
  readonly settleMilliseconds?: number;
}

const DEFAULT_ANSWER_MILLISECONDS = 60_000;
const DEFAULT_SETTLE_MILLISECONDS = 15_000;
const SETTLE_PAUSE_MS = 50;

/**
 * Reads events by one COPY, for a quarter of what pages cost: to back them up, and to build models of them anew. Each reading
 * has a connection of its own for as long as its consumer takes.
 */
export class PostgresEventLog implements EventLog {
  private readonly pool: Pool;
  private readonly queries: EventQueries;
  private readonly calls = new StoreCalls();
  private readonly answerMilliseconds: number;
  private readonly settleMilliseconds: number;

  constructor(options: PostgresEventLogOptions) {
    this.pool = options.pool;
    this.queries = new EventQueries(checkSchema(options.schema ?? "event_store"));
    this.answerMilliseconds = options.answerMilliseconds ?? DEFAULT_ANSWER_MILLISECONDS;
    this.settleMilliseconds = options.settleMilliseconds ?? DEFAULT_SETTLE_MILLISECONDS;
  }

  readBatches(after: Position | undefined, { signal }: Reading = {}): AsyncIterable<readonly StoredEvent[]> {
    return this.calls.stream(signal, (ends) => this.copied(ends, after));
  }

  /** Events of a transaction are read once all older ones are over, anybody's on the server: for those it waits, some seconds. */
  settle({ signal }: Reading = {}): Promise<SettledLog> {
    return onConnection(this.pool, signal, async (client) => {
      const until = performance.now() + this.settleMilliseconds;
      // The time of the statement is before its snapshot, so that nothing is acknowledged between them.
      const { rows } = await client.query<{ asked_at: Date; newest: string }>(
        "select statement_timestamp() as asked_at, pg_snapshot_xmax(pg_current_snapshot()) as newest",
      );
      const [asked] = rows;
      if (asked === undefined) throw new Error("a row must be answered, got none");
      const settled = (isSettled: boolean): SettledLog => ({ isSettled, askedAt: asked.asked_at });
      for (;;) {
        const isOver = "select pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8 as is_over";
        const answer = await client.query<{ is_over: boolean }>(isOver, [asked.newest]);
        if (answer.rows[0]?.is_over === true) return settled(true);
        if (performance.now() > until) return settled(false);
        await pause(SETTLE_PAUSE_MS, signal);
      }
    });
  }

  private async *copied(signals: Ends, after: Position | undefined): AsyncGenerator<readonly StoredEvent[]> {
    const bounds = { limitMs: this.answerMilliseconds, signals };
    const client = await within(bounds, (signal) => connected(this.pool, signal));
    let broken: Error | undefined = new Error("the rest of a COPY was not read");
    try {
      // It takes as long as whoever reads.
      const limit = await within(bounds, () => allowLongStatements(client, "session"));
      const tuples = new CopiedTuples(COPIED_FIELDS.length);
      for await (const piece of eachWithin(
        bounds,
        client.query(copyTo(this.queries.copyOfLog(COPIED_FIELDS, after))),
      )) {
        const events = tuples.add(piece).map((tuple) => new CopiedEvent(tuple));
        if (events.length > 0) yield events;
      }
      await within(bounds, () => client.query(`set statement_timeout to '${limit}'`));
      broken = undefined;
    } catch (error) {
      broken = error instanceof Error ? error : broken;
      throw error;
    } finally {
      // In the middle of a COPY there is no other way to end it.
      client.release(broken);
    }
  }
}
