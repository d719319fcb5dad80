import type { Pool, PoolClient } from "pg";
import { addPartitions } from "./checkpoint-table";
import { inTransaction } from "./connection";
import { copiedGrants } from "./copied-grants";
import { checkSchema } from "./event-table";
import { isThere } from "./is-there";

const LOCK_MS = 10_000;

/** What a schema is called once another has taken its place. */
export const formerName = (schema: string, now: Date): string =>
  `${schema}_before_${now.toISOString().slice(0, -1).replace(/[-:.]/g, "").toLowerCase()}`;

/** What the longest of the names beside a schema's takes: `_before_20261124t090000000`. */
export const MAX_GENERATION_NAME = 63 - 26;

/**
 * Puts a former schema of read models into the place of what there is, which is kept beside it in turn.
 * @param former @default - the newest that is whole
 * @throws {RangeError} when there is none, or it is half of what a rebuild in place was to make.
 */
export function swapBack(pool: Pool, schema: string, former: string | undefined, signal: AbortSignal | undefined) {
  return inTransaction(pool, signal, async (client) => {
    await client.query(`set local lock_timeout = ${LOCK_MS}`);
    const generations = await wholeGenerationsOf(client, schema);
    const chosen = former ?? generations.at(-1);
    if (chosen === undefined || !generations.includes(chosen))
      throw new RangeError(
        `former: must be one of ${generations.join(", ") || "none, for none is kept whole"}, got ${former ?? "none"}`,
      );
    await client.query(`lock table ${schema}.checkpoints in share row exclusive mode`);
    const kept = formerName(schema, new Date());
    await client.query(copiedGrants(schema, chosen));
    // Kept since before the number of partitions was: who projects writes it.
    await client.query(addPartitions(`${chosen}.checkpoints`));
    await client.query(`alter schema ${schema} rename to ${kept}; alter schema ${chosen} rename to ${schema}`);
    return { former: chosen, kept };
  });
}

/** Drops all former schemas but the newest ones. @returns those that are gone. */
export function dropGenerations(pool: Pool, schema: string, keep: number, signal: AbortSignal | undefined) {
  return inTransaction(pool, signal, async (client) => {
    await client.query(`set local lock_timeout = ${LOCK_MS}; set local statement_timeout = 0`);
    const generations = await generationsOf(client, schema);
    const dropped = generations.slice(0, Math.max(generations.length - keep, 0));
    for (const each of dropped) await client.query(`drop schema ${each} cascade`);
    return dropped;
  });
}

/** Those in which no rebuild in place has died: it leaves half of the models, with its own table beside them. */
async function wholeGenerationsOf(client: PoolClient, schema: string): Promise<readonly string[]> {
  const whole: string[] = [];
  for (const each of await generationsOf(client, schema))
    if (!(await isThere(client, `${each}.rebuild`))) whole.push(each);
  return whole;
}

/** Former schemas, oldest first. */
async function generationsOf(client: PoolClient, schema: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select nspname::text as name from pg_namespace where nspname ~ $1 order by nspname",
    [`^${checkSchema(schema)}_before_\\d{8}t\\d{9}$`],
  );
  return rows.map(({ name }) => name);
}
