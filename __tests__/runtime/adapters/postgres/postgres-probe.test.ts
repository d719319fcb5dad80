import { Client } from "pg";
import { type PostgresProbe, postgresProbe } from "../../../../runtime/adapters/postgres/postgres-probe";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";

const why = whyNoPostgres();
const { signal } = new AbortController();

test.each(["Checkpoints", "a.b.c", "a; drop table a", "", `"a"`])("refuses %p as the name of a table", (table) => {
  expect(() => postgresProbe({ connection: {}, table })).toThrow(
    new RangeError(`table: must be like read_models.checkpoints, got ${table}`),
  );
});

(why === undefined ? describe : describe.skip)(`with PostgreSQL${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let server: RunningPostgres;
  let sql: Client;
  const probes: PostgresProbe[] = [];
  const probeOf = (props: { role?: "primary" | "replica"; table?: string; user?: string }): PostgresProbe => {
    const { role, table = "checkpoints", user = server.user } = props;
    const { host, port, database } = server;
    const made = postgresProbe({ connection: { host, port, user, database }, table, role });
    probes.push(made);
    return made;
  };
  const connections = async () => {
    const { rows } = await sql.query("select pid from pg_stat_activity where application_name = 'health'");
    return rows.map(({ pid }) => pid);
  };

  beforeAll(async () => {
    server = await startPostgres();
    sql = new Client(server.url);
    await sql.connect();
    await sql.query("create table checkpoints (position text)");
  }, 60_000);
  afterEach(() => {
    for (const probe of probes.splice(0)) probe.close();
  });
  afterAll(async () => {
    await sql.end();
    await server.stop();
  });

  test("finds a primary, which is behind nobody", async () => {
    expect(await probeOf({ role: "primary" }).probe(signal)).toEqual({
      status: "healthy",
      found: { role: "primary", replayDelaySeconds: 0 },
    });
  });

  test("finds that a replica is none", async () => {
    await expect(probeOf({ role: "replica" }).probe(signal)).rejects.toThrow("role: must be replica, got primary");
  });

  test("fails without the table", async () => {
    await expect(probeOf({ table: "projections.checkpoints" }).probe(signal)).rejects.toThrow("does not exist");
  });

  test("fails for a user that the server does not have", async () => {
    await expect(probeOf({ user: "nobody" }).probe(signal)).rejects.toThrow('role "nobody" does not exist');
  });

  test("keeps one connection from run to run, and none once it is closed", async () => {
    const probe = probeOf({});
    await probe.probe(signal);
    const first = await connections();
    await probe.probe(signal);
    expect(await connections()).toEqual(first);
    expect(first).toHaveLength(1);
    probe.close();
    await expectSoon(connections, []);
  });

  test("is well again at once when its connection was ended while it was idle", async () => {
    const probe = probeOf({});
    await probe.probe(signal);
    await sql.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'health'");
    await expectSoon(connections, []);
    expect((await probe.probe(signal)).status).toBe("healthy");
  });

  test("ends with its signal, and so does its connection", async () => {
    const probe = probeOf({});
    await probe.probe(signal);
    await sql.query("begin; lock table checkpoints");
    const abort = new AbortController();
    const run = probe.probe(abort.signal);
    const gone = new Error("the run is over");
    setTimeout(() => abort.abort(gone), 50);
    await expect(run).rejects.toBe(gone);
    await sql.query("rollback");
    await expectSoon(connections, []);
  });
});

/** The server sees a little later than the client that a connection has ended. */
async function expectSoon<T>(actual: () => Promise<T>, expected: T): Promise<void> {
  const end = Date.now() + 3000;
  while (Date.now() < end && JSON.stringify(await actual()) !== JSON.stringify(expected)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await actual()).toEqual(expected);
}
