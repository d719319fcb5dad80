import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ended } from "../../../examples/orders/local/ended";
import { freePort } from "../../../examples/orders/local/free-port";
import {
  acceptsConnections,
  asPostgres,
  postgresProgram,
  runAsPostgres,
} from "../../../examples/orders/local/postgres";
import { spawnServer } from "../test-run/spawn-server";
import { runFolder } from "../test-run/test-run";

/** PostgreSQL's immediate shutdown. */
const IMMEDIATE = "SIGQUIT";

export interface RunningPostgres {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly url: string;
  /** Ends it, with its folder. */
  stop(): Promise<void>;
}

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
  const options = ["--auth=trust", "--no-sync", "--encoding=UTF8"];
  runAsPostgres(postgresProgram("initdb"), ["-D", data, "-U", "postgres", ...options]);
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
  const own = ["-c", "timezone=UTC", "-c", `listen_addresses=${host}`, "-c", `unix_socket_directories=${folder}`];
  const log = openSync(join(folder, "log"), "w");
  const server = spawnServer(
    asPostgres([postgresProgram("postgres"), "-D", join(folder, "data"), "-p", `${port}`, ...own, ...settings]),
    { cwd: folder, output: ["ignore", log] },
  );
  closeSync(log);
  const stop = async () => {
    await ended(server, IMMEDIATE);
    rmSync(folder, { recursive: true, force: true });
  };
  for (const end = Date.now() + READY_SECONDS * 1000; !acceptsConnections(join(folder, "data")); await wait(20)) {
    if (Date.now() < end && server.exitCode === null) continue;
    const text = readFileSync(join(folder, "log"), "utf8");
    await stop();
    throw new Error(`PostgreSQL: must accept connections within ${READY_SECONDS} s, got:\n${text}`);
  }
  return { host, port, user, database, url: `postgres://${user}@${host}:${port}/${database}`, stop };
}
