import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ended } from "./ended";
import { freePort } from "./free-port";
import { startLocalPostgres } from "./postgres";

export interface LocalStores {
  readonly postgresPort: number;
  readonly redisPort: number;
  stop(): Promise<void>;
}

/**
 * Debian's PostgreSQL and Redis, on ports of loopback that are free.
 * @throws when one of them is not installed.
 */
export async function startLocalStores(): Promise<LocalStores> {
  if (spawnSync("redis-server", ["--version"]).status !== 0)
    throw new Error("Redis is needed: apt-get install redis-server");
  const postgres = await startLocalPostgres();
  const redisPort = await freePort();
  // A new folder, because Redis loads a dump.rdb that it finds in the folder where it starts.
  const folder = mkdtempSync(join(tmpdir(), "orders-redis-"));
  const options = ["--port", `${redisPort}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder];
  const redis = spawn("redis-server", options, { stdio: "ignore" });
  return {
    postgresPort: postgres.port,
    redisPort,
    stop: async () => {
      await ended(redis);
      rmSync(folder, { recursive: true });
      await postgres.stop();
    },
  };
}
