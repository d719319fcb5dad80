import { createClient, type RedisClientOptions } from "@redis/client";
import { within } from "../../deadline";
import type { Finding } from "../../health/probe";
import { type Link, linkTo } from "./redis-link";

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

/** Half of a probe's own limit, for the whole attempt. */
const CONNECT_MS = 1000;
const ROLES: Readonly<Record<string, string>> = { master: "primary", slave: "replica" };

/** Whether Redis or Valkey answers, what it is, and whether it hears of its primary. */
export function redisProbe({ connection, role }: RedisProbeProps): RedisProbe {
  let kept: Link<ReturnType<typeof createClient>> | undefined;
  const close = () => {
    kept?.end();
    kept = undefined;
  };
  return {
    probe: async (signal) => {
      if (kept?.client.isReady !== true) close();
      kept ??= await linkTo({ limitMs: CONNECT_MS, signals: [signal] }, connection, (options) => createClient(options));
      const { client } = kept;
      try {
        return await within({ signals: [signal] }, async () => {
          await client.ping();
          return findingOf(await client.info("replication"), role);
        });
      } catch (error) {
        // A connection whose answer was waited for in vain never answers anything any more: it goes with the run.
        close();
        throw error;
      }
    },
    close,
  };
}

function findingOf(info: string, role: string | undefined): Finding {
  const fields = new Map(info.split(/\r?\n/).map((line) => line.split(":", 2) as [string, string]));
  const actual = ROLES[fields.get("role") ?? ""];
  if (actual === undefined) throw new Error("role: must be that of a primary or a replica, got something else");
  if (role !== undefined && actual !== role) throw new Error(`role: must be ${role}, got ${actual}`);
  const linked = actual === "primary" || fields.get("master_link_status") === "up";
  return { status: linked ? "healthy" : "degraded", found: { role: actual, linked } };
}
