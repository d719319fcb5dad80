import type { PoolClient } from "pg";
import { positionOf } from "../../event-store/position";
import type { LastEvent } from "../../recovery/backup/manifest";
import { aheadOf } from "../../recovery/rebuild/checkpoints";
import { checkpointsIn } from "./checkpoints-in";

const REACH = "events up to ";
const LOST = "events of a store that is no more";

/**
 * Says of a schema's models that they have no event behind this one: where the event store has it no more, they are of another.
 * It is the comment of the table of checkpoints: with that it goes wherever the schema goes, and it is no table, which backups,
 * comparisons and grants would have to leave out.
 * @param last undefined where nothing is known, or they have nothing.
 */
export const markReach = (client: PoolClient, schema: string, last: LastEvent | undefined) =>
  comment(client, schema, last && `${REACH}${JSON.stringify(last)}`);

/** Undefined where nothing is known: projections alone have made them, and no rebuild has put them away. */
export async function reachOf(client: PoolClient, schema: string): Promise<LastEvent | undefined> {
  const text = await commentOf(client, schema);
  try {
    return text?.startsWith(REACH) ? JSON.parse(text.slice(REACH.length)) : undefined;
  } catch {
    // A comment of somebody else's.
    return undefined;
  }
}

/**
 * Whether what a rebuild has begun can be gone on with: its events are the store's, and it has no others. Projections that have
 * written there since have: their rows are not known to be what this rebuild would have made.
 */
export async function isWithin(
  client: PoolClient,
  schema: string,
  isInLog: (last: LastEvent) => Promise<boolean>,
): Promise<boolean> {
  const reach = await reachOf(client, schema);
  return reach !== undefined && (await endsAt(client, schema, reach)) && isInLog(reach);
}

/** Says the same of models that are put away. @param last of the store's events by now; undefined of none. */
export async function markPutAway(client: PoolClient, schema: string, last: LastEvent | undefined): Promise<void> {
  const made = await reachOf(client, schema);
  const isAsMade = made !== undefined && (await endsAt(client, schema, made));
  // What came after them is nothing to look for: a store that was restored to before that has all that these models have.
  if (!isAsMade) await markReach(client, schema, last);
}

/** Says of models for good that they are of an event store that is no more. */
export const markLost = (client: PoolClient, schema: string) => comment(client, schema, LOST);

export const isMarkedLost = async (client: PoolClient, schema: string) => (await commentOf(client, schema)) === LOST;

/** Whether no checkpoint is behind it. */
const endsAt = async (client: PoolClient, schema: string, { position }: LastEvent): Promise<boolean> =>
  aheadOf(positionOf(position), await checkpointsIn(client, schema)).length === 0;

async function comment(client: PoolClient, schema: string, text: string | undefined): Promise<void> {
  const literal = text === undefined ? "null" : client.escapeLiteral(text);
  await client.query(`comment on table ${schema}.checkpoints is ${literal}`);
}

async function commentOf(client: PoolClient, schema: string): Promise<string | undefined> {
  const { rows } = await client.query<{ comment: string | null }>(
    "select obj_description(to_regclass($1), 'pg_class') as comment",
    [`${schema}.checkpoints`],
  );
  return rows[0]?.comment ?? undefined;
}
