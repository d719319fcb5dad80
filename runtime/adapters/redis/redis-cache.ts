import { createClient, createCluster, type RedisClientOptions } from "@redis/client";
import { type Cache, CacheUnavailableError, checkEntry, checkKey } from "../../cache/cache";
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

/** Ours: so many commands of a connection that is said to be there, one after the other, and it is given up. */
const MAX_UNANSWERED = 3;

/** A client, and what ends it. */
interface Link {
  readonly commands: Commands;
  readonly isReady: () => boolean;
  readonly end: () => void;
}

/** Redis or Valkey, one server or a cluster. A server that is away fails at once; the connection comes back by itself. */
export class RedisCache implements Cache {
  private link: Link;
  private unanswered = 0;
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

  get(key: string, { signal }: Reading = {}): Promise<string | undefined> {
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
  }

  private keyOf(key: string): string {
    return `${this.settings.keyPrefix ?? ""}${key}`;
  }

  /** A connection that hangs says nothing of it: nobody but us would give it up. */
  private missed(link: Link): void {
    if (this.isClosed || link !== this.link || !link.isReady() || ++this.unanswered < MAX_UNANSWERED) return;
    this.unanswered = 0;
    link.end();
    this.link = linkTo(this.settings);
  }

  private async asked<Result>(signal: AbortSignal | undefined, ask: () => Promise<Result>): Promise<Result> {
    const { link } = this;
    let timer: NodeJS.Timeout | undefined;
    let end = () => {};
    const ended = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${COMMAND_MS} ms`)), COMMAND_MS);
      end = () => reject(signal?.reason);
      if (signal?.aborted) end();
      signal?.addEventListener("abort", end, { once: true });
    });
    try {
      const asking = ask();
      // What comes later is nobody's.
      asking.catch(() => undefined);
      const answer = await Promise.race([asking, ended]);
      this.unanswered = 0;
      return answer;
    } catch (error) {
      this.missed(link);
      throw new CacheUnavailableError(error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    }
  }
}

const optionsOf = ({ credentials, ca, plain = false }: RedisSettings): RedisClientOptions => ({
  ...(credentials && { credentialsProvider: credentials }),
  // What waits for a server that is away would come all at once when it is back.
  disableOfflineQueue: true,
  pingInterval: PING_MS,
  socket: {
    ...(plain ? {} : { tls: true, ca, minVersion: "TLSv1.2" }),
    connectTimeout: CONNECT_MS,
    reconnectStrategy: pauseOf,
  } as RedisClientOptions["socket"],
});

function linkTo(settings: RedisSettings): Link {
  const { host, port, cluster = false } = settings;
  const options = optionsOf(settings);
  const socket = { ...options.socket, host, port } as RedisClientOptions["socket"];
  const client = cluster
    ? createCluster({ rootNodes: [{ ...options, socket }], defaults: options })
    : createClient({ ...options, socket });
  // Each is also thrown by whatever is asked.
  client.on("error", () => undefined);
  return {
    commands: client as unknown as Commands,
    // A cluster's nodes come and go beneath it.
    isReady: () => client.isOpen && (!("isReady" in client) || client.isReady),
    end: keepConnected(client),
  };
}

interface Connectable {
  connect(): Promise<unknown>;
  destroy(): void;
}

/**
 * A server is tried for ever by its own strategy; a cluster gives up when no node tells it of the others.
 * @returns what ends it.
 */
function keepConnected(client: Connectable): () => void {
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const connect = (tries: number): void => {
    client.connect().catch(() => {
      if (!isClosed) timer = setTimeout(() => connect(tries + 1), pauseOf(tries));
    });
  };
  connect(0);
  return () => {
    isClosed = true;
    clearTimeout(timer);
    try {
      client.destroy();
    } catch {
      // It was not open.
    }
  };
}

/** Pods that lost it together do not come back together. */
const pauseOf = (tries: number): number => Math.min(50 * 2 ** tries, MAX_RECONNECT_MS) * (0.5 + Math.random() / 2);
