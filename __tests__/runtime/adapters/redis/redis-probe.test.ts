import { createClient } from "@redis/client";
import { type RedisProbe, redisProbe } from "../../../../runtime/adapters/redis/redis-probe";
import { type RunningRedis, startRedis, whyNoRedis } from "../../../support/servers/running-redis";

const why = whyNoRedis();
const { signal } = new AbortController();

(why === undefined ? describe : describe.skip)(`with Redis${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let primary: RunningRedis;
  let replica: RunningRedis;
  const probes: RedisProbe[] = [];
  const probeOf = (server: RunningRedis, role?: "primary" | "replica"): RedisProbe => {
    const made = redisProbe({ connection: { url: server.url, name: "health" }, role });
    probes.push(made);
    return made;
  };
  /** What a client of ours finds of the probe's connections. */
  async function connections(server: RunningRedis): Promise<readonly string[]> {
    const client = await createClient({ url: server.url }).connect();
    const list = `${await client.sendCommand(["CLIENT", "LIST"])}`;
    client.destroy();
    return list.split("\n").filter((line) => line.includes("name=health"));
  }

  beforeAll(async () => {
    // By default a primary waits five seconds for more replicas.
    primary = await startRedis("--repl-diskless-sync-delay", "0");
    replica = await startRedis("--replicaof", primary.host, `${primary.port}`);
  });
  afterEach(() => {
    for (const probe of probes.splice(0)) probe.close();
  });
  afterAll(async () => {
    await replica.stop();
    await primary.stop();
  });

  test("finds a primary", async () => {
    expect(await probeOf(primary, "primary").probe(signal)).toEqual({
      status: "healthy",
      found: { role: "primary", linked: true },
    });
  });

  test.each([
    ["a primary", "replica", () => primary],
    ["a replica", "primary", () => replica],
  ] as const)("finds that %s is no %s", async (_, role, server) => {
    await expect(probeOf(server(), role).probe(signal)).rejects.toThrow(`role: must be ${role}, got`);
  });

  test("finds a replica that hears of its primary, and one that does not any more", async () => {
    const { probe } = probeOf(replica, "replica");
    const until = async (status: string) => {
      const end = Date.now() + 8000;
      while ((await probe(signal)).status !== status && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return probe(signal);
    };
    expect(await until("healthy")).toEqual({ status: "healthy", found: { role: "replica", linked: true } });
    const client = await createClient({ url: replica.url }).connect();
    await client.sendCommand(["REPLICAOF", "127.0.0.1", "1"]);
    expect(await until("degraded")).toEqual({ status: "degraded", found: { role: "replica", linked: false } });
    await client.sendCommand(["REPLICAOF", primary.host, `${primary.port}`]);
    client.destroy();
  }, 20_000);

  test("keeps one connection from run to run, and none once it is closed", async () => {
    const probe = probeOf(primary);
    await probe.probe(signal);
    await probe.probe(signal);
    expect(await connections(primary)).toHaveLength(1);
    probe.close();
    expect(await connections(primary)).toHaveLength(0);
  });

  test("is well again at once when its connection was ended while it was idle", async () => {
    const probe = probeOf(primary);
    await probe.probe(signal);
    const client = await createClient({ url: primary.url }).connect();
    await client.sendCommand(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    client.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await probe.probe(signal)).status).toBe("healthy");
  });

  test("ends with its signal, and so does its connection", async () => {
    const probe = probeOf(primary);
    await probe.probe(signal);
    const client = await createClient({ url: primary.url }).connect();
    await client.sendCommand(["CLIENT", "PAUSE", "1000", "ALL"]);
    const abort = new AbortController();
    const run = probe.probe(abort.signal);
    setTimeout(() => abort.abort(), 50);
    await expect(run).rejects.toThrow();
    await client.sendCommand(["PING"]);
    client.destroy();
    expect(await connections(primary)).toHaveLength(0);
  });
});
