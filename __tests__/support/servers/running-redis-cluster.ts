import { spawnSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { type RunningRedis, startRedis } from "./running-redis";

/** Three primaries that share the slots. */
export async function startRedisCluster(): Promise<RunningRedis> {
  const nodes = await Promise.all(
    [1, 2, 3].map(() => startRedis("--cluster-enabled", "yes", "--cluster-node-timeout", "1000")),
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
    },
  };
}

const isWhole = ({ port }: RunningRedis): boolean =>
  spawnSync("redis-cli", ["-p", `${port}`, "cluster", "info"], { encoding: "utf8" }).stdout.includes(
    "cluster_state:ok",
  );
