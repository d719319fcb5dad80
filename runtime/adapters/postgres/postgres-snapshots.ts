import type { Pool } from "pg";
import type { Reading } from "../../event-store/event-store";
import type { Snapshot, SnapshotStore } from "../../event-store/snapshots";
import { onConnection } from "./connection";
import { checkSchema } from "./event-table";
import { ownSchema } from "./own-schema";
import { checkServerSettings } from "./server-settings";

export interface PostgresSnapshotsOptions {
  /** The store's own, ended at its close. */
  readonly pool: Pool;
  /** @default "snapshots" */
  readonly schema?: string;
}

/** Keeps the locks of ours apart from those that others take in the same database. */
const LOCKS = 0x73_6e_61_70;

/**
 * Snapshots in a table of PostgreSQL, one for each stream and version. Those of former versions stay until somebody deletes them:
 * none is needed, so that any rows may be deleted at any time.
 */
export class PostgresSnapshots implements SnapshotStore {
  private readonly pool: Pool;
  private readonly schema: string;

  /** @throws {RangeError} for a schema's name that can't be. */
  constructor({ pool, schema = "snapshots" }: PostgresSnapshotsOptions) {
    this.pool = pool;
    this.schema = checkSchema(schema);
  }

  /**
   * Makes the schema and what is in it, where it isn't there yet. Any number at once may do it.
   * @throws {SettingsError} for settings of the server that it can't work with.
   */
  async migrate({ signal }: Reading = {}): Promise<void> {
    await onConnection(this.pool, signal, async (client) => {
      await checkServerSettings(client, "copy");
      await client.query(`${ownSchema(this.schema, LOCKS)}
        create table if not exists ${this.schema}.snapshots (
          stream text collate "C" not null,
          version text collate "C" not null,
          revision bigint not null,
          event_id uuid not null,
          state text not null,
          saved timestamptz not null default clock_timestamp(),
          primary key (stream, version)
        )`);
    });
  }

  async load(stream: string, version: string, { signal }: Reading = {}): Promise<Snapshot | undefined> {
    const { rows } = await onConnection(this.pool, signal, (client) =>
      client.query<{ revision: string; event_id: string; state: string }>(
        `select revision, event_id, state from ${this.schema}.snapshots where stream = $1 and version = $2`,
        [stream, version],
      ),
    );
    const [row] = rows;
    return row && { revision: BigInt(row.revision), eventId: row.event_id, state: row.state };
  }

  async save(
    stream: string,
    version: string,
    { revision, eventId, state }: Snapshot,
    { signal }: Reading = {},
  ): Promise<void> {
    // Also over one of a later revision: it may be of a store before its restore.
    await onConnection(this.pool, signal, (client) =>
      client.query(
        `insert into ${this.schema}.snapshots (stream, version, revision, event_id, state) values ($1, $2, $3, $4, $5)
         on conflict (stream, version) do update
         set revision = excluded.revision, event_id = excluded.event_id, state = excluded.state, saved = clock_timestamp()`,
        [stream, version, `${revision}`, eventId, state],
      ),
    );
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
