import { spawnSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { type RunningRedis, startRedis } from "./running-redis";

export interface RunningRedisCluster extends RunningRedis {
  /** A primary with another address than the cluster's. */
  readonly other: RunningRedis;
  /** Ends or freezes the primary with the cluster's address. @returns what resolves once another has its slots */
  losePrimary(how: "ended" | "frozen"): Promise<{ readonly failedOver: Promise<void> }>;
}

const PRIMARIES = 3;
/** A replica takes its primary's place also before it has been given all data. */
const OPTIONS = [
  ...["--cluster-enabled", "yes", "--cluster-node-timeout", "1000"],
  ...["--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0"],
];
const MAX_TRIES = 600;
const PAUSE_MS = 50;

/** Three primaries that share the slots, each with as many replicas.  */
export async function startRedisCluster(replicas = 0): Promise<RunningRedisCluster> {
  const count = PRIMARIES * (1 + replicas);
  const nodes = await Promise.all(Array.from({ length: count }, () => startRedis(...OPTIONS)));
  const addresses = nodes.map(({ host, port }) => `${host}:${port}`);
  const options = ["--cluster-replicas", `${replicas}`, "--cluster-yes"];
  const made = spawnSync("redis-cli", ["--cluster", "create", ...addresses, ...options], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`redis-cli failed:\n${made.stdout}${made.stderr}`);
  const [lost, other] = nodes;
  if (lost === undefined || other === undefined) throw new Error("no node");
  const gone = new Set<number>();
  const whole = async () => {
    for (let tries = 0; !isWhole(other, count, gone); tries++) {
      if (tries > MAX_TRIES) throw new Error("the cluster did not come together");
      await wait(PAUSE_MS);
    }
  };
  await whole();
  return {
    ...lost,
    other,
    losePrimary: async (how) => {
      gone.add(lost.port);
      if (how === "frozen") lost.freeze();
      else await lost.stop();
      return { failedOver: whole() };
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

/** Whether all nodes know each other, and those that live have all slots. */
function isWhole({ port }: RunningRedis, count: number, gone: ReadonlySet<number>): boolean {
  const ask = (...command: readonly string[]) =>
    spawnSync("redis-cli", ["-p", `${port}`, "cluster", ...command], { encoding: "utf8" }).stdout;
  const nodes = ask("nodes").trim().split("\n");
  const isLost = (node: string) => /\d+-\d+$/.test(node) && gone.has(Number(/:(\d+)@/.exec(node)?.[1]));
  const isKnown = nodes.length === count && !nodes.some((node) => node.includes("handshake"));
  return isKnown && !nodes.some(isLost) && ask("info").includes("cluster_state:ok");
}
