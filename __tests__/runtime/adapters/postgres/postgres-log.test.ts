import { Client } from "pg";
import { EventQueries, type EventRow } from "../../../../runtime/adapters/postgres/event-queries";
import { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { postgresPool } from "../../../../runtime/adapters/postgres/postgres-pool";
import { EventStoreUnavailableError, type NewEvent } from "../../../../runtime/event-store/event-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { allOf, firstOf, idsOf, newEvent, newEvents, newStream } from "../../event-store/events";

test.each(["Events", "a.b", 'a"; drop table a', "", "1a", "pg_events", "a".repeat(64)])(
  "refuses %p as the name of a schema",
  (schema) => {
    const pool = postgresPool({
      host: "localhost",
      port: 1,
      database: "a",
      user: "a",
      password: "",
      applicationName: "a",
    });
    expect(() => new PostgresEventStore({ pool, schema })).toThrow(
      new RangeError(
        `schema: must be of a-z, 0-9 and _, at most 63, no reserved word of SQL and none of PostgreSQL's own, pg_… and information_schema, got ${schema}`,
      ),
    );
  },
);

const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(`with PostgreSQL${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let server: RunningPostgres;
  let store: PostgresEventStore;
  let sql: Client;
  const queries = new EventQueries("event_store");
  const storeOn = (schema?: string, answerMilliseconds?: number) => {
    const { host, port, database, user } = server;
    const pool = postgresPool({ host, port, database, user, password: "", applicationName: "store" });
    return new PostgresEventStore({ pool, schema, answerMilliseconds, pollMilliseconds: 10 });
  };
  const appendBy = (client: Client, stream: string, events: readonly NewEvent[]) =>
    client.query(queries.append(stream, events, "any"));

  beforeAll(async () => {
    server = await startPostgres();
    sql = new Client(server.url);
    await sql.connect();
  }, 60_000);
  afterAll(async () => {
    await sql.end();
    await server.stop();
  });
  beforeEach(async () => {
    store = storeOn();
    await sql.query("drop schema if exists event_store cascade");
    await store.migrate();
  });
  afterEach(() => store.close());

  test("has nothing at first", async () => {
    expect(await store.head()).toBeUndefined();
    expect(await allOf(store.readAll(undefined))).toEqual([]);
    expect(await store.countAfter(undefined, 1000)).toEqual({ count: 0, oldest: undefined });
  });

  test("is made by many at once, and again, with what is in it kept", async () => {
    const stores = Array.from({ length: 10 }, () => storeOn("made_by_many"));
    await Promise.all(stores.map((each) => each.migrate()));
    await stores[0]?.append(newStream(), newEvents(2), "no_stream");
    await Promise.all(stores.map((each) => each.migrate()));
    for (const each of stores) expect(await allOf(each.readAll(undefined))).toHaveLength(2);
    expect(await store.head()).toBeUndefined();
    await Promise.all(stores.map((each) => each.close()));
  });

  test("fails before it was made, and says why to whoever looks", async () => {
    const other = storeOn("never_made");
    const failed = other.append(newStream(), newEvents(1), "any");
    await expect(failed).rejects.toBeInstanceOf(EventStoreUnavailableError);
    await expect(failed).rejects.toMatchObject({ cause: { message: expect.stringContaining("does not exist") } });
    await other.close();
  });

  test("loses no event that is committed after a later one", async () => {
    const [early, late, last] = [newEvents(1), newEvents(1), newEvents(1)];
    await sql.query("begin");
    await appendBy(sql, newStream(), late);
    // Begun later, committed earlier.
    await store.append(newStream(), early, "no_stream");
    expect(await allOf(store.readAll(undefined))).toEqual([]);
    expect(await store.countAfter(undefined, 10)).toMatchObject({ count: 1 });
    expect(await store.head()).toBeUndefined();
    const followed = firstOf(3, store.subscribe(undefined));
    await sql.query("commit");
    await store.append(newStream(), last, "no_stream");
    expect(idsOf(await followed)).toEqual(idsOf([...late, ...early, ...last]));
  });

  test("has nothing of an append that was rolled back", async () => {
    const stream = newStream();
    await sql.query("begin");
    await appendBy(sql, stream, newEvents(2));
    await sql.query("rollback");
    expect((await store.append(stream, newEvents(1), "no_stream")).revision).toBe(0n);
    expect(await allOf(store.readAll(undefined))).toHaveLength(1);
  });

  test("ends a read at what was there when it began, however much comes", async () => {
    await store.append(newStream(), newEvents(600), "any");
    let read = 0;
    for await (const _ of store.readAll(undefined)) {
      if (++read % 100 === 0) await store.append(newStream(), newEvents(200), "any");
    }
    expect(read).toBe(600);
  });

  test.each([499, 500, 501, 1000, 1001])("gives %d events page by page, each once", async (count) => {
    const stream = newStream();
    const events = newEvents(count);
    await store.append(stream, events, "no_stream");
    expect(idsOf(await allOf(store.readStream(stream)))).toEqual(idsOf(events));
    expect(idsOf(await allOf(store.readAll(undefined)))).toEqual(idsOf(events));
  });

  test("has no more than 4 MiB and an event of a page in memory, and gives all", async () => {
    const stream = newStream();
    const events = Array.from({ length: 12 }, () => newEvent({ data: Buffer.alloc(900_000) }));
    for (const event of events) await store.append(stream, [event], "any");
    for (const page of [queries.logPage(undefined, undefined), queries.streamPage(stream, 0n)]) {
      expect((await sql.query<EventRow>(page)).rows).toHaveLength(5);
    }
    expect(idsOf(await allOf(store.readAll(undefined)))).toEqual(idsOf(events));
    expect(idsOf(await allOf(store.readStream(stream)))).toEqual(idsOf(events));
  });

  test("refuses an id that its stream has elsewhere", async () => {
    const stream = newStream();
    const events = newEvents(3);
    await store.append(stream, events, "no_stream");
    const again = [newEvent(), ...events.slice(0, 1)];
    await expect(store.append(stream, again, 2n)).rejects.toMatchObject({ name: "RevisionError", actual: 2n });
    await expect(store.append(stream, again, "any")).rejects.toMatchObject({ name: "RevisionError", actual: 2n });
  });

  test("waits for another writer of a stream no longer than an answer may take", async () => {
    const hasty = storeOn(undefined, 200);
    const stream = newStream();
    await sql.query("begin");
    await appendBy(sql, stream, newEvents(1));
    await expect(hasty.append(stream, newEvents(1), "any")).rejects.toBeInstanceOf(EventStoreUnavailableError);
    await hasty.append(newStream(), newEvents(1), "any");
    await sql.query("commit");
    await hasty.append(stream, newEvents(1), "any");
    await hasty.close();
  });

  test("leaves no connection behind at its close", async () => {
    const other = storeOn();
    const following = [1, 2, 3].map(() => allOf(other.subscribe(undefined)).catch((error) => error));
    await Promise.all([1, 2, 3, 4, 5].map(() => other.append(newStream(), newEvents(1), "any")));
    await Promise.all([other.close(), store.close()]);
    for (const error of await Promise.all(following)) expect(error).toBeInstanceOf(EventStoreUnavailableError);
    const connections = "select count(*)::int from pg_stat_activity where application_name = 'store'";
    let left = Number.NaN;
    for (let tries = 0; left !== 0 && tries < 50; tries++) left = (await sql.query(connections)).rows[0].count;
    expect(left).toBe(0);
  });

  describe("events that have come from another server", () => {
    const FUTURE = 1_000_000_000;
    let there: readonly NewEvent[];

    beforeEach(async () => {
      there = newEvents(3);
      for (const event of there) await store.append(newStream(), [event], "any");
      // As a dump of them has it, made where there were more transactions.
      await sql.query(`update event_store.events set transaction_id = transaction_id + ${FUTURE}`);
    });

    test("take no other after them until the store is migrated", async () => {
      const refused = store.append(newStream(), newEvents(1), "any");
      await expect(refused).rejects.toMatchObject({
        cause: { message: "the events have come from another server: migrate the event store first" },
      });
    });

    test("keep their positions then, and new ones come after them", async () => {
      await store.migrate();
      const kept = await allOf(store.readAll(undefined));
      expect(idsOf(kept)).toEqual(idsOf(there));
      const come = newEvents(2);
      for (const event of come) await store.append(newStream(), [event], "any");
      await store.migrate();
      expect(idsOf(await allOf(store.readAll(kept[1]?.position)))).toEqual(idsOf([...there.slice(2), ...come]));
      expect(await store.countAfter(kept[1]?.position, 10)).toMatchObject({ count: 3 });
    });
  });
});
