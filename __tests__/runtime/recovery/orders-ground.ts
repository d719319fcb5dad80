import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Pool } from "pg";
import { type TableDigest, tableDigests } from "../../../runtime/adapters/postgres/table-digest";
import { type RecoveryRun, RUN_NAME, type RunLimits, runRecovery } from "../../support/runtime/recovery-run";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres } from "../../support/servers/running-postgres";
import { type HistorySize, ordersHistory } from "./orders-history";

export type Digests = ReadonlyMap<string, TableDigest>;

/** Databases and folders of one test, which are its own. */
export interface Ground {
  readonly run: (flow: RecoveryRun["flow"]) => RecoveryRun;
  readonly pool: Pool;
  readonly folder: string;
  close(): Promise<void>;
}

const TEMPLATE = "ground";
/** SQLSTATE of a connection that an administrator ends. */
const ADMIN_SHUTDOWN = "57P01";
/** Rows that no event gives, and one that is missing: whoever sees one of them sees the former models. */
const DAMAGE = `insert into read_models.inventory values ('of the former models', 1);
  update read_models.orders set status = 'of the former models' where order_id like '%7';
  delete from read_models.reservations where sku = 'sku-1'`;
/** What an event's time is to whoever reads it; a backup has no more of it. */
const MILLISECONDS = "update event_store.events set created = date_trunc('milliseconds', created)";
const STEP_MS = 10;

/** A server with a database to copy: a store of some thousands of events, read models that are damaged, and a backup. */
export class OrdersGround {
  private readonly localKey = randomBytes(32).toString("base64");
  private readonly folder = mkdtempSync(join(tmpdir(), "ground-"));
  private copies = 0;
  /** Of the store's events. */
  events: Digests = new Map();
  /** Of the models as an undisturbed rebuild gives them, and as they are before it. */
  models: Digests = new Map();
  damaged: Digests = new Map();
  /** How long each operation takes undisturbed. */
  readonly milliseconds = new Map<RecoveryRun["flow"], number>();

  private constructor(
    private readonly server: RunningPostgres,
    private readonly limits: RunLimits,
  ) {}

  static async start(size: HistorySize, limits: RunLimits): Promise<OrdersGround> {
    const ground = new OrdersGround(await startPostgres(), limits);
    await ground.prepare(size);
    return ground;
  }

  async stop(): Promise<void> {
    rmSync(this.folder, { recursive: true });
    await this.server.stop();
  }

  /** A database as it was prepared, and a folder: with the backup or empty. */
  async copy(storage: "with a backup" | "without a backup"): Promise<Ground> {
    const database = `${TEMPLATE}_${++this.copies}`;
    await this.administer(`create database ${database} template ${TEMPLATE}`);
    const folder = join(this.folder, database);
    if (storage === "with a backup") cpSync(join(this.folder, TEMPLATE), folder, { recursive: true });
    const pool = new Pool({ host: this.server.host, port: this.server.port, user: this.server.user, database });
    pool.on("error", (error: Error & { readonly code?: string }) => {
      // A connection that is being closed is ended with its database.
      if (error.code !== ADMIN_SHUTDOWN) throw error;
    });
    return {
      run: (flow) => this.run(flow, database),
      ...{ pool, folder },
      close: async () => {
        await pool.end();
        await this.administer(`drop database ${database} with (force)`);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }

  private run(flow: RecoveryRun["flow"], database: string): RecoveryRun {
    const folder = join(this.folder, database);
    const { localKey, limits } = this;
    return { flow, port: this.server.port, database, folder, localKey, limits };
  }

  private async prepare(size: HistorySize): Promise<void> {
    await this.administer(`create database ${TEMPLATE}`);
    const store = await storeOn({ ...this.server, database: TEMPLATE }, "event_store");
    const left = [...ordersHistory(size)];
    const append = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift())
        await store.append(next.stream, next.events, "no_stream");
    };
    await Promise.all(Array.from({ length: 8 }, append));
    const pool = new Pool({
      host: this.server.host,
      port: this.server.port,
      user: this.server.user,
      database: TEMPLATE,
    });
    await pool.query(MILLISECONDS);
    for (const flow of ["rebuild", "rebuild --in-place", "backup"] as const) {
      const began = Date.now();
      if (flow === "backup") {
        this.models = await digestsOf(pool, "read_models");
        await pool.query(DAMAGE);
        this.damaged = await digestsOf(pool, "read_models");
      }
      await runRecovery(this.run(flow, TEMPLATE), () => {});
      this.milliseconds.set(flow, Date.now() - began);
    }
    this.events = await digestsOf(pool, "event_store");
    await Promise.all([store.close(), pool.end()]);
  }

  private async administer(statement: string): Promise<void> {
    const pool = new Pool({ connectionString: this.server.url, max: 1 });
    await pool.query(statement);
    await pool.end();
  }
}

/** What a schema holds without what says how it came to be, undefined where there is no schema. */
export async function digestsOf(pool: Pool, schema: string): Promise<Digests> {
  const client = await pool.connect();
  try {
    return await tableDigests(client, schema, ["checkpoints", "rebuild", "log", "restored"]);
  } finally {
    client.release();
  }
}

/** Names of all schemas of a database that are not PostgreSQL's. */
export async function schemasOf(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    "select nspname as name from pg_namespace where nspname !~ '^(pg_|information_schema$|public$)' order by nspname",
  );
  return rows.map(({ name }) => name);
}

/** What a process has asked for before it was killed may still be answered: until then nothing can be said of it. */
export async function untilForgotten(pool: Pool): Promise<void> {
  const connections = "select 1 from pg_stat_activity where application_name = $1 and datname = current_database()";
  while ((await pool.query(connections, [RUN_NAME])).rows.length > 0) await wait(STEP_MS);
}
