import { rmSync } from "node:fs";
import { join } from "node:path";
import { createCluster, folderForPostgres, runPostgres } from "./debian-postgres";
import { freePort } from "./free-port";

export { whyNoPostgres } from "./debian-postgres";

export interface RunningPostgres {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly url: string;
  /** Ends it, with its folder. */
  stop(): Promise<void>;
}

/** A server of its own, on loopback, that trusts everybody and keeps nothing safe. */
export async function startPostgres(): Promise<RunningPostgres> {
  const folder = folderForPostgres();
  const data = join(folder, "data");
  const port = await freePort();
  createCluster(data);
  runPostgres("pg_ctl", ["-D", data, "-w", "-l", join(folder, "log"), "-o", optionsOf(port, folder), "start"]);
  return {
    ...{ host: "127.0.0.1", port, user: "postgres", database: "postgres" },
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      runPostgres("pg_ctl", ["-D", data, "-w", "-m", "immediate", "stop"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const optionsOf = (port: number, folder: string): string =>
  `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`;
