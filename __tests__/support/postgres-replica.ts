import { rmSync } from "node:fs";
import { join } from "node:path";
import { folderForPostgres, runPostgres } from "./debian-postgres";
import { freePort } from "./free-port";
import type { RunningPostgres } from "./running-postgres";

/** A replica of a running server, which streams from it; it takes replication from everybody, as ours do. */
export async function startReplica(primary: RunningPostgres): Promise<RunningPostgres> {
  const { host, user, database } = primary;
  const folder = folderForPostgres();
  const data = join(folder, "data");
  const port = await freePort();
  runPostgres("pg_basebackup", ["-h", host, "-p", `${primary.port}`, "-U", user, "-D", data, "-R", "-c", "fast"]);
  const options = `-p ${port} -c listen_addresses=${host} -c unix_socket_directories=${folder}`;
  runPostgres("pg_ctl", ["-D", data, "-w", "-l", join(folder, "log"), "-o", options, "start"]);
  return {
    ...{ host, port, user, database, url: `postgres://${user}@${host}:${port}/${database}` },
    stop: async () => {
      runPostgres("pg_ctl", ["-D", data, "-w", "-m", "immediate", "stop"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
