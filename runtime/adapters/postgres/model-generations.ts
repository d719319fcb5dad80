import type { Pool, PoolClient } from "pg";
import type { EventStore, StoredEvent } from "../../event-store/event-store";
import { hasEvent, lastEventOf, OF_ANOTHER_STORE } from "../../recovery/backup/last-event";
import { aheadOf } from "../../recovery/rebuild/checkpoints";
import { addPartitions } from "./checkpoint-table";
import { checkpointsIn } from "./checkpoints-in";
import { inTransaction } from "./connection";
import { copiedGrants } from "./copied-grants";
import { generationsOf } from "./generation-names";
import { isThere } from "./is-there";
import { isMarkedLost, markLost, markPutAway, reachOf } from "./models-reach";
import { putAway } from "./put-away";
import { schemaLock } from "./schema-lock";
import { allowLongStatements } from "./silent-connections";

const LOCK_MS = 10_000;

/** The events that models must be of, up to the last at this moment. */
interface Log extends Pick<SwapBackOptions, "store" | "signal"> {
  readonly last: StoredEvent | undefined;
}

export interface SwapBackOptions {
  /** @default - the newest that can be gone back to */
  readonly former?: string;
  /** Whose events models must be of; asked once nobody projects any more. */
  readonly store: Pick<EventStore, "lastEvent" | "readStream">;
  readonly signal?: AbortSignal;
}

/**
 * Puts a former schema of read models into the place of what there is, which is kept beside it in turn.
 * @throws {RangeError} when there is none, it is half of what a rebuild in place was to make, or it has events that the event
 * store has not: it is of one that was there before this one was restored.
 * @throws {SchemaInUseError} while they are being built.
 */
export const swapBack = (pool: Pool, schema: string, { former, store, signal }: SwapBackOptions) =>
  schemaLock(pool, schema).during(signal, () =>
    inTransaction(pool, signal, async (client) => {
      await client.query(`set local lock_timeout = ${LOCK_MS}`);
      const isWhole = await isThere(client, `${schema}.checkpoints`);
      if (isWhole) await client.query(`lock table ${schema}.checkpoints in share row exclusive mode`);
      const log: Log = { store, last: await store.lastEvent({ signal }), signal };
      const generations = await generationsOf(client, schema);
      const refusals = new Map<string, string>();
      for (const each of generations) {
        const refusal = (await halfOf(client, each)) ?? (await lossOf(client, each, log));
        if (refusal !== undefined) refusals.set(each, refusal);
      }
      const whole = generations.filter((each) => !refusals.has(each));
      const chosen = former ?? whole.at(-1);
      if (chosen === undefined || !whole.includes(chosen)) throw new RangeError(refused(former, whole, refusals));
      await client.query(copiedGrants(schema, chosen));
      // Kept since before the number of partitions was: who projects writes it.
      await client.query(addPartitions(`${chosen}.checkpoints`));
      if (isWhole) {
        if ((await lossOf(client, schema, log)) !== undefined) await markLost(client, schema);
        else await markPutAway(client, schema, log.last && lastEventOf(log.last));
      }
      const kept = await putAway(client, schema);
      await client.query(`alter schema ${chosen} rename to ${schema}`);
      return { former: chosen, kept };
    }),
  );

/** Drops all former schemas but the newest ones. @returns those that are gone. @throws {SchemaInUseError} */
export const dropGenerations = (pool: Pool, schema: string, keep: number, signal: AbortSignal | undefined) =>
  schemaLock(pool, schema).during(signal, () =>
    inTransaction(pool, signal, async (client) => {
      await client.query(`set local lock_timeout = ${LOCK_MS}`);
      await allowLongStatements(client);
      const generations = await generationsOf(client, schema);
      const dropped = generations.slice(0, Math.max(generations.length - keep, 0));
      for (const each of dropped) await client.query(`drop schema ${each} cascade`);
      return dropped;
    }),
  );

/** One that has died leaves half of the models, with its own table beside them. */
async function halfOf(client: PoolClient, generation: string): Promise<string | undefined> {
  if (!(await isThere(client, `${generation}.checkpoints`))) return "without checkpoints";
  return (await isThere(client, `${generation}.rebuild`)) ? "half of what a rebuild in place was to make" : undefined;
}

/**
 * Why models are not of this event store. That they are ahead of it tells so only until it has as many events again, and in a
 * store that gives events other positions never: the last event that they may have tells it for good.
 */
async function lossOf(client: PoolClient, schema: string, { store, last, signal }: Log): Promise<string | undefined> {
  const reach = await reachOf(client, schema);
  const isSound =
    !(await isMarkedLost(client, schema)) &&
    aheadOf(last?.position, await checkpointsIn(client, schema)).length === 0 &&
    (reach === undefined || (await hasEvent(store, reach, { signal })));
  return isSound ? undefined : OF_ANOTHER_STORE;
}

function refused(former: string | undefined, whole: readonly string[], refusals: ReadonlyMap<string, string>): string {
  const others = [...refusals].map(([name, refusal]) => `${name} is ${refusal}`).join("; ");
  const allowed =
    whole.length > 0 ? `one of ${whole.join(", ")}` : "a generation that can be gone back to, and there is none";
  const got = former === undefined ? "" : `, got ${former}`;
  return `former: must be ${allowed}${got}${others && `; ${others}`}`;
}
