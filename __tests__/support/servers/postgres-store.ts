import { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { poolOn } from "../runtime/read-models-on";
import type { RunningPostgres } from "./running-postgres";

/** A store on a server of a test's; schemas of one server know nothing of each other. */
export async function storeOn(server: RunningPostgres, schema: string, connectMilliseconds?: number) {
  const pool = poolOn(server, connectMilliseconds);
  const store = new PostgresEventStore({ pool, schema, pollMilliseconds: 10 });
  await store.migrate();
  return store;
}
