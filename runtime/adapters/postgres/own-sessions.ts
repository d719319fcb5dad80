import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { Client, type ClientBase, type Pool } from "pg";
import { within } from "../../deadline";
import { SettingsError } from "../../settings";

/** Limits that the server keeps for a session, in milliseconds. */
export interface SessionLimits {
  readonly connectMilliseconds: number;
  readonly statementMilliseconds: number;
  readonly idleInTransactionMilliseconds: number;
}

/** What the probe of a pool may take, with a second connection. */
const PROBE_MS = 1_000;
/** A pooler that gives connections out in turn may give each of the two its own by chance. */
const ROUNDS = 3;
/** A setting of nobody's, which a session has for itself. */
const MARK = "cqrs.session";

/**
 * Sets each new connection up, and refuses a pooler that gives sessions no server process of their own: it would run
 * statements in other schemas and give one lock to many. No protocol tells, so that once in a pool's life two connections find
 * out. Each connection of a pool marks its session. A second connection, which does not, must see no mark, and the first one must
 * still see its own while the second one is in a transaction.
 *
 * Where no second connection answers within a second, as on a server that is full, nothing is found out, and the next new
 * connection tries again. A pooler that keeps sessions apart and does not reset them (`server_reset_query`) is refused, too.
 *
 * @returns what a pool takes as its `onConnect`.
 */
export function ownSessions(poolOf: () => Pool, limits: SessionLimits): (client: ClientBase) => Promise<void> {
  const { connectMilliseconds, statementMilliseconds, idleInTransactionMilliseconds } = limits;
  let probing: Promise<Outcome> | undefined;
  const setUp = async (client: ClientBase): Promise<void> => {
    const mark = randomUUID();
    // Not as parameters of the start, of which PgBouncer refuses those that it does not know.
    await client.query(`set statement_timeout to ${statementMilliseconds};
      set idle_in_transaction_session_timeout to ${idleInTransactionMilliseconds}; set ${MARK} to '${mark}'`);
    probing ??= probe(poolOf(), client, mark);
    const found = await probing;
    if (found === "unknown") probing = undefined;
    if (found === "shared") throw sharedError(poolOf());
  };
  return (client) =>
    within({ limitMs: connectMilliseconds + PROBE_MS }, (end) => {
      // A connection that is silent does not end in order either.
      end.addEventListener("abort", () => streamOf(client).destroy());
      return setUp(client);
    });
}

type Outcome = "own" | "shared" | "unknown";

async function probe(pool: Pool, client: ClientBase, mark: string): Promise<Outcome> {
  // With the same password, which may be a token: a second one need not be made.
  const { password } = client as ClientBase & { readonly password?: string };
  const other = new Client({ ...pool.options, password });
  other.on("error", () => undefined);
  try {
    return await within({ limitMs: PROBE_MS }, async () => {
      await other.connect();
      for (let round = 0; round < ROUNDS; round++) {
        await other.query("begin");
        if ((await markOf(other)) !== "" || (await markOf(client)) !== mark) return "shared";
        await other.query("commit");
      }
      return "own";
    });
  } catch (error) {
    // PgBouncer's words for the mode in which it ends a session that begins a transaction.
    return /statement pooling mode/.test(`${error}`) ? "shared" : "unknown";
  } finally {
    streamOf(other).destroy();
  }
}

/** Empty where there is none. */
async function markOf(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ mark: string }>(
    `select coalesce(current_setting('${MARK}', true), '') as mark`,
  );
  return rows[0]?.mark ?? "";
}

const streamOf = (client: ClientBase): Socket => (client as Client).connection.stream as Socket;

const sharedError = ({ options: { host, port } }: Pool): SettingsError =>
  new SettingsError([
    `${host}:${port}: must keep a session on one server process, got a pooler that shares them, as PgBouncer's pool_mode transaction: set pool_mode to session, or use PostgreSQL's own port`,
  ]);
