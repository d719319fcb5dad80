import { spawnSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { RedisCache } from "../../../runtime/adapters/redis/redis-cache";
import { CacheUnavailableError } from "../../../runtime/cache/cache";
import { cacheProbe } from "../../../runtime/health/cache-probe";
import { ProductionHealthCheck } from "../../../runtime/health/production-health-check";
import type { Health } from "../../../runtime/metrics/production-metrics";
import { type RunningRedis, startRedis, whyNoRedis } from "../../support/servers/running-redis";
import { startRedisCluster } from "../../support/servers/running-redis-cluster";

/** The longest: what is found earlier is found because traffic has failed. */
const INTERVAL_MS = 300_000;
const PATIENCE_MS = 10_000;

const why = whyNoRedis();
(why === undefined ? describe : describe.skip)(
  `health of a cache that fails in real traffic${why ? `, skipped: ${why}` : ""}`,
  () => {
    const ends: (() => unknown)[] = [];
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
    });

    /** A service that answers queries from a database, which is well, and from this cache. */
    const serviceWith = async ({ host, port, stop }: RunningRedis, cluster: boolean) => {
      ends.push(stop);
      const cache = RedisCache.create({ host, port, plain: true, cluster });
      ends.push(() => cache.close());
      const probes = { readSide: { postgresPrimary: async () => {}, redis: cacheProbe(cache) } };
      const check = new ProductionHealthCheck({ probes, intervalMs: INTERVAL_MS });
      ends.push(() => check.stop());
      const until = async (health: Health) => {
        const began = performance.now();
        while (check.status.status !== health && performance.now() - began < PATIENCE_MS) await wait(5);
        expect(check.status.status).toBe(health);
      };
      check.start();
      await until("healthy");
      return { cache, until };
    };
    const redisCli = ({ port }: RunningRedis, ...command: readonly string[]) => {
      const { stdout } = spawnSync("redis-cli", ["-p", `${port}`, ...command], { encoding: "utf8" });
      expect(stdout.trim()).toBe("OK");
    };

    test.each([
      ["has no memory left", ["config", "set", "maxmemory", "1"], ["config", "set", "maxmemory", "0"]],
      ["has become a replica", ["replicaof", "127.0.0.1", "1"], ["replicaof", "no", "one"]],
      ["refuses its user writes", ["acl", "setuser", "default", "-@write"], ["acl", "setuser", "default", "+@write"]],
    ])("a server that %s: the service is degraded, until the cache is well", async (_, fault, remedy) => {
      const server = await startRedis();
      const { cache, until } = await serviceWith(server, false);
      redisCli(server, ...fault);
      await expect(cache.set("order 1", "a", 60)).rejects.toThrow(CacheUnavailableError);
      await until("degraded");
      redisCli(server, ...remedy);
      await until("healthy");
    });

    test("a server that answers nothing any more", async () => {
      const server = await startRedis();
      const { cache, until } = await serviceWith(server, false);
      server.freeze();
      await expect(cache.get("order 1")).rejects.toThrow(CacheUnavailableError);
      await until("degraded");
    });

    test("a cluster that is down", async () => {
      const cluster = await startRedisCluster();
      const { cache, until } = await serviceWith(cluster, true);
      await cluster.stop();
      await expect(cache.get("order 1")).rejects.toThrow(CacheUnavailableError);
      await until("degraded");
    }, 60_000);
  },
);
