import type { Pool } from "pg";
import { onConnection } from "../adapters/postgres/connection";
import { isThere } from "../adapters/postgres/is-there";
import type { OpenedEventStore } from "./stores";

/** There is nothing where settings say that it is: it is lost, was never made, or they say another place. */
export class NothingThereError extends Error {
  override readonly name = "NothingThereError";

  constructor(pool: Pool, schema: string, what: string, advice: string) {
    super(`${placeOf(pool, schema)} has no ${what}: ${advice}`);
  }
}

/** What has a server of its own says itself that it is not there. @throws {NothingThereError} */
export async function checkEventStore({ postgres }: OpenedEventStore, signal: AbortSignal): Promise<void> {
  if (postgres === undefined) return;
  const { pool, schema } = postgres;
  if (await hasTable(pool, schema, "events", signal)) return;
  throw new NothingThereError(
    pool,
    schema,
    "event store",
    "restore a backup, or have the service migrate it where there never was one",
  );
}

/** @throws {NothingThereError} */
export async function checkReadModels(pool: Pool, schema: string, signal: AbortSignal): Promise<void> {
  if (await hasTable(pool, schema, "checkpoints", signal)) return;
  throw new NothingThereError(pool, schema, "read models", "rebuild makes them of the events");
}

/** As whoever looks for it finds it: `schema read_models of db.example.com:5432/orders`. */
export const placeOf = ({ options: { host, port, database } }: Pool, schema: string): string =>
  `schema ${schema} of ${host}:${port}/${database}`;

async function hasTable(pool: Pool, schema: string, table: string, signal: AbortSignal): Promise<boolean> {
  try {
    return await onConnection(pool, signal, (client) => isThere(client, `${schema}.${table}`));
  } catch (error) {
    throw new Error(`${placeOf(pool, schema)} can't be looked at`, { cause: error });
  }
}
