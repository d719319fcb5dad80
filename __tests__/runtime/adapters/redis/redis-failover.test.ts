import { setTimeout as wait } from "node:timers/promises";
import { RedisCache } from "../../../../runtime/adapters/redis/redis-cache";
import { type RunningRedis, whyNoRedis } from "../../../support/servers/running-redis";
import { type RunningRedisCluster, startRedisCluster } from "../../../support/servers/running-redis-cluster";

const why = whyNoRedis();
const plain = { plain: true, cluster: true } as const;
/** Keys of all three primaries: slots 15495, 3300 and 7365. */
const KEYS = ["a", "b", "c"];
const STARTED_MS = 10_000;
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
  const answeredSince = async (since: number, limitMs: number, leastKeys = KEYS.length): Promise<void> => {
    const unanswered = () => KEYS.filter((key) => (answeredAt.get(key) ?? 0) <= since);
    while (KEYS.length - unanswered().length < leastKeys) {
      if (performance.now() - since > limitMs) throw new Error(`no answer of ${unanswered()} within ${limitMs} ms`);
      await wait(10);
    }
  };
  const stop = async () => {
    isOver = true;
    await Promise.all(asking);
  };
  return { answeredSince, stop };
}

(why === undefined ? describe : describe.skip)(
  `a cluster that loses a primary${why ? `, skipped: ${why}` : ""}`,
  () => {
    let cluster: RunningRedisCluster;
    beforeEach(async () => {
      cluster = await startRedisCluster(1);
    }, 60_000);
    const ended: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const end of ended.splice(0)) await end();
      await cluster.stop();
    });
    const opened = ({ host, port }: RunningRedis) => {
      const cache = RedisCache.create({ host, port, ...plain });
      const load = askedAlways(cache);
      ended.push(load.stop, () => cache.close());
      return load;
    };

    test.each(["ended", "frozen"] as const)(
      "%s, under load: who was there and who comes meanwhile are answered again",
      async (how) => {
        // It knows the cluster by the very node that is lost.
        const load = opened(cluster);
        await load.answeredSince(performance.now(), STARTED_MS);
        const { failedOver } = await cluster.losePrimary(how);
        const lostAt = performance.now();
        let isFailedOver = false;
        const well = failedOver.then(() => {
          isFailedOver = true;
          return performance.now();
        });
        // A pod that starts while the cluster still names the lost one.
        const late = opened(cluster.other);
        await Promise.all([load, late].map((each) => each.answeredSince(lostAt, STARTED_MS, KEYS.length - 1)));
        expect(isFailedOver).toBe(false);
        const wellAt = await well;
        await Promise.all([load, late].map((each) => each.answeredSince(wellAt, RECOVERY_MS)));
      },
      60_000,
    );
  },
);
