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

test("a renewal that fails is tried again well before the password ends", async () => {
  jest.useFakeTimers();
  try {
    // As the pod's credentials that can't be had for a minute, at the first renewal.
    const begun = performance.now();
    const password = async () => {
      const passed = performance.now() - begun;
      if (passed >= 600_000 && passed < 660_000) throw new Error("no credentials");
      return `made after ${passed} ms`;
    };
    const seen: string[] = [];
    const listener = { onNext: ({ password: renewed = "" }) => void seen.push(renewed), onError: () => {} };
    const [, subscription] = await renewedCredentials("orders-app", password).subscribe(listener);
    await jest.advanceTimersByTimeAsync(899_000);
    expect(seen).toHaveLength(1);
    subscription.dispose();
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(seen).toHaveLength(1);
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});
