import { type ChildProcess, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../../examples/orders/local/free-port";
import { spawnServer } from "../test-run/spawn-server";
import { runFolder } from "../test-run/test-run";

export interface RunningPostgres {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly url: string;
  /** Ends it, with its folder. */
  stop(): Promise<void>;
}

/** Where Debian has them, a folder a version; the newest is taken. */
const VERSIONS = "/usr/lib/postgresql";
const [version] = (existsSync(VERSIONS) ? readdirSync(VERSIONS) : [])
  .filter((each) => existsSync(join(VERSIONS, each, "bin", "initdb")))
  .sort((a, b) => Number(b) - Number(a));

/** Why PostgreSQL can't be run here, or nothing. */
export const whyNoPostgres = (): string | undefined =>
  version === undefined ? `no PostgreSQL in ${VERSIONS}` : undefined;

const READY_SECONDS = 60;

/** A folder that a server may have: neither it nor its data may be root's. A socket's path has at most 107 bytes. */
export function folderForPostgres(): string {
  const folder = mkdtempSync(join(runFolder(), "postgres-"));
  chmodSync(folder, 0o777);
  return folder;
}

/** A new database cluster in `data`. `initdb` takes over a second, so it runs once, and then its result is copied. */
export function createCluster(data: string): void {
  const template = join(runFolder(), "postgres-template");
  if (!existsSync(template)) makeTemplate(template);
  runAsPostgres("cp", ["--archive", template, data]);
}

function makeTemplate(template: string): void {
  const folder = folderForPostgres();
  const data = join(folder, "data");
  runPostgres("initdb", ["-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"]);
  try {
    renameSync(data, template);
  } catch (error) {
    // Another worker was faster.
    if (!existsSync(template)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts a server for the cluster in the folder's `data`, on loopback, and waits until it accepts connections. */
export async function runServer(folder: string, ...settings: readonly string[]): Promise<RunningPostgres> {
  const [host, user, database] = ["127.0.0.1", "postgres", "postgres"];
  const port = await freePort();
  const own = ["-c", `listen_addresses=${host}`, "-c", `unix_socket_directories=${folder}`];
  const log = openSync(join(folder, "log"), "w");
  const server = spawnServer(
    asPostgres([executable("postgres"), "-D", join(folder, "data"), "-p", `${port}`, ...own, ...settings]),
    { cwd: folder, output: ["ignore", log] },
  );
  closeSync(log);
  const stop = async () => {
    await shutDown(server);
    rmSync(folder, { recursive: true, force: true });
  };
  for (const end = Date.now() + READY_SECONDS * 1000; !isReady(folder); await wait(20)) {
    if (Date.now() < end && server.exitCode === null) continue;
    const text = readFileSync(join(folder, "log"), "utf8");
    await stop();
    throw new Error(`PostgreSQL: must accept connections within ${READY_SECONDS} s, got:\n${text}`);
  }
  return { host, port, user, database, url: `postgres://${user}@${host}:${port}/${database}`, stop };
}

/** Whether the server accepts connections: `pg_ctl` reads it in the same place, the eighth line of this file. */
function isReady(folder: string): boolean {
  const file = join(folder, "data", "postmaster.pid");
  return existsSync(file) && readFileSync(file, "utf8").split("\n")[7]?.trim() === "ready";
}

/** PostgreSQL's immediate shutdown. */
async function shutDown(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const over = once(server, "exit");
  server.kill("SIGQUIT");
  await over;
}

/** Runs one of PostgreSQL's programs, as its own user where this one is root. */
export const runPostgres = (program: string, args: readonly string[]): void => runAsPostgres(executable(program), args);

const executable = (program: string): string => join(VERSIONS, version ?? "", "bin", program);

function runAsPostgres(program: string, args: readonly string[]): void {
  const [first = "", ...rest] = asPostgres([program, ...args]);
  const { status, stdout, stderr } = spawnSync(first, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (status !== 0) throw new Error(`${program} failed:\n${stdout}${stderr}`);
}

/** The command as PostgreSQL's user where this one is root. `setpriv` becomes the program, so signals reach it. */
const asPostgres = (command: readonly string[]): readonly string[] =>
  process.getuid?.() === 0
    ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", ...command]
    : command;
