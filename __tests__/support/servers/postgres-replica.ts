import { join } from "node:path";
import { postgresProgram, runAsPostgres } from "../../../examples/orders/local/postgres";
import { folderForPostgres, type RunningPostgres, runServer } from "./debian-postgres";

/** A replica of a running server, which streams from it; it takes replication from everybody, as ours do. */
export async function startReplica({ host, port, user }: RunningPostgres): Promise<RunningPostgres> {
  const folder = folderForPostgres();
  const source = ["-h", host, "-p", `${port}`, "-U", user];
  runAsPostgres(postgresProgram("pg_basebackup"), [...source, "-D", join(folder, "data"), "-R", "-c", "fast"]);
  return runServer(folder);
}
