import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningPostgres } from "./running-postgres";

/** Where Debian has it. */
const BIN = "/usr/lib/postgresql/15/bin";

/** A replica of a running server, which streams from it; it takes replication from everybody, as ours do. */
export async function startReplica(primary: RunningPostgres): Promise<RunningPostgres> {
  const { host, user, database } = primary;
  const folder = mkdtempSync(join(tmpdir(), "postgres-replica-"));
  // It must not be root's process, and root's folder is closed to others.
  chmodSync(folder, 0o777);
  const data = join(folder, "data");
  const port = await freePort();
  run("pg_basebackup", ["-h", host, "-p", `${primary.port}`, "-U", user, "-D", data, "-R", "-c", "fast"]);
  const options = `-p ${port} -c listen_addresses=${host} -c unix_socket_directories=${folder}`;
  run("pg_ctl", ["-D", data, "-w", "-l", join(folder, "log"), "-o", options, "start"]);
  return {
    ...{ host, port, user, database, url: `postgres://${user}@${host}:${port}/${database}` },
    stop: async () => {
      run("pg_ctl", ["-D", data, "-w", "-m", "immediate", "stop"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function run(command: string, args: readonly string[]): void {
  const asPostgres = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--"] : [];
  const [first = "", ...rest] = [...asPostgres, join(BIN, command), ...args];
  const { status, stdout, stderr } = spawnSync(first, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (status !== 0) throw new Error(`${command} failed:\n${stdout}${stderr}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
