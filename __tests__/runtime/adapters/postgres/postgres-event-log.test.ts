import type { Pool } from "pg";
import { PostgresEventLog } from "../../../../runtime/adapters/postgres/postgres-event-log";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { postgresPool } from "../../../../runtime/adapters/postgres/postgres-pool";
import { EventStoreUnavailableError, type StoredEvent } from "../../../../runtime/event-store/event-store";
import type { Position } from "../../../../runtime/event-store/position";
import { storeOn } from "../../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { allOf, newEvent, newEvents, newStream } from "../../event-store/events";

const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(
  `a log read by COPY${why === undefined ? "" : `, skipped: ${why}`}`,
  () => {
    let postgres: RunningPostgres;
    let pool: Pool;
    let store: PostgresEventStore;
    let log: PostgresEventLog;
    let schemas = 0;

    beforeAll(async () => {
      postgres = await startPostgres();
      const { host, port, user, database } = postgres;
      pool = postgresPool({ host, port, user, database, password: "", applicationName: "test", maxConnections: 2 });
    }, 60_000);
    afterAll(async () => {
      await pool.end();
      await postgres.stop();
    });
    beforeEach(async () => {
      const schema = `log_${schemas++}`;
      store = await storeOn(postgres, schema);
      log = new PostgresEventLog({ pool, schema });
    });
    afterEach(() => store.close());

    /** Data as a text: jest compares bytes one by one, and takes seconds for a large event. */
    const shown = ({ position, stream, revision, id, type, data, metadata, created }: StoredEvent) => ({
      ...{ position, stream, revision, id, type, metadata, created, data: Buffer.from(data).toString("base64") },
    });
    const read = async (after?: Position) => {
      const all: StoredEvent[] = [];
      for await (const batch of log.readBatches(after)) all.push(...batch);
      return all.map(shown);
    };

    test("gives what pages give, whatever is in it", async () => {
      await store.append(newStream(), newEvents(300), "no_stream");
      const odd = [
        newEvent({ data: Buffer.alloc(0), type: "Ä🙂" }),
        newEvent({ data: Buffer.from([0, 255, 13, 10]), metadata: { a: "ü", "1": "\u0001" } }),
        newEvent({ data: Buffer.alloc(300_000, 7) }),
      ];
      await store.append("ß stream", odd, "no_stream");
      const pages = (await allOf(store.readAll(undefined))).map(shown);
      expect(await read()).toEqual(pages);
      expect(await read(pages[150]?.position)).toEqual(pages.slice(151));
      expect(await read(pages.at(-1)?.position)).toEqual([]);
    });

    test.each([
      "1969-12-31 23:59:59.9995+00",
      "1970-01-01 00:00:00.0005+00",
      "1999-12-31 23:59:59.9996+00",
      "2026-11-29+00",
    ])("gives the times that pages give: %s", async (created) => {
      await store.append(newStream(), newEvents(1), "no_stream");
      await pool.query(`update log_${schemas - 1}.events set created = $1`, [created]);
      expect(await read()).toEqual((await allOf(store.readAll(undefined))).map(shown));
    });

    test("gives nothing of an empty store, and of none says that it is not there", async () => {
      expect(await read()).toEqual([]);
      const none = new PostgresEventLog({ pool, schema: "nowhere" }).readBatches(undefined)[Symbol.asyncIterator]();
      await expect(none.next()).rejects.toThrow(EventStoreUnavailableError);
    });

    test("settles once all transactions of now are over, and says when they are not", async () => {
      const settled = async (settleMilliseconds: number) =>
        (await new PostgresEventLog({ pool, settleMilliseconds }).settle()).isSettled;
      expect(await settled(0)).toBe(true);
      const open = await pool.connect();
      await open.query("begin; select pg_current_xact_id()");
      // Of nothing that was acknowledged it stands in the way, until something is.
      await store.append(newStream(), newEvents(1), "no_stream");
      expect(await settled(100)).toBe(false);
      const settling = settled(60_000);
      await open.query("rollback");
      open.release();
      expect(await settling).toBe(true);
    });

    test("gives nothing behind a transaction that is still open", async () => {
      await store.append(newStream(), newEvents(1), "no_stream");
      const open = await pool.connect();
      await open.query("begin; select pg_current_xact_id()");
      await store.append(newStream(), newEvents(1), "no_stream");
      expect(await read()).toHaveLength(1);
      await open.query("rollback");
      open.release();
      expect(await read()).toHaveLength(2);
    });

    test("lets go of its connection when its reader has enough, or is ended", async () => {
      await store.append(newStream(), newEvents(5000), "no_stream");
      for (let time = 0; time < 5; time++) for await (const _ of log.readBatches(undefined)) break;
      const end = new AbortController();
      const ended = (async () => {
        for await (const _ of log.readBatches(undefined, { signal: end.signal })) end.abort(new Error("enough"));
      })();
      await expect(ended).rejects.toThrow("enough");
      expect(await read()).toHaveLength(5000);
      expect(pool.idleCount + pool.waitingCount).toBeLessThanOrEqual(2);
    });

    test("is unavailable when its connection is lost in the middle", async () => {
      // More than the buffers of the network take, so that the server is still sending.
      for (let stream = 0; stream < 20; stream++)
        await store.append(newStream(), [newEvent({ data: Buffer.alloc(1_000_000) })], "no_stream");
      const lost = (async () => {
        for await (const _ of log.readBatches(undefined))
          await store
            .append(newStream(), newEvents(1), "no_stream")
            .then(() =>
              pool.query(
                "select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy (%' and pid <> pg_backend_pid()",
              ),
            );
      })();
      await expect(lost).rejects.toThrow(EventStoreUnavailableError);
    });
  },
);
