import { setMaxListeners } from "node:events";
import type { RedisClientOptions } from "@redis/client";
import { type Bounds, within } from "../../deadline";

/** What is used of a client to connect it: it is the same of one server and of a cluster. */
interface Connectable {
  on(event: "error", listener: (error: unknown) => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
}

/** A client that is connected, and what ends it with all its sockets. */
export interface Link<Client> {
  readonly client: Client;
  readonly end: () => void;
}

/**
 * Options whose sockets and whose subscription for credentials end with a link. The client's own `connectTimeout` ends only
 * TCP's part of an attempt, and its `destroy` reaches neither a socket that is being connected nor the one by which a cluster is
 * discovered. What is lost is not connected again here, because that would be an attempt without a limit.
 */
function optionsUntil(ended: AbortSignal, options: RedisClientOptions): RedisClientOptions {
  const { credentialsProvider: credentials, socket } = options;
  return {
    ...options,
    disableOfflineQueue: true,
    socket: { ...socket, signal: ended, reconnectStrategy: false } as RedisClientOptions["socket"],
    ...(credentials?.type === "streaming-credentials-provider" && {
      credentialsProvider: {
        ...credentials,
        subscribe: async (listener) => {
          const [initial, subscription] = await credentials.subscribe(listener);
          if (ended.aborted) subscription.dispose();
          else ended.addEventListener("abort", () => subscription.dispose(), { once: true });
          return [initial, subscription];
        },
      },
    }),
  };
}

/**
 * Connects a client. The bounds are those of the whole attempt: TCP, TLS, credentials, sign-in, and the discovery of a cluster.
 *
 * @param make makes the client with the options that it is given.
 * @throws as {@link within}; nothing of the attempt is left then.
 */
export async function linkTo<Client extends Connectable>(
  bounds: Bounds,
  options: RedisClientOptions,
  make: (options: RedisClientOptions) => Client,
): Promise<Link<Client>> {
  const ended = new AbortController();
  // A cluster has a socket for each node.
  setMaxListeners(0, ended.signal);
  const client = make(optionsUntil(ended.signal, options));
  // Each is also thrown by whatever is asked.
  client.on("error", () => undefined);
  const end = () => {
    ended.abort();
    client.destroy();
  };
  try {
    await within(bounds, () => client.connect());
    return { client, end };
  } catch (error) {
    end();
    throw error;
  }
}
