import { Socket } from "node:net";
import { Client, type ClientConfig } from "pg";
import { within } from "../../deadline";
import type { Finding } from "../../health/probe";

export interface PostgresProbeProps {
  /** How to connect; the probe has a connection of its own, so that busy ones of the service say nothing of the server. */
  readonly connection: ClientConfig;
  /** A table that the service reads, best of all that of the checkpoints: `read_models.checkpoints`. */
  readonly table: string;
  /** What the server must be: a replica that was promoted, or a primary that is none any more, is the wrong one. @default - either */
  readonly role?: "primary" | "replica";
}

export interface PostgresProbe {
  readonly probe: (signal: AbortSignal) => Promise<Finding>;
  /** Ends the connection that is kept between two runs. */
  close(): void;
}

interface Link {
  readonly client: Client;
  /** Its own, as the client can't be ended while it connects. */
  readonly socket: Socket;
  readonly connected: Promise<unknown>;
}

interface Row {
  readonly replica: boolean;
  readonly delay: number;
}

/** A probe's own default limit; a probe's signal may come earlier. */
const LIMIT_MS = 2000;
/** As the alert ReadReplicaLagging has it. */
const DEGRADED_DELAY_SECONDS = 30;
const TABLE = /^[a-z_][a-z0-9_]{0,62}(?:\.[a-z_][a-z0-9_]{0,62})?$/;

/**
 * Whether PostgreSQL answers, what it is, and how far it is behind. A replica that has replayed all it received is not
 * behind, however long its primary has had nothing to do.
 * @throws {RangeError} for a table's name that can't be.
 */
export function postgresProbe({ connection, table, role }: PostgresProbeProps): PostgresProbe {
  if (!TABLE.test(table)) throw new RangeError(`table: must be like read_models.checkpoints, got ${table}`);
  const query = `
    select pg_is_in_recovery() as replica,
      case when pg_is_in_recovery() and pg_last_wal_receive_lsn() is distinct from pg_last_wal_replay_lsn()
        then coalesce(extract(epoch from now() - pg_last_xact_replay_timestamp()), 0) else 0 end::float8 as delay,
      exists (select from ${table})`;
  let kept: Link | undefined;
  return {
    probe: async (signal) => {
      signal.throwIfAborted();
      // A connection whose answer was waited for in vain never answers anything any more: it goes with the run.
      const link = kept === undefined || kept.socket.destroyed ? linkTo(connection) : kept;
      kept = undefined;
      try {
        const { rows } = await within({ signals: [signal] }, async () => {
          await link.connected;
          return link.client.query<Row>(query);
        });
        const finding = findingOf(rows, role);
        // A name that leads to a standby may lead elsewhere soon, which reads do not show: it is looked up each time.
        if (finding.found?.role === "primary") kept = link;
        else link.socket.destroy();
        return finding;
      } catch (error) {
        link.socket.destroy();
        throw error;
      }
    },
    close: () => {
      kept?.socket.destroy();
      kept = undefined;
    },
  };
}

function linkTo(connection: ClientConfig): Link {
  const socket = new Socket();
  const client = new Client({
    application_name: "health",
    ...connection,
    connectionTimeoutMillis: LIMIT_MS,
    query_timeout: LIMIT_MS,
    stream: () => socket,
  });
  // One that breaks while nobody asks is replaced by the next run; otherwise whoever asks is told.
  client.on("error", () => socket.destroy());
  return { client, socket, connected: client.connect() };
}

function findingOf([row]: readonly Row[], role: string | undefined): Finding {
  const actual = row?.replica ? "replica" : "primary";
  if (role !== undefined && actual !== role) throw new Error(`role: must be ${role}, got ${actual}`);
  const replayDelaySeconds = row?.delay ?? 0;
  return {
    status: replayDelaySeconds > DEGRADED_DELAY_SECONDS ? "degraded" : "healthy",
    found: { role: actual, replayDelaySeconds },
  };
}
