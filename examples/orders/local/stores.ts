import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Debian has PostgreSQL, a folder a version. */
const VERSIONS = "/usr/lib/postgresql";

export interface LocalStores {
  readonly postgresPort: number;
  readonly redisPort: number;
  stop(): Promise<void>;
}

/**
 * Debian's PostgreSQL and Redis, on ports of loopback that are free, with their data in a folder that goes with them.
 * @throws when one of them is not installed.
 */
export async function startLocalStores(): Promise<LocalStores> {
  const [version] = (existsSync(VERSIONS) ? readdirSync(VERSIONS) : []).sort((a, b) => Number(b) - Number(a));
  if (version === undefined || spawnSync("redis-server", ["--version"]).status !== 0)
    throw new Error("PostgreSQL and Redis are needed: apt-get install postgresql redis-server");
  const folder = mkdtempSync(join(tmpdir(), "orders-"));
  // PostgreSQL refuses to be root's.
  chmodSync(folder, 0o777);
  const [postgresPort, redisPort] = [await freePort(), await freePort()];
  const postgres = (program: string, args: readonly string[]) =>
    runPostgres(join(VERSIONS, version, "bin", program), args);
  const data = join(folder, "data");
  postgres("initdb", ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8"]);
  const options = `-p ${postgresPort} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder}`;
  postgres("pg_ctl", ["-D", data, "-w", "-l", join(folder, "log"), "-o", options, "start"]);
  const redis = spawn("redis-server", ["--port", `${redisPort}`, "--bind", "127.0.0.1", "--save", ""], {
    stdio: "ignore",
  });
  return {
    postgresPort,
    redisPort,
    stop: async () => {
      await ended(redis);
      postgres("pg_ctl", ["-D", data, "-w", "-m", "fast", "stop"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function runPostgres(program: string, args: readonly string[]): void {
  const asPostgres = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--"] : [];
  const [first = "", ...rest] = [...asPostgres, program, ...args];
  const { status, stderr } = spawnSync(first, rest, { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) throw new Error(`${program} failed:\n${stderr}`);
}

/** Ends a program that takes SIGTERM as it should. */
export async function ended(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  program.kill("SIGTERM");
  await once(program, "exit");
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
