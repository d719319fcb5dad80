import { setTimeout as wait } from "node:timers/promises";
import type { Pool } from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { EventLog } from "../../event-store/event-batches";
import type { Reading, StoredEvent } from "../../event-store/event-store";
import type { Position } from "../../event-store/position";
import { type StoreCall, StoreCalls } from "../../event-store/store-calls";
import { COPIED_FIELDS, CopiedEvent } from "./copied-event";
import { CopiedTuples } from "./copied-tuples";
import { EventQueries } from "./event-queries";
import { checkSchema } from "./event-table";

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
    return this.calls.stream(signal, (call) => this.copied(call, after));
  }

  /** Events of a transaction are read once all older ones are over, anybody's on the server: for those it waits, some seconds. */
  async settle({ signal }: Reading = {}): Promise<boolean> {
    const until = Date.now() + this.settleMilliseconds;
    const { rows } = await this.pool.query<{ now: string }>("select pg_snapshot_xmax(pg_current_snapshot()) as now");
    for (;;) {
      const isOver = "select pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8 as is_over";
      const answer = await this.pool.query<{ is_over: boolean }>(isOver, [rows[0]?.now]);
      if (answer.rows[0]?.is_over === true) return true;
      if (Date.now() > until) return false;
      await wait(SETTLE_PAUSE_MS, undefined, { signal });
    }
  }

  private async *copied(call: StoreCall, after: Position | undefined): AsyncGenerator<readonly StoredEvent[]> {
    const within = <Result>(work: Promise<Result>) => call.within(this.answerMilliseconds, work);
    const client = await within(this.pool.connect());
    let isDone = false;
    try {
      // It takes as long as whoever reads.
      await within(client.query("set statement_timeout to 0"));
      const pieces = client.query(copyTo(this.queries.copyOfLog(COPIED_FIELDS, after)))[Symbol.asyncIterator]();
      const tuples = new CopiedTuples(COPIED_FIELDS.length);
      for (let next = await within(pieces.next()); next.done !== true; next = await within(pieces.next())) {
        const events = tuples.add(next.value).map((tuple) => new CopiedEvent(tuple));
        if (events.length > 0) yield events;
      }
      await within(client.query("reset statement_timeout"));
      isDone = true;
    } finally {
      // In the middle of a COPY there is no other way to end it.
      client.release(!isDone);
    }
  }
}
