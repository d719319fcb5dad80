import { postgresPool } from "../../../runtime/adapters/postgres/postgres-pool";
import { PostgresReadModels } from "../../../runtime/adapters/postgres/postgres-read-models";
import type { RunningPostgres } from "../servers/running-postgres";

type Address = Omit<RunningPostgres, "url" | "stop">;

/** @param connectMilliseconds where the network fails and a test waits for it */
export const poolOn = ({ host, port, database, user }: Address, connectMilliseconds?: number) =>
  postgresPool({ host, port, database, user, password: "", applicationName: "test", connectMilliseconds });

/** Read models on a server of a test's, with one table of what was seen, in which nothing hides a second time. */
export async function readModelsOn(server: RunningPostgres, schema: string): Promise<PostgresReadModels> {
  const readModels = new PostgresReadModels({ primary: poolOn(server), schema });
  await readModels.migrate([
    "create table if not exists seen (number bigint generated always as identity, id text not null, stream text not null)",
  ]);
  return readModels;
}
