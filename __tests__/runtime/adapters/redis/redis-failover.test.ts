import { setTimeout as wait } from "node:timers/promises";
import { RedisCache } from "../../../../runtime/adapters/redis/redis-cache";
import { type RunningRedis, whyNoRedis } from "../../../support/servers/running-redis";
import { type RunningRedisCluster, startRedisCluster } from "../../../support/servers/running-redis-cluster";

const why = whyNoRedis();
const plain = { plain: true, cluster: true } as const;
/** Keys of all three primaries: slots 15495, 3300 and 7365. */
const KEYS = ["a", "b", "c"];
/** After the cluster is well again. */
const RECOVERY_MS = 2000;

/** Callers who ask without pause, each for a key, and when each key was answered last. */
function askedAlways(cache: RedisCache) {
  const answeredAt = new Map<string, number>();
  let isOver = false;
  const asking = KEYS.map(async (key) => {
    while (!isOver) {
      await cache.get(key).then(
        () => answeredAt.set(key, performance.now()),
        () => wait(5),
      );
    }
  });
  const answeredSince = async (since: number, limitMs: number): Promise<number> => {
    while (!KEYS.every((key) => (answeredAt.get(key) ?? 0) > since)) {
      if (performance.now() - since > limitMs)
        throw new Error(`no answer of ${KEYS.filter((key) => (answeredAt.get(key) ?? 0) <= since)}`);
      await wait(10);
    }
    return performance.now() - since;
  };
  const stop = async () => {
    isOver = true;
    await Promise.all(asking);
  };
  return { answeredSince, answeredAt, stop };
}

(why === undefined ? describe : describe.skip)(
  `a cluster that loses a primary${why ? `, skipped: ${why}` : ""}`,
  () => {
    let cluster: RunningRedisCluster;
    beforeAll(async () => {
      cluster = await startRedisCluster(1);
    }, 60_000);
    const ended: (() => Promise<void>)[] = [];
    afterAll(async () => {
      for (const end of ended) await end();
      await cluster.stop();
    });

    test("under load: who was there and who comes meanwhile are answered again", async () => {
      const opened = ({ host, port }: RunningRedis) => {
        const cache = RedisCache.create({ host, port, ...plain });
        const load = askedAlways(cache);
        ended.push(load.stop, () => cache.close());
        return load;
      };
      // It knows the cluster by the very node that is lost.
      const load = opened(cluster);
      await load.answeredSince(performance.now(), 10_000);
      const { failedOver } = await cluster.losePrimary();
      const lostAt = performance.now();
      // A pod that starts while the cluster still names the lost one.
      const late = opened(cluster.other);
      await failedOver;
      const wellAt = performance.now();
      expect([...load.answeredAt.values()].filter((at) => at > lostAt).length).toBeGreaterThanOrEqual(2);
      await Promise.all([load, late].map((each) => each.answeredSince(wellAt, RECOVERY_MS)));
    }, 60_000);
  },
);
