import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Debian has them, a folder a version; the newest is taken. */
const VERSIONS = "/usr/lib/postgresql";
const [version] = (existsSync(VERSIONS) ? readdirSync(VERSIONS) : [])
  .filter((each) => existsSync(join(VERSIONS, each, "bin", "initdb")))
  .sort((a, b) => Number(b) - Number(a));

/** Why PostgreSQL can't be run here, or nothing. */
export const whyNoPostgres = (): string | undefined =>
  version === undefined ? `no PostgreSQL in ${VERSIONS}` : undefined;

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
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  const data = join(folder, "data");
  const port = await freePort();
  // Neither it nor its data may be root's.
  if (process.getuid?.() === 0) {
    chmodSync(folder, 0o777);
  }
  run("initdb", ["-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"]);
  run("pg_ctl", ["-D", data, "-w", "-l", join(folder, "log"), "-o", optionsOf(port, folder), "start"]);
  return {
    ...{ host: "127.0.0.1", port, user: "postgres", database: "postgres" },
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      run("pg_ctl", ["-D", data, "-w", "-m", "immediate", "stop"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const optionsOf = (port: number, folder: string): string =>
  `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`;

function run(command: string, args: readonly string[]): void {
  const asPostgres = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--"] : [];
  const [first = "", ...rest] = [...asPostgres, join(VERSIONS, version ?? "", "bin", command), ...args];
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
