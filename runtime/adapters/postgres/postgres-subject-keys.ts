import type { Pool, PoolClient, QueryResultRow } from "pg";
import { Failures } from "../../failures";
import {
  FORGOTTEN,
  type Forgotten,
  type SubjectKey,
  type SubjectKeys,
  SubjectKeysUnavailableError,
} from "../../keys/subject-keys";
import type { Waiting, WrappedKey } from "../../keys/wrapping-keys";
import { SettingsError } from "../../settings";
import { checkWritable, onConnection, transacted } from "./connection";
import { checkSchema } from "./event-table";
import { ownSchema } from "./own-schema";
import { checkServerSettings } from "./server-settings";

export interface PostgresSubjectKeysOptions {
  /** Of a database of its own, best, so that events are not backed up together with what opens them. */
  readonly pool: Pool;
  /** @default "subject_keys" */
  readonly schema?: string;
}

interface KeyRow {
  /** Null where the subject has no key, or not this one. */
  readonly id: string | null;
  readonly subject: string;
  readonly generation: number;
  readonly wrapped_by: string;
  readonly wrapped: Buffer;
  readonly is_forgotten: boolean;
}

/** Keeps the locks of ours apart from those that others take in the same database. */
const LOCKS = 0x6b_65_79_73;

/**
 * Wrapped keys in tables of PostgreSQL. A key that was deleted is gone for all who ask at once; on the disk it stays until
 * vacuum and the log's recycling, and in backups as long as they are kept.
 */
export class PostgresSubjectKeys implements SubjectKeys {
  /** Of each call that failed with `SubjectKeysUnavailableError`. */
  readonly failures = new Failures();
  private readonly pool: Pool;
  private readonly schema: string;

  constructor({ pool, schema = "subject_keys" }: PostgresSubjectKeysOptions) {
    this.pool = pool;
    this.schema = checkSchema(schema);
  }

  /**
   * Makes the schema and what is in it, where it isn't there yet. Any number at once may do it.
   * @throws {SettingsError} for settings of the server that it can't work with.
   */
  async migrate(waiting?: Waiting): Promise<void> {
    await this.ask(waiting, async (client) => {
      await checkServerSettings(client, "source");
      await client.query(this.migration());
    });
  }

  async newest(subject: string, waiting?: Waiting): Promise<SubjectKey | Forgotten | undefined> {
    return this.ask(waiting, (client) => this.newestOf(client, subject));
  }

  async find(subject: string, id: string, waiting?: Waiting): Promise<SubjectKey | Forgotten | undefined> {
    const text = this.selection("k.id = $2");
    return this.ask(waiting, async (client) => foundIn(await rowsOf<KeyRow>(client, text, [subject, id])));
  }

  async putIfAbsent(
    { id, subject, generation, wrapped }: SubjectKey,
    waiting?: Waiting,
  ): Promise<SubjectKey | Forgotten> {
    const newest = await this.changing(subject, waiting, async (client) => {
      const present = await this.newestOf(client, subject);
      if (present === FORGOTTEN) return present;
      await client.query(
        `insert into ${this.schema}.keys (id, subject, generation, wrapped_by, wrapped)
         values ($1, $2, $3, $4, $5) on conflict (subject, generation) do nothing`,
        [id, subject, generation, wrapped.wrappedBy, wrapped.bytes],
      );
      return this.newestOf(client, subject);
    });
    if (newest === undefined) throw new Error("no key after one was put");
    return newest;
  }

  async delete(subject: string, waiting?: Waiting): Promise<void> {
    await this.changing(subject, waiting, async (client) => {
      await client.query(`insert into ${this.schema}.forgotten (subject) values ($1) on conflict do nothing`, [
        subject,
      ]);
      await client.query(`delete from ${this.schema}.keys where subject = $1`, [subject]);
    });
  }

  async replaceWrapped({ id, wrapped: former }: SubjectKey, wrapped: WrappedKey, waiting?: Waiting): Promise<boolean> {
    const text = `update ${this.schema}.keys set wrapped_by = $3, wrapped = $4 where id = $1 and wrapped_by = $2`;
    const { rowCount } = await this.ask(waiting, (client) =>
      client.query(text, [id, former.wrappedBy, wrapped.wrappedBy, wrapped.bytes]),
    );
    return rowCount === 1;
  }

  async notWrappedBy(
    wrappingKey: string,
    after: string | undefined,
    limit: number,
    waiting?: Waiting,
  ): Promise<readonly SubjectKey[]> {
    const text = `select *, false as is_forgotten from ${this.schema}.keys
      where wrapped_by <> $1 and id > $2 order by id limit $3`;
    const rows = await this.ask(waiting, (client) => rowsOf<KeyRow>(client, text, [wrappingKey, after ?? "", limit]));
    return rows.flatMap((row) => keyOf(row) ?? []);
  }

  /** Whether a key could be kept now. @throws {SubjectKeysUnavailableError} also where the server is a standby. */
  async checkWritable(waiting?: Waiting): Promise<void> {
    await this.ask(waiting, checkWritable);
  }

  private async newestOf(client: PoolClient, subject: string): Promise<SubjectKey | Forgotten | undefined> {
    const text = `${this.selection("true")} order by k.generation desc nulls last limit 1`;
    return foundIn(await rowsOf<KeyRow>(client, text, [subject]));
  }

  /** One row at least: whether the subject was forgotten is asked in the same look as its keys. */
  private selection(condition: string): string {
    return `select k.*, f.subject is not null as is_forgotten
      from (select $1::text as subject) s
      left join ${this.schema}.forgotten f on f.subject = s.subject
      left join ${this.schema}.keys k on k.subject = s.subject and ${condition}`;
  }

  /** One at a time changes what there is of a subject: a key must not come while it is being forgotten. */
  private changing<Result>(
    subject: string,
    waiting: Waiting | undefined,
    work: (client: PoolClient) => Promise<Result>,
  ): Promise<Result> {
    return this.ask(waiting, (client) =>
      transacted(client, async () => {
        await client.query(`select pg_advisory_xact_lock(hashtextextended($1, ${LOCKS}))`, [
          `${this.schema}.${subject}`,
        ]);
        return work(client);
      }),
    );
  }

  private async ask<Result>({ signal }: Waiting = {}, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    try {
      return await onConnection(this.pool, signal, work);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof SettingsError) throw error;
      this.failures.report();
      throw new SubjectKeysUnavailableError(error);
    }
  }

  private migration(): string {
    return `${ownSchema(this.schema, LOCKS)}
      create table if not exists ${this.schema}.keys (
        id text collate "C" primary key,
        subject text collate "C" not null,
        generation integer not null,
        wrapped_by text collate "C" not null,
        wrapped bytea not null,
        created timestamptz not null default clock_timestamp(),
        unique (subject, generation)
      );
      create table if not exists ${this.schema}.forgotten (
        subject text collate "C" primary key,
        forgotten timestamptz not null default clock_timestamp()
      );`;
  }
}

async function rowsOf<Row extends QueryResultRow>(
  client: PoolClient,
  text: string,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  const { rows } = await client.query<Row>(text, [...values]);
  return rows;
}

function foundIn([row]: readonly KeyRow[]): SubjectKey | Forgotten | undefined {
  if (row?.is_forgotten) return FORGOTTEN;
  return row && keyOf(row);
}

function keyOf({ id, subject, generation, wrapped_by, wrapped }: KeyRow): SubjectKey | undefined {
  if (id === null) return undefined;
  return { id, subject, generation, wrapped: { wrappedBy: wrapped_by, bytes: wrapped } };
}
