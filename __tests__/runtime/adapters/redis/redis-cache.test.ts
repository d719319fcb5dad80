import { spawnSync } from "node:child_process";
import { RedisCache } from "../../../../runtime/adapters/redis/redis-cache";
import { CacheUnavailableError } from "../../../../runtime/cache/cache";
import { CachedAnswers } from "../../../../runtime/cache/cached-answers";
import { SettingsError } from "../../../../runtime/settings";
import { FaultyProxy } from "../../../support/servers/faulty-proxy";
import { type RunningRedis, startRedis, whyNoRedis } from "../../../support/servers/running-redis";
import { startRedisCluster } from "../../../support/servers/running-redis-cluster";
import { cacheContract } from "../../cache/contract";

const why = whyNoRedis();
const plain = { plain: true, keyPrefix: "app:" } as const;

(why === undefined ? describe : describe.skip)(`a cache in Redis${why ? `, skipped: ${why}` : ""}`, () => {
  describe("one server", () => {
    cacheContract(async () => {
      const server = await startRedis();
      return { cache: RedisCache.create({ ...server, ...plain }), stop: server.stop };
    });
  });

  describe("a cluster", () => {
    cacheContract(async () => {
      const cluster = await startRedisCluster();
      return { cache: RedisCache.create({ ...cluster, ...plain, cluster: true }), stop: cluster.stop };
    });
  });

  describe("behind a proxy that fails", () => {
    let server: RunningRedis;
    let proxy: FaultyProxy;
    let cache: RedisCache;
    const isThere = () =>
      cache.get("a").then(
        () => true,
        () => false,
      );
    const untilThere = async () => {
      while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    beforeAll(async () => {
      server = await startRedis();
    });
    afterAll(() => server.stop());
    beforeEach(async () => {
      proxy = await FaultyProxy.start(server);
      cache = RedisCache.create({ host: proxy.host, port: proxy.port, ...plain });
      await untilThere();
    });
    afterEach(async () => {
      await cache.close();
      await proxy.stop();
    });

    test("each key begins as the user's keys must", async () => {
      await cache.set("order 1", "a", 60);
      const { stdout } = spawnSync("redis-cli", ["-p", `${server.port}`, "get", "app:order 1"], { encoding: "utf8" });
      expect(stdout.trim()).toBe("a");
    });

    test.each(["refused", "hanging", "resetting", "garbage"] as const)(
      "%s: it says so within its limit, and comes back by itself",
      async (fault) => {
        await proxy.break(fault);
        let failures = 0;
        const unwatch = cache.failures.listen(() => {
          failures++;
        });
        const started = Date.now();
        await expect(cache.get("a")).rejects.toThrow(CacheUnavailableError);
        expect(Date.now() - started).toBeLessThan(1500);
        expect(failures).toBe(1);
        unwatch();
        await proxy.mend();
        await untilThere();
      },
      60_000,
    );

    test("a query is answered without it, and says so", async () => {
      await proxy.break("hanging");
      const failures: Error[] = [];
      const answers = new CachedAnswers({ cache, limitMs: 50, failed: (error) => failures.push(error) });
      expect(await answers.getOrLoad("a", 60, async () => 7)).toBe(7);
      expect(failures[0]).toBeInstanceOf(CacheUnavailableError);
    });
  });

  test("a server that is not there yet is waited for", async () => {
    const server = await startRedis();
    const proxy = await FaultyProxy.start(server);
    await proxy.break("refused");
    const cache = RedisCache.create({ host: proxy.host, port: proxy.port, ...plain });
    await expect(cache.get("a")).rejects.toThrow(CacheUnavailableError);
    await proxy.mend();
    while (
      !(await cache.get("a").then(
        () => true,
        () => false,
      ))
    )
      await new Promise((resolve) => setTimeout(resolve, 20));
    await cache.close();
    await proxy.stop();
    await server.stop();
  }, 20_000);
});

test.each([
  [{ host: "cache.example.com", port: 6379, plain: true }, "plain: must be false for a host that is not this machine"],
  [{ host: "", port: 6379 }, "host: must be given"],
  [{ host: "localhost", port: 0, plain: true }, "port: must be 1 to 65535, got 0"],
])("%j stops the start", (settings, problem) => {
  expect(() => RedisCache.create(settings)).toThrow(new SettingsError([problem]));
});
