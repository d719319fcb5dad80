import type { Pool } from "pg";

export interface LoadedEvents {
  readonly events: number;
  /** Events of each stream. */
  readonly perStream: number;
  /** Whether the planner's statistics include them. @default true */
  readonly analyzed?: boolean;
}

const STREAM = "loaded-";

/** Name of the stream with this number, from 0 on. */
export const loadedStream = (number: number): string => `${STREAM}${number}`;

/**
 * Fills an empty store with events of 200 bytes, within the server, because a client takes longer to send a million events
 * than to measure with them. Positions are 1 to the number of events. Migrate the store afterwards, because they are ahead of
 * the server's transactions.
 */
export async function loadEvents(pool: Pool, schema: string, loaded: LoadedEvents): Promise<void> {
  const { events, perStream, analyzed = true } = loaded;
  const client = await pool.connect();
  try {
    await client.query("set statement_timeout to 0");
    await client.query(`
      insert into ${schema}.events (transaction_id, stream, revision, id, type, data, metadata)
      select n, '${STREAM}' || (n - 1) / ${perStream}, (n - 1) % ${perStream}, md5(n::text)::uuid, 'Loaded',
        convert_to(format('{"number":%s,"text":"%s"}', n, repeat('x', 150)), 'UTF8'), '{}'
      from generate_series(1, ${events}) n`);
    if (analyzed) await client.query(`vacuum analyze ${schema}.events`);
    await client.query("reset statement_timeout");
  } finally {
    client.release();
  }
}
