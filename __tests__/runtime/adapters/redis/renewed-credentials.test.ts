import { spawnSync } from "node:child_process";
import { RedisCache } from "../../../../runtime/adapters/redis/redis-cache";
import { renewedCredentials } from "../../../../runtime/adapters/redis/renewed-credentials";
import { startRedis, whyNoRedis } from "../../../support/servers/running-redis";

const why = whyNoRedis();

(why === undefined ? test : test.skip)(
  `a connection signs in anew, with each password in its time${why ? `, skipped: ${why}` : ""}`,
  async () => {
    const server = await startRedis();
    const redis = (...args: readonly string[]) =>
      spawnSync("redis-cli", ["-p", `${server.port}`, ...args], { encoding: "utf8" }).stdout;
    let count = 0;
    const password = async () => {
      count++;
      // Only the newest password is good, as if each old one had ended: a sign-in has as long as it takes to the next.
      redis("acl", "setuser", "orders-app", "reset", "on", `>token-${count}`, "~app:*", "+@all");
      return `token-${count}`;
    };
    const credentials = renewedCredentials("orders-app", password, 400);
    const cache = RedisCache.create({ ...server, plain: true, keyPrefix: "app:", credentials });
    while (count < 5) await new Promise((resolve) => setTimeout(resolve, 20));
    await cache.set("a", "b", 60);
    expect(await cache.get("a")).toBe("b");
    expect(redis("acl", "log")).not.toContain("orders-app");
    await cache.close();
    await server.stop();
  },
  60_000,
);
