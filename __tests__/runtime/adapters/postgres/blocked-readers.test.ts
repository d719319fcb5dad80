import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { inventoryRows, orderRows, TABLES } from "../../../../examples/orders/read-models";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresReadModels } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { eventStoreProbe } from "../../../../runtime/health/event-store-probe";
import { ProductionHealthCheck } from "../../../../runtime/health/production-health-check";
import { projectionProbe } from "../../../../runtime/health/projection-probe";
import { ProductionMetrics } from "../../../../runtime/metrics/production-metrics";
import { blocksOf, Runbooks } from "../../../support/documents/runbooks";
import { opsEnvironment } from "../../../support/runtime/cqrs-ops";
import { cqrsOpsInProcess } from "../../../support/runtime/cqrs-ops-in-process";
import { poolOn } from "../../../support/runtime/read-models-on";
import { storeOn } from "../../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { allOf, newEvents, newStream } from "../../event-store/events";

/** Acknowledged while nobody reads: enough that a projection is degraded. */
const EVENTS = 1_200;
const AGE_SECONDS = 120;
const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(`with PostgreSQL${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let server: RunningPostgres;
  let store: PostgresEventStore;
  /** Of another database of the same server. */
  let other: Client;

  beforeAll(async () => {
    server = await startPostgres("max_prepared_transactions=1");
    store = await storeOn(server, "event_store");
    const sql = new Client(server.url);
    await sql.connect();
    await sql.query("create database other");
    await sql.end();
    other = new Client({ ...server, database: "other", application_name: "a batch" });
    await other.connect();
    await other.query("create table written (id int)");
  }, 60_000);
  afterAll(async () => {
    await Promise.all([store.close(), other.end()]);
    await server.stop();
  });
  beforeEach(() => other.query("begin; insert into written values (1)"));
  afterEach(async () => {
    await other.query("rollback");
    await other.query("rollback prepared 'left'").catch(() => undefined);
  });

  /** Appends as long ago as it takes to be noticed. */
  const appended = async (): Promise<void> => {
    const stream = newStream();
    await store.append(stream, newEvents(EVENTS), "no_stream");
    const pool = poolOn(server);
    const earlier = `update event_store.events set created = created - interval '${AGE_SECONDS} s' where stream = $1`;
    await pool.query(earlier, [stream]);
    await pool.end();
  };
  const isOld = (seconds: number) => seconds >= AGE_SECONDS && seconds < AGE_SECONDS + 60;

  test("events that no reader gets are counted, with their age", async () => {
    const { length } = await allOf(store.readAll(undefined));
    const head = await store.head();
    await appended();
    expect(await allOf(store.readAll(undefined))).toHaveLength(length);
    expect(await store.countAfter(head, 10_000)).toMatchObject({ count: EVENTS });
    const { count, oldest } = await store.countUnreadable(10_000);
    expect(count).toBe(EVENTS);
    expect(isOld((Date.now() - (oldest?.getTime() ?? 0)) / 1000)).toBe(true);
    expect(await store.countUnreadable(7)).toMatchObject({ count: 7 });

    await other.query("rollback");
    expect(await store.countUnreadable(10_000)).toEqual({ count: 0, oldest: undefined });
    expect(await allOf(store.readAll(head))).toHaveLength(EVENTS);
  });

  test("health is degraded, and metrics say why", async () => {
    const metrics = new ProductionMetrics({ commandTypes: [], queryTypes: [] });
    const checkpoint = (await store.head()) ?? { major: 0n, minor: 0n };
    const health = new ProductionHealthCheck({
      metrics,
      probes: {
        eventStore: { connection: eventStoreProbe(store) },
        projections: { orders: projectionProbe({ eventStore: store, checkpoints: async () => [checkpoint] }) },
      },
    });
    expect(await health.checkSystem()).toMatchObject({ status: "healthy" });
    await appended();
    const { components } = await health.checkSystem();
    expect(components).toMatchObject([
      {
        name: "EventStore",
        status: "degraded",
        details: { connection: { found: { unreadable: { events: EVENTS } } } },
      },
      { name: "Projections", status: "degraded", details: { lag: EVENTS } },
    ]);
    const { body } = await metrics.exposition();
    const value = (name: string) => Number(new RegExp(`^${name} (.+)$`, "m").exec(body)?.[1]);
    expect(value("cqrs_event_store_unreadable_events")).toBe(EVENTS);
    expect(isOld(value("cqrs_event_store_unreadable_seconds"))).toBe(true);
    expect(value('cqrs_projection_lag_events{projection="orders"}')).toBe(EVENTS);
    expect(isOld(value('cqrs_projection_lag_seconds{projection="orders"}'))).toBe(true);
  });

  test("cqrs-ops lag counts them, and names the runbook", async () => {
    const environment = opsEnvironment(server);
    const models = new PostgresReadModels({ primary: poolOn(server) });
    await models.migrate(TABLES);
    const to = (await store.head()) ?? { major: 1n, minor: 1n };
    for (const { name: projection } of [orderRows, inventoryRows]) {
      for (let number = 0; number < Number(environment.PROJECTION_PARTITIONS); number += 1) {
        const partition = { projection, number, of: Number(environment.PROJECTION_PARTITIONS) };
        await models.project(partition, { from: undefined, to }, async () => {});
      }
    }
    await models.close();
    await appended();
    const { code, out } = await cqrsOpsInProcess(["--json", "lag", "--limit", "5000"], environment);
    const { unreadable, projections } = JSON.parse(out);
    expect({ code, unreadable }).toMatchObject({ code: 1, unreadable: { events: EVENTS } });
    expect(projections).toMatchObject([{ events: EVENTS }, { events: EVENTS }]);
    expect(projections.every(({ seconds }: { readonly seconds: number }) => isOld(seconds))).toBe(true);
    expect((await cqrsOpsInProcess(["lag", "--limit", "5000"], environment)).out).toContain(
      `not readable yet: ${EVENTS} committed events, the oldest `,
    );
  });

  describe("its runbook's query", () => {
    const [query = ""] = blocksOf("sql", new Runbooks("runbooks").read("EventStoreReadersBlocked.md"));
    const open = async () => {
      const pool = poolOn(server);
      try {
        return (await pool.query(query)).rows;
      } finally {
        await pool.end();
      }
    };

    test("names the session, before those that are younger and without those that only read", async () => {
      const [younger, reader] = [new Client(server.url), new Client(server.url)];
      await Promise.all([younger.connect(), reader.connect()]);
      await younger.query("begin; select pg_current_xact_id()");
      await reader.query("begin isolation level repeatable read; select 1");
      const { rows } = await other.query("select pg_backend_pid() as pid");
      const [first, ...others] = await open();
      expect(first).toMatchObject({ what: "session", pid: rows[0].pid, database: "other", application: "a batch" });
      expect(first).toMatchObject({ state: "idle in transaction", query: "select pg_backend_pid() as pid" });
      expect(others).toHaveLength(1);
      await Promise.all([younger.end(), reader.end()]);
    });

    test("names a prepared transaction", async () => {
      await other.query("prepare transaction 'left'");
      await store.append(newStream(), [{ id: randomUUID(), type: "A", data: Buffer.from("{}") }], "no_stream");
      expect(await store.countUnreadable(10)).toMatchObject({ count: 1 });
      expect(await open()).toMatchObject([{ what: "prepared transaction left", pid: null, database: "other" }]);
    });
  });
});
