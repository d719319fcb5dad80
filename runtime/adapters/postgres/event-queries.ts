import type { QueryConfig } from "pg";
import { checkStreamName } from "../../event-store/append-limits";
import type { ExpectedRevision, NewEvent, StoredEvent } from "../../event-store/event-store";
import type { Position } from "../../event-store/position";

/** A row of events, as pg gives it: numbers of 64 bits are texts. */
export interface EventRow {
  readonly stream: string;
  readonly revision: string;
  readonly id: string;
  readonly type: string;
  readonly data: Buffer;
  readonly metadata: string;
  readonly created: Date;
  readonly transaction_id: string;
  readonly global_position: string;
  /** Of the log of all: the first transaction that was not settled. */
  readonly settled: string;
  /** How many there were before the page was cut at its bytes. */
  readonly found: number;
}

/** What the function of the table answers. */
export interface AppendRow {
  readonly appended: boolean;
  readonly at_revision: string;
  readonly at_transaction: string;
  readonly at_position: string;
}

/** What a page has at most: rows, or bytes and one event. A page is all that a reader has in memory. */
const PAGE_ROWS = 500;
const PAGE_BYTES = 4 * 1024 * 1024;

const EVENT = "stream, revision, id, type, data, metadata::text, created, transaction_id, global_position";
const IN_LOG = "transaction_id, global_position";
const AFTER = `(${IN_LOG}) > ($1::bigint, $2::bigint)`;
/** Before the first. */
const ORIGIN: Position = { major: 0n, minor: 0n };

/** The statements on one schema's events. */
export class EventQueries {
  private readonly table: string;
  private readonly appendFunction: string;
  /**
   * Transactions get their numbers when they first write and show their events when they commit: until all that began before
   * it have ended, another event may yet come to stand before one that is seen. What is older than the oldest that still
   * runs is settled.
   */
  private readonly settled: string;

  constructor(schema: string) {
    this.table = `${schema}.events`;
    this.appendFunction = `${schema}.append_events`;
    this.settled = `pg_snapshot_xmin(pg_current_snapshot())::text::bigint + (select base from ${schema}.log)`;
  }

  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): QueryConfig {
    return {
      text: `select * from ${this.appendFunction}($1, $2, $3, $4, $5, $6)`,
      values: [
        stream,
        expected === "any" ? null : expected === "no_stream" ? "-1" : `${expected}`,
        events.map(({ id }) => id),
        events.map(({ type }) => type),
        events.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
        events.map(({ metadata = {} }) => JSON.stringify(metadata)),
      ],
    };
  }

  /** The answer to an append of an id that its stream has already. */
  refused(stream: string): QueryConfig {
    return {
      text: `select false as appended, revision as at_revision from ${this.table}
        where stream = $1 order by revision desc limit 1`,
      values: [stream],
    };
  }

  streamPage(stream: string, from: bigint): QueryConfig {
    checkStreamName(stream);
    const rows = `select *, null as settled from ${this.table} where stream = $1 and revision >= $2`;
    return { text: pageOf(rows, "revision"), values: [stream, `${from}`] };
  }

  streamEnd(stream: string): QueryConfig {
    checkStreamName(stream);
    return {
      text: `select ${EVENT} from ${this.table} where stream = $1 order by revision desc limit 1`,
      values: [stream],
    };
  }

  /** @param settled of the first page, for a read that ends; undefined for what is settled now. */
  logPage(after: Position = ORIGIN, settled: string | undefined): QueryConfig {
    const until = `coalesce($3::bigint, ${this.settled})`;
    const rows = `select *, ${until} as settled from ${this.table} where ${AFTER} and transaction_id < ${until}`;
    return { text: pageOf(rows, IN_LOG), values: [`${after.major}`, `${after.minor}`, settled] };
  }

  /** All at once, in COPY's binary form, which takes no parameters: numbers are written as what they are. */
  copyOfLog(fields: readonly string[], { major, minor }: Position = ORIGIN): string {
    return `copy (
      select ${fields.join(", ")} from ${this.table}
      where (${IN_LOG}) > (${major}, ${minor}) and transaction_id < ${this.settled} order by ${IN_LOG}
    ) to stdout (format binary)`;
  }

  /** Of all that is committed, also what is not settled. */
  count(after: Position = ORIGIN, bound: number): QueryConfig {
    return { text: this.counted(AFTER, "$3"), values: [`${after.major}`, `${after.minor}`, bound] };
  }

  countUnsettled(bound: number): QueryConfig {
    return { text: this.counted(`transaction_id >= ${this.settled}`, "$1"), values: [bound] };
  }

  head(): QueryConfig {
    return { text: this.logEnd(IN_LOG) };
  }

  lastEvent(): QueryConfig {
    return { text: this.logEnd(EVENT) };
  }

  private counted(which: string, bound: string): string {
    return `select count(*)::int, min(created) as oldest from (
      select created from ${this.table} where ${which} order by ${IN_LOG} limit ${bound}
    ) bounded`;
  }

  private logEnd(columns: string): string {
    return `select ${columns} from ${this.table} where transaction_id < ${this.settled}
      order by transaction_id desc, global_position desc limit 1`;
  }
}

/** Whether an append failed because its stream has one of its ids: by the name that PostgreSQL gives to the constraint. */
export const isOfKnownId = ({
  code,
  constraint,
}: {
  readonly code?: unknown;
  readonly constraint?: unknown;
}): boolean => code === "23505" && constraint === "events_stream_id_key";

/** Whether there is nothing behind a page. */
export const isLastPage = (rows: readonly EventRow[]): boolean =>
  rows.length < PAGE_ROWS && rows.length === (rows[0]?.found ?? 0);

export const eventOf = (row: EventRow): StoredEvent => ({
  stream: row.stream,
  revision: BigInt(row.revision),
  id: row.id,
  type: row.type,
  data: row.data,
  metadata: JSON.parse(row.metadata),
  created: row.created,
  position: { major: BigInt(row.transaction_id), minor: BigInt(row.global_position) },
});

/** A length is known without the bytes, which stay where they are for all that the page leaves out. */
const pageOf = (rows: string, order: string) => `
  select ${EVENT}, settled, found
  from (
    select *, count(*) over ()::int as found, sum(size) over (order by ${order}) - size as before
    from (
      select *, octet_length(data) + octet_length(metadata::text) as size
      from (${rows} order by ${order} limit ${PAGE_ROWS}) candidates
    ) sized
  ) page
  where before < ${PAGE_BYTES} order by ${order}`;
