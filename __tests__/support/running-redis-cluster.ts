import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type RunningRedis, startRedis } from "./running-redis";

/** Three primaries that share the slots. */
export async function startRedisCluster(): Promise<RunningRedis> {
  const folder = mkdtempSync(join(tmpdir(), "redis-cluster-"));
  const nodes = await Promise.all(
    [1, 2, 3].map((number) =>
      startRedis(
        "--cluster-enabled",
        "yes",
        "--cluster-config-file",
        join(folder, `${number}.conf`),
        "--cluster-node-timeout",
        "1000",
      ),
    ),
  );
  const addresses = nodes.map(({ host, port }) => `${host}:${port}`);
  const made = spawnSync("redis-cli", ["--cluster", "create", ...addresses, "--cluster-yes"], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`redis-cli failed:\n${made.stdout}${made.stderr}`);
  const [first] = nodes;
  if (first === undefined) throw new Error("no node");
  for (let tries = 0; !isWhole(first); tries++) {
    if (tries > 100) throw new Error("the cluster did not come together");
    await wait(100);
  }
  return {
    ...first,
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const isWhole = ({ port }: RunningRedis): boolean =>
  spawnSync("redis-cli", ["-p", `${port}`, "cluster", "info"], { encoding: "utf8" }).stdout.includes(
    "cluster_state:ok",
  );
