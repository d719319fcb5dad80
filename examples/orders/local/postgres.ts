import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "./free-port";

/** Debian installs each version into a folder of this one. */
const VERSIONS = "/usr/lib/postgresql";
const [newest] = (existsSync(VERSIONS) ? readdirSync(VERSIONS) : [])
  .filter((version) => existsSync(join(VERSIONS, version, "bin", "initdb")))
  .sort((a, b) => Number(b) - Number(a));

/** Why PostgreSQL can't be run here, or nothing. */
export const whyNoPostgres = (): string | undefined =>
  newest === undefined ? `no PostgreSQL in ${VERSIONS}` : undefined;

const READY_SECONDS = 60;

export interface LocalPostgres {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Debian's PostgreSQL with its default settings but for the time zone, at a free port of loopback. Its data is in a folder that is removed with
 * it.
 * @throws when it is not installed.
 */
export async function startLocalPostgres(): Promise<LocalPostgres> {
  if (newest === undefined) throw new Error("PostgreSQL is needed: apt-get install postgresql");
  const folder = mkdtempSync(join(tmpdir(), "orders-"));
  // PostgreSQL's own user creates the data there.
  chmodSync(folder, 0o777);
  const data = join(folder, "data");
  runAsPostgres(postgresProgram("initdb"), ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8"]);
  const port = await freePort();
  const log = openSync(join(folder, "log"), "w");
  const settings = [
    "-c",
    "timezone=UTC",
    "-c",
    "listen_addresses=127.0.0.1",
    "-c",
    `unix_socket_directories=${folder}`,
  ];
  const [command, ...args] = asPostgres([postgresProgram("postgres"), "-D", data, "-p", `${port}`, ...settings]);
  // In a process group of its own, because Ctrl-C must first end the services that use it.
  const server = spawn(command, args, { cwd: folder, detached: true, stdio: ["ignore", "ignore", log] });
  closeSync(log);
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      // PostgreSQL's fast shutdown.
      server.kill("SIGINT");
      await once(server, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (const end = performance.now() + READY_SECONDS * 1000; !acceptsConnections(data); await wait(20)) {
    if (performance.now() < end && server.exitCode === null) continue;
    const text = readFileSync(join(folder, "log"), "utf8");
    await stop();
    throw new Error(`PostgreSQL must accept connections within ${READY_SECONDS} s, got:\n${text}`);
  }
  return { port, stop };
}

/** Whether the server of these data accepts connections. `pg_ctl` reads the same line of this file, the eighth. */
export function acceptsConnections(data: string): boolean {
  const file = join(data, "postmaster.pid");
  return existsSync(file) && readFileSync(file, "utf8").split("\n")[7]?.trim() === "ready";
}

/** The path of one of PostgreSQL's programs. */
export const postgresProgram = (name: string): string => join(VERSIONS, newest ?? "", "bin", name);

export function runAsPostgres(program: string, args: readonly string[]): void {
  const [command, ...rest] = asPostgres([program, ...args]);
  const { status, stdout, stderr } = spawnSync(command, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (status !== 0) throw new Error(`${program} failed:\n${stdout}${stderr}`);
}

/**
 * The command as PostgreSQL's user if this one is root, which PostgreSQL refuses. `setpriv` becomes the program, so
 * signals reach it.
 */
export const asPostgres = (command: readonly [string, ...string[]]): readonly [string, ...string[]] =>
  process.getuid?.() === 0
    ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", ...command]
    : command;
