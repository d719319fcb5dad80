import type { Pool, PoolClient } from "pg";
import { onConnection } from "../../../../runtime/adapters/postgres/connection";
import { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { postgresPool } from "../../../../runtime/adapters/postgres/postgres-pool";
import { EventStoreUnavailableError } from "../../../../runtime/event-store/event-store";
import { poolOn } from "../../../support/runtime/read-models-on";
import { postgresOfSuite } from "../../../support/servers/postgres-of-suite";
import { whyNoPostgres } from "../../../support/servers/running-postgres";

const why = whyNoPostgres();
const CONNECTIONS = 3;
/** An error as the server sends it. */
const raise = (code: string) => `do $$ begin raise exception 'raised' using errcode = '${code}'; end $$`;
/** What another server would not answer with, or this one in a moment. */
const OF_SERVER = ["08006", "25006", "57P01", "57P02", "57P03", "58030"];

(why === undefined ? describe : describe.skip)(`evictions${why ? `, skipped: ${why}` : ""}`, () => {
  const own = postgresOfSuite();
  let pool: Pool;
  beforeEach(() => {
    pool = poolOn(own.server);
  });
  afterEach(() => pool.end());

  const pidOf = async (client: PoolClient): Promise<number> =>
    (await client.query<{ pid: number }>("select pg_backend_pid() as pid")).rows[0]?.pid ?? 0;
  /** Processes of as many connections, which are idle afterwards. */
  const pids = async (): Promise<readonly number[]> => {
    const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.connect()));
    const found = await Promise.all(clients.map(pidOf));
    for (const client of clients) client.release();
    return found;
  };
  /** Of the connections that there were before the work, how many there are after it. */
  const keptBy = async (work: () => Promise<unknown>): Promise<number> => {
    const before = await pids();
    await work();
    const after = await pids();
    return before.filter((pid) => after.includes(pid)).length;
  };
  const failingWith = (code: string, release: (client: PoolClient, error: Error) => void) => async () => {
    const client = await pool.connect();
    const error: Error = await client.query(raise(code)).then(
      () => new Error("no error"),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code });
    release(client, error);
  };

  test.each(OF_SERVER)(
    "of %s: the connection goes, and all idle ones, though the caller does not tell",
    async (code) => {
      expect(await keptBy(failingWith(code, (client) => client.release()))).toBe(0);
    },
  );

  test.each(["22012", "40001", "55P03", "57014"])("of %s: none goes", async (code) => {
    expect(await keptBy(failingWith(code, (client) => client.release()))).toBe(CONNECTIONS);
  });

  test("a connection that was answered so is not given to who waits for one", async () => {
    const { host, port, user, database } = own.server;
    const only = postgresPool({
      ...{ host, port, user, database, password: "", applicationName: "test", maxConnections: 1 },
    });
    try {
      const client = await only.connect();
      const pid = await pidOf(client);
      const next = only.connect();
      await client.query(raise("25006")).catch(() => undefined);
      client.release();
      const other = await next;
      const otherPid = await pidOf(other);
      other.release();
      expect(otherPid).not.toBe(pid);
    } finally {
      await only.end();
    }
  });

  test("the pool is told by an error that the caller gives, also as the cause of another", async () => {
    const told = Object.assign(new Error("read-only"), { code: "25006" });
    const telling = (error: Error) => async () => (await pool.connect()).release(error);
    expect(await keptBy(telling(told))).toBe(0);
    expect(await keptBy(telling(new EventStoreUnavailableError(told)))).toBe(0);
    expect(await keptBy(telling(new Error("another")))).toBe(CONNECTIONS - 1);
  });

  test.each([
    ["40001", CONNECTIONS - 1],
    ["22012", CONNECTIONS],
  ])("what fails with %s on a borrowed connection leaves %i", async (code, kept) => {
    const failing = () => onConnection(pool, undefined, (client) => client.query(raise(code))).catch(() => undefined);
    expect(await keptBy(failing)).toBe(kept);
  });

  test("a check whether the server takes writes, which has no error of the server, evicts all", async () => {
    const { user } = own.server;
    await own.pool.query(`alter role ${user} set default_transaction_read_only = on`);
    try {
      const store = new PostgresEventStore({ pool });
      const checking = async () =>
        expect(store.checkWritable()).rejects.toMatchObject({ cause: { name: "ReadOnlyServerError" } });
      expect(await keptBy(checking)).toBe(0);
    } finally {
      await own.pool.query(`begin read write; alter role ${user} reset default_transaction_read_only; commit`);
    }
  });
});
