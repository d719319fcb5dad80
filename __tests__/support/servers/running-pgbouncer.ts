import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ended } from "../../../examples/orders/local/ended";
import { freePort } from "../../../examples/orders/local/free-port";
import { asPostgres } from "../../../examples/orders/local/postgres";
import { spawnServer } from "../test-run/spawn-server";
import { runFolder } from "../test-run/test-run";
import { isOpen } from "./open-port";
import type { RunningPostgres } from "./running-postgres";

const PATH = `${process.env.PATH}:/usr/sbin`;
const READY_SECONDS = 10;

/** Why PgBouncer can't be run here, or nothing. */
export const whyNoPgBouncer = (): string | undefined =>
  spawnSync("pgbouncer", ["--version"], { env: { PATH } }).status === 0 ? undefined : "no pgbouncer on the PATH";

/**
 * PgBouncer on loopback before a server, to which it lets everybody in as the server's user.
 * @param settings of its section `pgbouncer`
 */
export async function startPgBouncer(
  { host, port: serverPort, user, database }: RunningPostgres,
  settings: Readonly<Record<string, string | number>>,
): Promise<RunningPostgres> {
  const folder = mkdtempSync(join(runFolder(), "pgbouncer-"));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const own = { listen_addr: host, listen_port: port, unix_socket_dir: "", auth_type: "any", ...settings };
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(
    file,
    [
      "[databases]",
      `* = host=${host} port=${serverPort} user=${user}`,
      "[pgbouncer]",
      ...Object.entries(own).map(([key, value]) => `${key} = ${value}`),
      "",
    ].join("\n"),
  );
  // It refuses to be root.
  const pooler = spawnServer(asPostgres(["pgbouncer", "-q", file]), { cwd: folder, env: { PATH } });
  const stop = () => ended(pooler);
  for (let tries = 0; tries < READY_SECONDS * 20; tries++) {
    if (await isOpen(port))
      return { host, port, user, database, url: `postgres://${user}@${host}:${port}/${database}`, stop };
    await wait(50);
  }
  await stop();
  throw new Error(`PgBouncer was not ready in ${READY_SECONDS} s`);
}
