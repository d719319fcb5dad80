import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { type PostgresProbe, postgresProbe } from "../../../../runtime/adapters/postgres/postgres-probe";
import { FaultyProxy } from "../../../support/servers/faulty-proxy";
import { startReplica } from "../../../support/servers/postgres-replica";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";

const why = whyNoPostgres();
const { signal } = new AbortController();

(why === undefined ? describe : describe.skip)(`a replica${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let primary: RunningPostgres;
  let replica: RunningPostgres;
  let onPrimary: Client;
  let onReplica: Client;
  let probe: PostgresProbe;

  beforeAll(async () => {
    primary = await startPostgres();
    onPrimary = new Client(primary.url);
    await onPrimary.connect();
    await onPrimary.query("create table checkpoints (position text)");
    replica = await startReplica(primary);
    onReplica = new Client(replica.url);
    await onReplica.connect();
    const { host, port, user, database } = replica;
    probe = postgresProbe({ connection: { host, port, user, database }, table: "checkpoints", role: "replica" });
  }, 60_000);
  afterAll(async () => {
    probe.close();
    await onPrimary.end();
    await onReplica.end();
    await replica.stop();
    await primary.stop();
  });
  const delay = async () => Number((await probe.probe(signal)).found?.replayDelaySeconds);
  /** What was replayed last is of so many seconds ago. */
  const idleSeconds = async () => {
    const { rows } = await onReplica.query(
      "select extract(epoch from now() - pg_last_xact_replay_timestamp())::float8 as seconds",
    );
    return rows[0].seconds;
  };

  test("is not behind while its primary has nothing to do, however long", async () => {
    await onPrimary.query("insert into checkpoints values ('1/1')");
    await wait(1500);
    expect(await idleSeconds()).toBeGreaterThan(1);
    expect(await probe.probe(signal)).toEqual({
      status: "healthy",
      found: { role: "replica", replayDelaySeconds: 0 },
    });
  });

  test("is behind by as long as it has not replayed what it received", async () => {
    await onReplica.query("select pg_wal_replay_pause()");
    await onPrimary.query("insert into checkpoints values ('2/2')");
    await wait(1500);
    expect(await delay()).toBeGreaterThan(1);
    await onReplica.query("select pg_wal_replay_resume()");
    const end = Date.now() + 5000;
    while ((await delay()) > 0 && Date.now() < end) await wait(50);
    expect(await delay()).toBe(0);
  });

  test("is not asked any more once its name leads to the primary", async () => {
    const proxy = await FaultyProxy.start(replica);
    const { user, database } = replica;
    const { host, port } = proxy;
    const made = postgresProbe({ connection: { host, port, user, database }, table: "checkpoints" });
    try {
      expect((await made.probe(signal)).found?.role).toBe("replica");
      proxy.leadTo(primary);
      expect((await made.probe(signal)).found?.role).toBe("primary");
    } finally {
      made.close();
      await proxy.stop();
    }
  });

  test("is no primary", async () => {
    const { host, port, user, database } = replica;
    const made = postgresProbe({ connection: { host, port, user, database }, table: "checkpoints", role: "primary" });
    await expect(made.probe(signal)).rejects.toThrow("role: must be primary, got replica");
  });
});
