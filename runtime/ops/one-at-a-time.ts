import type { Pool, PoolClient } from "pg";
import { onConnection } from "../adapters/postgres/connection";

/** Keeps the locks of ours apart from those that others take in the same database. */
const LOCKS = 0x6f_70_73;
/** So that the server soon notices a machine that is gone, and what lies between does not forget a connection that is silent. */
const KEEP_ALIVE = "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3";
const KEY = "hashtextextended($1, $2)";
/** PostgreSQL shows a key's upper and lower half apart. */
const HOLDER = `select a.pid, host(a.client_addr) as address, a.backend_start as since
  from pg_locks l join pg_stat_activity a using (pid)
  where l.locktype = 'advisory' and l.objsubid = 1 and l.granted and l.database = a.datid and a.datname = current_database()
    and (l.classid::bigint << 32) | l.objid::bigint = ${KEY}`;

/**
 * Does what two must not do at once, by a lock of PostgreSQL's: it goes with its connection, and so with a process that is
 * killed. A job's runs exclude each other already; one that is begun by hand beside them does not.
 * @param work in words, with the place: whatever has the same words excludes it.
 * @throws {AlreadyRunningError} when somebody is at it.
 */
export function oneAtATime<Result>(
  pool: Pool,
  work: string,
  signal: AbortSignal,
  run: () => Promise<Result>,
): Promise<Result> {
  return onConnection(pool, signal, async (client) => {
    await client.query(KEEP_ALIVE);
    const { rows } = await client.query<{ is_ours: boolean }>(`select pg_try_advisory_lock(${KEY}) as is_ours`, [
      work,
      LOCKS,
    ]);
    if (rows[0]?.is_ours !== true) throw new AlreadyRunningError(work, await holderOf(client, work));
    try {
      return await run();
    } finally {
      // Where the connection is gone, the lock is, too.
      await client.query(`select pg_advisory_unlock(${KEY})`, [work, LOCKS]).catch(() => undefined);
    }
  });
}

async function holderOf(client: PoolClient, work: string): Promise<string> {
  const { rows } = await client.query<Holder>(HOLDER, [work, LOCKS]);
  const [holder] = rows;
  if (holder === undefined) return "somebody who has just ended";
  const { pid, address, since } = holder;
  // Of another user's connections PostgreSQL does not show more.
  return `process ${pid} of the database${since === null ? "" : `, for ${address ?? "this machine"}, since ${since.toISOString()}`}`;
}

interface Holder {
  readonly pid: number;
  readonly address: string | null;
  readonly since: Date | null;
}

/** Another run of the tool is at it. */
export class AlreadyRunningError extends Error {
  override readonly name = "AlreadyRunningError";

  constructor(work: string, holder: string) {
    super(`${work} is being done already, by ${holder}: wait until it has ended`);
  }
}
