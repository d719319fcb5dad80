import { spawnSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { createClient } from "@redis/client";
import { RedisCache } from "../../../../runtime/adapters/redis/redis-cache";
import { linkTo } from "../../../../runtime/adapters/redis/redis-link";
import { redisProbe } from "../../../../runtime/adapters/redis/redis-probe";
import { renewedCredentials } from "../../../../runtime/adapters/redis/renewed-credentials";
import { type RunningRedis, startRedis, whyNoRedis } from "../../../support/servers/running-redis";

const why = whyNoRedis();
/** Of one silent attempt, and of what has the cache make it. */
const RECOVERY_MS = 5000;
/** Ours: less than the limit of an attempt. */
const CLOSE_MS = 500;

/** A fake before a real server: the connections with these numbers, from 1, are accepted and never answered. */
class Relay {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  accepted = 0;

  private constructor(target: { readonly port: number }, silent: readonly number[]) {
    this.server = createServer((client) => {
      const ends = [client];
      this.accepted++;
      if (silent.includes(this.accepted)) client.resume();
      else ends.push(client.pipe(connect(target)));
      ends[1]?.pipe(client);
      for (const end of ends) {
        this.sockets.add(end);
        end.on("error", () => undefined).on("close", () => ends.forEach((each) => void each.destroy()));
      }
    });
  }

  static async start(target: { readonly port: number }, silent: readonly number[]): Promise<Relay> {
    const relay = new Relay(target, silent);
    relay.server.listen(0, "127.0.0.1");
    await once(relay.server, "listening");
    return relay;
  }

  get address() {
    return { host: "127.0.0.1", port: (this.server.address() as AddressInfo).port };
  }

  reset(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** What was answered until now is not answered any more; its sockets stay. */
  freeze(): void {
    for (const socket of this.sockets) socket.unpipe().resume();
  }

  stop(): void {
    this.server.close();
    this.reset();
  }
}

async function untilAnswered(cache: RedisCache): Promise<void> {
  const end = performance.now() + RECOVERY_MS;
  while (performance.now() < end) {
    const isAnswered = await cache.get("a").then(
      () => true,
      () => wait(5),
    );
    if (isAnswered === true) return;
  }
  throw new Error(`not answered within ${RECOVERY_MS} ms`);
}

(why === undefined ? describe : describe.skip)(`Redis that goes silent${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningRedis;
  const ended: (() => unknown)[] = [];
  beforeAll(async () => {
    server = await startRedis();
  });
  afterEach(async () => {
    for (const end of ended.splice(0)) await end();
  });
  afterAll(() => server.stop());
  const relayed = async (silent: readonly number[]) => {
    const relay = await Relay.start(server, silent);
    ended.push(() => relay.stop());
    return relay;
  };
  const cacheAt = (address: { host: string; port: number }, settings: object = {}): RedisCache => {
    const cache = RedisCache.create({ ...address, plain: true, ...settings });
    ended.push(() => cache.close());
    return cache;
  };

  /** A fake that accepts and never answers, and its first connection whose handshake has begun. */
  const silentServer = async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    ended.push(() => silent.close());
    await once(silent, "listening");
    const asked = once(silent, "connection").then(async ([socket]: Socket[]) => {
      await once(socket as Socket, "data");
      return socket as Socket;
    });
    return { address: { host: "127.0.0.1", port: (silent.address() as AddressInfo).port }, asked };
  };
  const closed = (socket: Socket) => once(socket, "close", { signal: AbortSignal.timeout(CLOSE_MS) });

  test("at the start: another connection is made", async () => {
    const relay = await relayed([1, 2]);
    await untilAnswered(cacheAt(relay.address));
  }, 20_000);

  test("on the connection that is there, and on the one that replaces it", async () => {
    const relay = await relayed([2]);
    const cache = cacheAt(relay.address);
    await untilAnswered(cache);
    relay.freeze();
    await untilAnswered(cache);
    expect(relay.accepted).toBe(3);
  }, 20_000);

  test("whoever has the password: it is asked for once more", async () => {
    let asked = 0;
    const password = () => (++asked === 1 ? new Promise<string>(() => undefined) : Promise.resolve(""));
    await untilAnswered(cacheAt(server, { credentials: renewedCredentials("default", password) }));
    expect(asked).toBe(2);
  }, 20_000);

  test("a password that comes after its connection has ended is not renewed for it", async () => {
    const subscribed = new EventEmitter();
    const credentials = {
      type: "streaming-credentials-provider",
      subscribe: () =>
        new Promise((resolve) => {
          subscribed.emit("subscribed", (dispose: () => void) => resolve([{ username: "default" }, { dispose }]));
        }),
      onReAuthenticationError: () => undefined,
    };
    const cache = cacheAt(server, { credentials });
    const [answer] = await once(subscribed, "subscribed");
    await cache.close();
    await new Promise<void>((disposed) => answer(disposed));
  });

  test.each([true, false])("close() ends what is being connected (cluster: %j)", async (cluster) => {
    const silent = await silentServer();
    const cache = cacheAt(silent.address, { cluster });
    const socket = await silent.asked;
    await cache.close();
    await closed(socket);
  });

  test("a probe that is ended ends its connection", async () => {
    const silent = await silentServer();
    const run = new AbortController();
    const asked = redisProbe({ connection: { socket: silent.address } }).probe(run.signal);
    const socket = await silent.asked;
    run.abort(new Error("too late"));
    await expect(asked).rejects.toThrow("too late");
    await closed(socket);
  });

  test("a client that has lost its server does not try it without a limit, it ends", async () => {
    const relay = await relayed([]);
    const { client, end } = await linkTo({}, { socket: relay.address }, (options) => createClient(options));
    ended.push(end);
    const over = once(client, "terminated", { signal: AbortSignal.timeout(CLOSE_MS) });
    relay.reset();
    await over;
  });

  test("a server that refuses each command is connected to once a second, not with each of them", async () => {
    spawnSync("redis-cli", ["-p", `${server.port}`, "acl", "setuser", "nobody", "on", ">pw", "~*", "-@all", "+hello"]);
    const relay = await relayed([]);
    const credentials = renewedCredentials("nobody", async () => "pw");
    const cache = cacheAt(relay.address, { credentials });
    const end = performance.now() + 2500;
    while (performance.now() < end) await cache.get("a").catch(() => wait(5));
    expect(relay.accepted).toBeLessThanOrEqual(3);
    expect(relay.accepted).toBeGreaterThanOrEqual(2);
  }, 20_000);
});
