import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port";

/** Where Debian has PostgreSQL, a folder a version. */
const VERSIONS = "/usr/lib/postgresql";

export interface LocalPostgres {
  readonly port: number;
  stop(): void;
}

/**
 * Debian's PostgreSQL as it comes, on a port of loopback that is free, with its data in a folder that goes with it.
 * @throws when it is not installed.
 */
export async function startLocalPostgres(): Promise<LocalPostgres> {
  const [version] = (existsSync(VERSIONS) ? readdirSync(VERSIONS) : []).sort((a, b) => Number(b) - Number(a));
  if (version === undefined) throw new Error("PostgreSQL is needed: apt-get install postgresql");
  const folder = mkdtempSync(join(tmpdir(), "orders-"));
  // PostgreSQL refuses to be root's.
  chmodSync(folder, 0o777);
  const port = await freePort();
  const postgres = (program: string, args: readonly string[]) =>
    runPostgres(join(VERSIONS, version, "bin", program), args);
  const data = join(folder, "data");
  postgres("initdb", ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8"]);
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder}`;
  postgres("pg_ctl", ["-D", data, "-w", "-l", join(folder, "log"), "-o", options, "start"]);
  return {
    port,
    stop: () => {
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
