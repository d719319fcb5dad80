import { join } from "node:path";
import { createCluster, folderForPostgres, type RunningPostgres, runServer } from "./debian-postgres";

export { whyNoPostgres } from "../../../examples/orders/local/postgres";
export type { RunningPostgres } from "./debian-postgres";

/** A server of its own, on loopback, that trusts everybody and keeps nothing safe. */
export async function startPostgres(): Promise<RunningPostgres> {
  const folder = folderForPostgres();
  createCluster(join(folder, "data"));
  return runServer(folder, "-c", "fsync=off");
}
