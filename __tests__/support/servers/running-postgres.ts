import { join } from "node:path";
import { createCluster, folderForPostgres, type RunningPostgres, runServer } from "./debian-postgres";

export { whyNoPostgres } from "../../../examples/orders/local/postgres";
export type { RunningPostgres } from "./debian-postgres";

/**
 * A server of its own, on loopback, that trusts everybody and keeps nothing safe.
 * @param settings like `max_prepared_transactions=1`
 */
export async function startPostgres(...settings: readonly string[]): Promise<RunningPostgres> {
  const folder = folderForPostgres();
  createCluster(join(folder, "data"));
  return runServer(folder, ...["fsync=off", ...settings].flatMap((setting) => ["-c", setting]));
}
