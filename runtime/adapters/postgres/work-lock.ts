import type { Pool, PoolClient } from "pg";
import { pause, within } from "../../deadline";
import { checkWritable, connected } from "./connection";

/** Keeps the locks of ours apart from those that others take in the same database. */
const LOCKS = 0x6f_70_73;
const KEY = "hashtextextended($1, $2)";
/** So that the server soon notices a machine that is gone, and what lies between does not forget a connection that is silent. */
const KEEP_ALIVE = "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3";
const PAUSE_MS = 100;
/** Ours: `select 1` waits for nobody. */
const ANSWER_MS = 10_000;
/** Ours: whoever ends waits for no server that says nothing. */
const GIVE_MS = 2_000;
/** PostgreSQL shows a key's upper and lower half apart. */
const HOLDER = `select a.pid, host(a.client_addr) as address, a.backend_start as since
  from pg_locks l join pg_stat_activity a using (pid)
  where l.locktype = 'advisory' and l.objsubid = 1 and l.granted and l.database = a.datid and a.datname = current_database()
    and (l.classid::bigint << 32) | l.objid::bigint = ${KEY}`;

export interface WorkLockOptions {
  readonly pool: Pool;
  /** In words, with the place: whatever has the same words excludes it. */
  readonly work: string;
  /** What is thrown while another is at it, whom it names. */
  readonly inUse: (holder: string) => Error;
  /** How long one who died is waited for: the server answers him still, to the end of a statement. @default 0 */
  readonly waitMs?: number;
}

/**
 * Lets one at a time do some work, by a lock of PostgreSQL's: it goes with its connection, and so with a process that is killed.
 * A connection of the pool is its own for as long as it is taken.
 */
export class WorkLock {
  private client: PoolClient | undefined;

  constructor(private readonly options: WorkLockOptions) {}

  /** Does what fits between taking it and giving it back. @throws what `inUse` makes, likewise. */
  async during<Result>(signal: AbortSignal | undefined, run: () => Promise<Result>): Promise<Result> {
    await this.take(signal);
    try {
      return await run();
    } finally {
      await this.give();
    }
  }

  /** @throws what `inUse` makes, when another has it and keeps it. */
  async take(signal: AbortSignal | undefined): Promise<void> {
    if (this.client !== undefined) return;
    const client = await within({ signals: [signal] }, (end) => connected(this.options.pool, end));
    try {
      await within({ signals: [signal] }, (end) => this.lock(client, end));
      this.client = client;
    } catch (error) {
      client.release(error instanceof Error ? error : true);
      throw error;
    }
  }

  /** Whether it is held still: with a connection that was lost it is gone, and may be another's, who has begun anew. */
  async isHeld(signal?: AbortSignal): Promise<boolean> {
    const { client } = this;
    if (client === undefined) return false;
    return within({ limitMs: ANSWER_MS, signals: [signal] }, () => client.query("select 1")).then(
      () => true,
      () => false,
    );
  }

  /** @throws what `inUse` makes, where it is not held any more. */
  async check(signal: AbortSignal | undefined): Promise<void> {
    if (await this.isHeld(signal)) return;
    signal?.throwIfAborted();
    throw this.options.inUse("whoever came after a connection that was lost");
  }

  /** Within two seconds: with the connection, the lock goes, too. */
  async give(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    if (client === undefined) return;
    await within({ limitMs: GIVE_MS }, () => client.query(`select pg_advisory_unlock(${KEY})`, this.key)).then(
      () => client.release(),
      () => client.release(true),
    );
  }

  private async lock(client: PoolClient, end: AbortSignal): Promise<void> {
    const { inUse, waitMs = 0 } = this.options;
    await client.query(KEEP_ALIVE);
    // A standby has locks of its own, which exclude nobody.
    await checkWritable(client);
    const until = performance.now() + waitMs;
    while (!(await this.isTaken(client))) {
      if (performance.now() >= until) throw inUse(await this.holder(client));
      await pause(PAUSE_MS, end);
    }
  }

  private get key(): unknown[] {
    return [this.options.work, LOCKS];
  }

  private async isTaken(client: PoolClient): Promise<boolean> {
    const { rows } = await client.query<{ is_ours: boolean }>(
      `select pg_try_advisory_lock(${KEY}) as is_ours`,
      this.key,
    );
    return rows[0]?.is_ours === true;
  }

  private async holder(client: PoolClient): Promise<string> {
    const { rows } = await client.query<Holder>(HOLDER, this.key);
    const [holder] = rows;
    if (holder === undefined) return "somebody who has just ended";
    const { pid, address, since } = holder;
    // Of another user's connections PostgreSQL does not show more.
    const more = since === null ? "" : `, for ${address ?? "this machine"}, since ${since.toISOString()}`;
    return `process ${pid} of the database${more}`;
  }
}

interface Holder {
  readonly pid: number;
  readonly address: string | null;
  readonly since: Date | null;
}
