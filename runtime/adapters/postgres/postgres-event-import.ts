import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Pool, PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Reading, StoredEvent } from "../../event-store/event-store";
import { comparePositions, type Position, positionText } from "../../event-store/position";
import {
  type EventImport,
  type ImportGround,
  OthersInPlaceError,
  type Replaced,
  StoreChangedError,
} from "../../recovery/restore/event-import";
import { inTransaction, onConnection } from "./connection";
import { copiedGrants } from "./copied-grants";
import { copyRow } from "./copy-text";
import { checkSchema, migrationOf } from "./event-table";
import { formerName, MAX_GENERATION_NAME } from "./generation-names";
import { PostgresEventLog } from "./postgres-event-log";
import { dropStore, hasStoreTable, othersIn } from "./store-contents";

export interface PostgresEventImportOptions {
  /** Its maker's to end. */
  readonly pool: Pool;
  /** @default "event_store" */
  readonly schema?: string;
}

/** How long whoever reads or writes is waited for. */
const LOCK_SECONDS = 10;
const LOCK_NOT_AVAILABLE = "55P03";
const COLUMNS = "transaction_id, global_position, stream, revision, id, type, data, metadata, created";

/**
 * Puts events into a schema beside the store's, as they were: with their positions, revisions and times. It takes the store's
 * name in one transaction with everything that makes it one.
 */
export class PostgresEventImport implements EventImport {
  readonly place: string;
  readonly isReplaceable = true;
  private readonly pool: Pool;
  private readonly beside: string;

  /** @throws {RangeError} for a schema's name that can't be. */
  constructor({ pool, schema = "event_store" }: PostgresEventImportOptions) {
    this.pool = pool;
    this.place = checkSchema(schema, MAX_GENERATION_NAME);
    this.beside = `${schema}_restoring`;
  }

  readBatches(after: Position | undefined, options?: Reading) {
    return new PostgresEventLog({ pool: this.pool, schema: this.place }).readBatches(after, options);
  }

  look(backup: string, { signal }: Reading = {}): Promise<ImportGround> {
    return onConnection(this.pool, signal, async (client) => {
      await this.checkBeside(client);
      const head = await headOf(client, this.place);
      const former = await lastIn(client, this.place);
      const begun = await lastIn(client, this.beside);
      return {
        head,
        others: await othersIn(client, this.place),
        isRestored: former?.backup === backup && former.head === (head && positionText(head)),
        resumesAfter: begun?.backup === backup ? await headOf(client, this.beside) : undefined,
      };
    });
  }

  async begin(backup: string, { signal }: Reading = {}): Promise<void> {
    await inTransaction(this.pool, signal, async (client) => {
      await this.checkBeside(client);
      if ((await lastIn(client, this.beside))?.backup === backup) return;
      await client.query(dropStore(this.beside));
      await client.query(migrationOf(this.beside));
      await client.query(`create table ${this.beside}.restored (
        backup text primary key, head text, last_row bigint not null default 0, restored timestamptz not null default now())`);
      await client.query(`insert into ${this.beside}.restored (backup) values ($1)`, [backup]);
    });
  }

  async write(events: readonly StoredEvent[], { signal }: Reading = {}): Promise<void> {
    if (events.length === 0) return;
    const lastRow = events.reduce((last, { position: { minor } }) => (minor > last ? minor : last), 0n);
    await inTransaction(this.pool, signal, async (client) => {
      const copy = client.query(copyFrom(`copy ${this.beside}.events (${COLUMNS}) from stdin`));
      await pipeline(Readable.from(rowsOf(events), { objectMode: false, highWaterMark: 1 }), copy);
      await client.query(`update ${this.beside}.restored set last_row = greatest(last_row, $1)`, [`${lastRow}`]);
    });
  }

  finish(backup: string, { head, others }: Replaced, { signal }: Reading = {}): Promise<string | undefined> {
    const { place, beside } = this;
    return inTransaction(this.pool, signal, async (client) => {
      await client.query(`set local lock_timeout = '${LOCK_SECONDS}s'`);
      const exists = await hasStoreTable(client, place, "events");
      // Whoever appends at this moment is waited for, and whoever would is kept out.
      if (exists) await client.query(`lock table ${place}.events in access exclusive mode`);
      const actual = await headOf(client, place);
      if (actual !== undefined && (head === undefined || comparePositions(actual, head) !== 0))
        throw new StoreChangedError(place, actual);
      const former = actual || others.length > 0 ? await formerName(client, place) : undefined;
      if (exists) await client.query(copiedGrants(place, beside));
      await client.query(former === undefined ? dropStore(place) : `alter schema ${place} rename to ${former}`);
      const restored = await headOf(client, beside);
      await client.query(`update ${beside}.restored set head = $1`, [restored && positionText(restored)]);
      await client.query(`alter schema ${beside} rename to ${place}`);
      // The function names its schema; and positions of another server may be ahead of this one's transactions.
      await client.query(migrationOf(place));
      await client.query(
        `select setval(pg_get_serial_sequence('${place}.events', 'global_position'), greatest(last_row, 1))
        from ${place}.restored where backup = $1`,
        [backup],
      );
      return former;
    }).catch((error: { readonly code?: unknown }) => {
      if (error.code !== LOCK_NOT_AVAILABLE) throw error;
      throw new Error(
        `${place}: nobody must read or write there while it is replaced, and somebody did for ${LOCK_SECONDS} seconds: stop him, and run it again`,
        { cause: error },
      );
    });
  }

  /** Nothing goes that no restore has left there: its name is no secret. @throws {OthersInPlaceError} */
  private async checkBeside(client: PoolClient): Promise<void> {
    const { beside } = this;
    const others = [...(await othersIn(client, beside))];
    const head = await headOf(client, beside);
    // Of one that is over, it has the end.
    if (head && (await lastIn(client, beside))?.head !== null) others.push(`events up to ${positionText(head)}`);
    if (others.length > 0) throw new OthersInPlaceError(beside, others, "give it another name, or drop it");
  }
}

async function headOf(client: PoolClient, schema: string): Promise<Position | undefined> {
  if (!(await hasStoreTable(client, schema, "events"))) return undefined;
  const { rows } = await client.query<{ major: string; minor: string }>(
    `select transaction_id as major, global_position as minor from ${schema}.events
    order by transaction_id desc, global_position desc limit 1`,
  );
  const [row] = rows;
  return row && { major: BigInt(row.major), minor: BigInt(row.minor) };
}

/** The backup that was restored last, and where it ended. */
async function lastIn(client: PoolClient, schema: string) {
  if (!(await hasStoreTable(client, schema, "restored"))) return undefined;
  const { rows } = await client.query<{ backup: string; head: string | null }>(
    `select backup, head from ${schema}.restored order by restored desc limit 1`,
  );
  return rows[0];
}

/** Each as it is sent: of a large event, a row is four times as large. */
function* rowsOf(events: readonly StoredEvent[]): Generator<string> {
  for (const event of events) yield rowOf(event);
}

function rowOf({ position, stream, revision, id, type, data, metadata, created }: StoredEvent): string {
  const bytes = `\\x${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex")}`;
  const { major, minor } = position;
  return copyRow([
    `${major}`,
    `${minor}`,
    stream,
    `${revision}`,
    id,
    type,
    bytes,
    JSON.stringify(metadata),
    created.toISOString(),
  ]);
}
