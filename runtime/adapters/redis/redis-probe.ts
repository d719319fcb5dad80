import { createClient, type RedisClientOptions } from "@redis/client";
import { within } from "../../deadline";
import type { Finding } from "../../health/probe";

export interface RedisProbeProps {
  /** How to connect; the probe has a connection of its own. */
  readonly connection: RedisClientOptions;
  /** What the server must be. @default - either */
  readonly role?: "primary" | "replica";
}

export interface RedisProbe {
  readonly probe: (signal: AbortSignal) => Promise<Finding>;
  close(): void;
}

type Connection = ReturnType<typeof connectionTo>;

/** Half of a probe's own limit. */
const CONNECT_MS = 1000;
const ROLES: Readonly<Record<string, string>> = { master: "primary", slave: "replica" };

/** Whether Redis or Valkey answers, what it is, and whether it hears of its primary. */
export function redisProbe({ connection, role }: RedisProbeProps): RedisProbe {
  let kept: Connection | undefined;
  return {
    probe: async (signal) => {
      // A connection whose answer was waited for in vain never answers anything any more: it goes with the run.
      const client = kept?.isReady ? kept : connectionTo(connection);
      kept = undefined;
      try {
        const finding = await within({ signals: [signal] }, async () => {
          if (!client.isReady) await client.connect();
          await client.ping();
          return findingOf(await client.info("replication"), role);
        });
        kept = client;
        return finding;
      } catch (error) {
        end(client);
        throw error;
      }
    },
    close: () => {
      if (kept !== undefined) end(kept);
      kept = undefined;
    },
  };
}

function connectionTo(options: RedisClientOptions) {
  const client = createClient({
    ...options,
    disableOfflineQueue: true,
    socket: { ...options.socket, connectTimeout: CONNECT_MS, reconnectStrategy: false } as RedisClientOptions["socket"],
  });
  // Each is also thrown by whatever was asked.
  client.on("error", () => {});
  return client;
}

/** One that is closed refuses to be closed again. */
function end(client: Connection): void {
  if (client.isOpen) client.destroy();
}

function findingOf(info: string, role: string | undefined): Finding {
  const fields = new Map(info.split(/\r?\n/).map((line) => line.split(":", 2) as [string, string]));
  const actual = ROLES[fields.get("role") ?? ""];
  if (actual === undefined) throw new Error("role: must be that of a primary or a replica, got something else");
  if (role !== undefined && actual !== role) throw new Error(`role: must be ${role}, got ${actual}`);
  const linked = actual === "primary" || fields.get("master_link_status") === "up";
  return { status: linked ? "healthy" : "degraded", found: { role: actual, linked } };
}
