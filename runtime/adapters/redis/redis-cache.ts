import { createClient, createCluster, type RedisClientOptions } from "@redis/client";
import { type Cache, CacheUnavailableError, checkEntry, checkKey } from "../../cache/cache";
import { within } from "../../deadline";
import type { Reading } from "../../event-store/event-store";
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

/** Between hosts of one Region, with TLS. */
const CONNECT_MS = 1000;
/** Ours: a cache that takes longer is slower than what it spares. */
const COMMAND_MS = 500;
const MAX_RECONNECT_MS = 2000;
/** Half a minute of a silence that no command breaks. */
const PING_MS = 30_000;

/** Ours: a client with so many unanswered commands within the time is replaced, also if other nodes answer. */
const MAX_UNANSWERED = 3;
const UNANSWERED_MS = 10_000;
/** A younger client is not replaced: until the failover, the cluster names the lost node to each new one, too. */
const LEAST_AGE_MS = 1000;
/**
 * A node of a cluster that is away is given up after so many tries, in less than a second. A client that tries it without end
 * waits for it at the start, and after a failover indefinitely, although other nodes know which one has its slots.
 */
const NODE_TRIES = 4;

type Address = Pick<RedisSettings, "host" | "port">;

const addressOf = ({ host, port }: Address): Address => ({ host, port });

/** A client, and what ends it. */
interface Link {
  readonly commands: Commands;
  readonly isReady: () => boolean;
  /** Resolves once it is connected. */
  readonly connected: Promise<void>;
  readonly madeAt: number;
  /** Nodes of a cluster by what they have said of each other: any of them knows the others. */
  readonly nodes: () => readonly Address[];
  readonly end: () => void;
}

/**
 * Redis or Valkey, one server or a cluster. A server that is away fails at once; the connection comes back by itself. Commands
 * that are not answered have the client replaced by one that asks anew which nodes there are, as after a failover.
 */
export class RedisCache implements Cache {
  private link: Link;
  /** It takes the link's place once it is connected. */
  private next: Link | undefined;
  private unanswered = 0;
  private unansweredSince = 0;
  private isClosed = false;

  private constructor(private readonly settings: RedisSettings) {
    this.link = linkTo(settings);
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
    return this.asked(signal, async () => (await this.link.commands.get(this.keyOf(key))) ?? undefined);
  }

  async set(key: string, value: string, seconds: number, { signal }: Reading = {}): Promise<void> {
    checkEntry(key, value, seconds);
    const expiration = { type: "EX", value: seconds } as const;
    await this.asked(signal, () => this.link.commands.set(this.keyOf(key), value, { expiration }));
  }

  async delete(key: string, { signal }: Reading = {}): Promise<void> {
    checkKey(key);
    await this.asked(signal, () => this.link.commands.unlink(this.keyOf(key)));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.link.end();
    this.next?.end();
  }

  private keyOf(key: string): string {
    return `${this.settings.keyPrefix ?? ""}${key}`;
  }

  /** Neither a connection that hangs nor a node that is away reports it, so the client is replaced by count. */
  private missed(link: Link): void {
    const now = performance.now();
    if (now - this.unansweredSince > UNANSWERED_MS) {
      this.unanswered = 0;
      this.unansweredSince = now;
    }
    this.unanswered++;
    const isTried = this.next !== undefined || link !== this.link || !link.isReady();
    if (this.isClosed || isTried || this.unanswered < MAX_UNANSWERED || now - link.madeAt < LEAST_AGE_MS) return;
    const next = linkTo(this.settings, link.nodes());
    this.next = next;
    void next.connected.then(() => {
      if (this.isClosed) return;
      this.link = next;
      this.next = undefined;
      this.unanswered = 0;
      // Other nodes may yet answer what they were asked.
      setTimeout(link.end, COMMAND_MS);
    });
  }

  private async asked<Result>(signal: AbortSignal | undefined, ask: () => Promise<Result>): Promise<Result> {
    const { link } = this;
    try {
      return await within({ limitMs: COMMAND_MS, signals: [signal] }, ask);
    } catch (error) {
      this.missed(link);
      throw new CacheUnavailableError(error);
    }
  }
}

const optionsOf = ({ credentials, ca, plain = false, cluster = false }: RedisSettings): RedisClientOptions => ({
  ...(credentials && { credentialsProvider: credentials }),
  // What waits for a server that is away would come all at once when it is back.
  disableOfflineQueue: true,
  pingInterval: PING_MS,
  socket: {
    ...(plain ? {} : { tls: true, ca, minVersion: "TLSv1.2" }),
    connectTimeout: CONNECT_MS,
    reconnectStrategy: cluster ? (tries: number) => (tries < NODE_TRIES ? pauseOf(tries) : false) : pauseOf,
  } as RedisClientOptions["socket"],
});

/** @param known nodes of the cluster, where the one of the settings may be the one that is away */
function linkTo(settings: RedisSettings, known: readonly Address[] = []): Link {
  const { host, port, cluster = false } = settings;
  const options = optionsOf(settings);
  const client = cluster
    ? createCluster({
        rootNodes: [settings, ...known].map((node) => ({ socket: addressOf(node) })),
        defaults: options,
        // It connects to a node once it asks it: at the start, one that is away is nothing to wait for.
        minimizeConnections: true,
      })
    : createClient({ ...options, socket: { ...options.socket, host, port } as RedisClientOptions["socket"] });
  // Each is also thrown by whatever is asked.
  client.on("error", () => undefined);
  return {
    commands: client as unknown as Commands,
    isReady: () => client.isReady,
    madeAt: performance.now(),
    nodes: () => ((client as { readonly masters?: readonly Address[] }).masters ?? []).map(addressOf),
    ...keepConnected(client),
  };
}

interface Connectable {
  connect(): Promise<unknown>;
  destroy(): void;
}

/** A server is tried for ever by its own strategy; a cluster gives up when no node tells it of the others. */
function keepConnected(client: Connectable): Pick<Link, "connected" | "end"> {
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const connected = new Promise<void>((resolve) => {
    const connect = (tries: number): void => {
      client.connect().then(
        () => resolve(),
        () => {
          if (!isClosed) timer = setTimeout(() => connect(tries + 1), pauseOf(tries));
        },
      );
    };
    connect(0);
  });
  const end = () => {
    isClosed = true;
    clearTimeout(timer);
    try {
      client.destroy();
    } catch {
      // It was not open.
    }
  };
  return { connected, end };
}

/** Pods that lost it together do not come back together. */
const pauseOf = (tries: number): number => Math.min(50 * 2 ** tries, MAX_RECONNECT_MS) * (0.5 + Math.random() / 2);
