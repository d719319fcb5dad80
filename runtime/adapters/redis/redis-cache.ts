import { createClient, createCluster, type RedisClientOptions } from "@redis/client";
import { type Cache, CacheUnavailableError, checkEntry, checkKey } from "../../cache/cache";
import { pause, within } from "../../deadline";
import type { Reading } from "../../event-store/event-store";
import { Failures } from "../../failures";
import { linkTo } from "./redis-link";
import { checkRedisSettings, type RedisSettings } from "./redis-settings";

/** What is used of a client: it is the same of one server and of a cluster. */
interface Commands {
  get(key: string): Promise<string | null>;
  set(
    key: string,
    value: string,
    options: { readonly expiration: { readonly type: "EX"; readonly value: number } },
  ): Promise<unknown>;
  unlink(key: string): Promise<unknown>;
}

/** Ours: of a whole attempt, from TCP to the nodes of a cluster, between hosts of one Region. */
const CONNECT_MS = 1000;
/** Ours: a cache that takes longer is slower than what it spares. */
const COMMAND_MS = 500;
const MAX_PAUSE_MS = 2000;
/** Half a minute of a silence that no command breaks. */
const PING_MS = 30_000;
/** A younger client is not replaced: until the failover, the cluster names the lost node to each new one, too. */
const LEAST_AGE_MS = 1000;

type Address = Pick<RedisSettings, "host" | "port">;

/** A client that is connected. */
interface Connection {
  readonly commands: Commands;
  readonly madeAt: number;
  /** Where it was made, and nodes of a cluster by what they have said of each other: any of them knows the others. */
  readonly addresses: () => readonly Address[];
  readonly end: () => void;
}

/**
 * Redis or Valkey, one server or a cluster. A server that is away fails at once; the connection comes back by itself. A command
 * that fails has the client replaced, at most once a second, by one that asks anew which nodes there are, as after a failover.
 */
export class RedisCache implements Cache {
  readonly failures = new Failures();
  /** None until it is connected for the first time. */
  private connection: Connection | undefined;
  private isConnecting = false;
  private readonly closing = new AbortController();

  private constructor(private readonly settings: RedisSettings) {
    void this.connect([settings]);
  }

  /**
   * Begins to connect, and waits for nothing.
   * @throws {SettingsError} for what no connection could be made with.
   */
  static create(settings: RedisSettings): RedisCache {
    checkRedisSettings(settings);
    return new RedisCache(settings);
  }

  async get(key: string, { signal }: Reading = {}): Promise<string | undefined> {
    checkKey(key);
    return this.asked(signal, async (commands) => (await commands.get(this.keyOf(key))) ?? undefined);
  }

  async set(key: string, value: string, seconds: number, { signal }: Reading = {}): Promise<void> {
    checkEntry(key, value, seconds);
    const expiration = { type: "EX", value: seconds } as const;
    await this.asked(signal, (commands) => commands.set(this.keyOf(key), value, { expiration }));
  }

  async delete(key: string, { signal }: Reading = {}): Promise<void> {
    checkKey(key);
    await this.asked(signal, (commands) => commands.unlink(this.keyOf(key)));
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.connection?.end();
  }

  private keyOf(key: string): string {
    return `${this.settings.keyPrefix ?? ""}${key}`;
  }

  private async asked<Result>(
    signal: AbortSignal | undefined,
    ask: (commands: Commands) => Promise<Result>,
  ): Promise<Result> {
    const { connection } = this;
    try {
      if (connection === undefined) throw new Error("not connected yet");
      return await within({ limitMs: COMMAND_MS, signals: [signal] }, () => ask(connection.commands));
    } catch (error) {
      if (connection !== undefined) this.replace(connection);
      this.failures.report();
      throw new CacheUnavailableError(error);
    }
  }

  /** Neither a connection that hangs nor a node that is away reports it: what is asked does. */
  private replace(failed: Connection): void {
    if (this.isConnecting || failed !== this.connection || performance.now() - failed.madeAt < LEAST_AGE_MS) return;
    void this.connect([...failed.addresses(), this.settings]);
  }

  /** Tries one address after the other until one answers. What is connected already answers meanwhile. */
  private async connect(addresses: readonly Address[]): Promise<void> {
    const { signal } = this.closing;
    this.isConnecting = true;
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        this.take(await connectionTo(addresses[tries % addresses.length] as Address, this.settings, signal));
        return;
      } catch {
        await pause(pauseOf(tries), signal).catch(() => undefined);
      }
    }
  }

  private take(next: Connection): void {
    const { connection: former, closing } = this;
    this.connection = next;
    this.isConnecting = false;
    if (closing.signal.aborted) next.end();
    // Other nodes may yet answer what they were asked.
    if (former !== undefined) void pause(COMMAND_MS, closing.signal).then(former.end, former.end);
  }
}

/** Pods that lost it together do not come back together. */
const pauseOf = (tries: number): number => Math.min(50 * 2 ** tries, MAX_PAUSE_MS) * (0.5 + Math.random() / 2);

/** @throws for what does not answer within the limit of an attempt. */
async function connectionTo(
  { host, port }: Address,
  { credentials, ca, plain = false, cluster = false }: RedisSettings,
  closing: AbortSignal,
): Promise<Connection> {
  const options: RedisClientOptions = {
    ...(credentials && { credentialsProvider: credentials }),
    pingInterval: PING_MS,
    socket: {
      host,
      port,
      ...(plain ? {} : { tls: true, ca, minVersion: "TLSv1.2" }),
    } as RedisClientOptions["socket"],
  };
  const madeAt = performance.now();
  const { client, end } = await linkTo({ limitMs: CONNECT_MS, signals: [closing] }, options, (bounded) =>
    cluster
      ? // It connects to a node once it asks it: at the start, one that is away is nothing to wait for.
        createCluster({ rootNodes: [{ socket: { host, port } }], defaults: bounded, minimizeConnections: true })
      : createClient(bounded),
  );
  return {
    commands: client as unknown as Commands,
    madeAt,
    addresses: () => [{ host, port }, ...((client as { readonly masters?: readonly Address[] }).masters ?? [])],
    end,
  };
}
