import { PostgresEventStore } from "../../runtime/adapters/postgres/postgres-event-store";
import { postgresPool } from "../../runtime/adapters/postgres/postgres-pool";
import type { RunningPostgres } from "./running-postgres";

/** A store on a server of a test's; schemas of one server know nothing of each other. */
export async function storeOn({ host, port, database, user }: RunningPostgres, schema: string) {
  const pool = postgresPool({ host, port, database, user, password: "", applicationName: "test" });
  const store = new PostgresEventStore({ pool, schema, pollMilliseconds: 10 });
  await store.migrate();
  return store;
}
