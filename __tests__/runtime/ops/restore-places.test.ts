import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "pg";
import { checkSchema } from "../../../runtime/adapters/postgres/event-table";
import type { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { opsEnvironment } from "../../support/runtime/cqrs-ops";
import { cqrsOpsBySchedule } from "../../support/runtime/cqrs-ops-in-process";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { newEvents, newStream } from "../event-store/events";

const why = whyNoPostgres();
const suite = why === undefined ? describe : describe.skip;

suite(`where cqrs-ops restores to${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "backups-"));
  let postgres: RunningPostgres;
  let pool: Pool;
  let store: PostgresEventStore;
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    postgres = await startPostgres();
    pool = new Pool({ connectionString: postgres.url });
    const LOCAL_KEY = randomBytes(32).toString("base64");
    environment = { ...opsEnvironment(postgres), BACKUP_FOLDER: folder, LOCAL_KEY };
    store = await storeOn(postgres, "event_store");
    await store.append(newStream(), newEvents(6), "no_stream");
    await report(["backup", "--no-read-models"]);
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await pool.end();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  const report = async (args: readonly string[], other: Readonly<Record<string, string>> = {}) => {
    const { code, out, progress } = await cqrsOpsBySchedule(["--json", ...args], { ...environment, ...other });
    return { code, progress, ...JSON.parse(out) };
  };
  const countOf = async (table: string) => (await pool.query(`select count(*)::int from ${table}`)).rows[0].count;

  describe("a schema that others use, too", () => {
    const PLACE = { EVENT_STORE_SCHEMA: "shared" };
    beforeEach(() => pool.query("create schema shared"));
    afterEach(async () => {
      const { rows } = await pool.query("select nspname as name from pg_namespace where nspname ~ '^shared|^reading'");
      for (const { name } of rows) await pool.query(`drop schema ${name} cascade`);
    });

    test.each([
      ["a table", "create table shared.invoices (id int)", "table shared.invoices"],
      ["a function", "create function shared.one() returns int language sql as 'select 1'", "function shared.one()"],
      ["a type", "create type shared.color as enum ('red')", "type shared.color"],
      ["another table of events", "create table shared.events (name text)", "table shared.events"],
    ])(
      "with %s is left as it is",
      async (_, make, what) => {
        await pool.query(make);
        const refused = await report(["restore"], PLACE);
        expect(refused).toMatchObject({
          ...{ code: 2, outcome: "could not check" },
          error: `shared: must have nothing but an event store to be restored into, got ${what}: name a place of the event store's own, or with --replace shared all that is there is kept beside it`,
        });
        // Before anything is verified.
        expect(refused.progress).not.toContain("segment");
        expect(await report(["restore", "--replace", "others"], PLACE)).toMatchObject({ code: 2 });
        await expect(pool.query(make)).rejects.toThrow("already exists");

        const { code, former } = await report(["restore", "--replace", "shared"], PLACE);
        expect([code, former]).toEqual([0, expect.stringMatching(/^shared_before_/)]);
        await expect(pool.query(make.replace("shared", former))).rejects.toThrow("already exists");
        expect(await countOf("shared.events")).toBe(6);
      },
      60_000,
    );

    test("and that has an empty event store is left as it is, with who reads the store", async () => {
      await (await storeOn(postgres, "shared")).close();
      await pool.query(`create table shared.invoices (id int); insert into shared.invoices values (1);
        create schema reading; create view reading.latest as select * from shared.events`);
      expect(await report(["restore"], PLACE)).toMatchObject({
        ...{ code: 2, error: expect.stringContaining("got table shared.invoices, reading.latest: ") },
      });
      expect(await countOf("shared.invoices")).toBe(1);
      expect(await countOf("reading.latest")).toBe(0);
    }, 60_000);

    test("and that has nothing but an empty event store is restored into", async () => {
      await (await storeOn(postgres, "shared")).close();
      await pool.query("create index on shared.events (created)");
      const { former, ...restored } = await report(["restore"], PLACE);
      expect([restored, former]).toEqual([expect.objectContaining({ code: 0, events: 6 }), undefined]);
    }, 60_000);

    test("where a restore would put the events first is left as it is", async () => {
      await pool.query("create schema shared_restoring; create table shared_restoring.invoices (id int)");
      const refused = {
        code: 2,
        error: expect.stringContaining("got table shared_restoring.invoices: give it another"),
      };
      for (const args of [["restore"], ["restore", "--replace", "shared"]])
        expect(await report(args, PLACE)).toMatchObject(refused);
      await pool.query("drop schema shared_restoring cascade");
      const other = await storeOn(postgres, "shared_restoring");
      await other.append(newStream(), newEvents(2), "no_stream");
      await other.close();
      expect(await report(["restore"], PLACE)).toMatchObject({
        ...{
          code: 2,
          error: expect.stringMatching(/^shared_restoring: .*, got events up to \S+: give it another name/),
        },
      });
      expect(await countOf("shared_restoring.events")).toBe(2);
    }, 60_000);
  });

  describe("a store that was restored before", () => {
    const PLACE = { EVENT_STORE_SCHEMA: "again" };
    beforeEach(async () => {
      expect(await report(["restore"], PLACE)).toMatchObject({ code: 0, events: 6 });
    });
    afterEach(async () => {
      const { rows } = await pool.query("select nspname as name from pg_namespace where nspname ~ '^again'");
      for (const { name } of rows) await pool.query(`drop schema ${name} cascade`);
    });

    test("and is as it was restored is left as it is", async () => {
      for (const args of [["restore"], ["restore", "--replace", "again"]]) {
        const { former, ...restored } = await report(args, PLACE);
        expect([restored, former]).toEqual([expect.objectContaining({ code: 0, events: 6 }), undefined]);
      }
    }, 60_000);

    test.each([
      ["an event was deleted from", "delete from again.events where revision = 2"],
      ["an event was changed in", "update again.events set data = 'x' where revision = 3"],
    ])(
      "and that %s its middle is not called restored, and is replaced",
      async (_, damage) => {
        await pool.query(damage);
        expect(await report(["restore"], PLACE)).toMatchObject({
          ...{ code: 2, outcome: "could not check" },
          error: expect.stringMatching(
            /^again: must be as this backup was restored to it, got other events, .*: with --replace again they are replaced, and kept beside it$/,
          ),
        });
        const { code, former } = await report(["restore", "--replace", "again"], PLACE);
        expect([code, former]).toEqual([0, expect.stringMatching(/^again_before_/)]);
        expect(await report(["verify", "--store"], PLACE)).toMatchObject({ code: 0, "events that are the same": 6 });
        await pool.query(damage.replace("again", former));
        expect(await countOf(`${former}.events`)).toBe(damage.startsWith("delete") ? 5 : 6);
      },
      60_000,
    );
  });

  test("a store that others write to meanwhile is not replaced, and who is to be stopped is said", async () => {
    const [place, busy] = [{ EVENT_STORE_SCHEMA: "busy" }, await storeOn(postgres, "busy")];
    await busy.append(newStream(), newEvents(1), "no_stream");
    let isOver = false;
    const appending = (async () => {
      while (!isOver) await busy.append(newStream(), newEvents(1), "no_stream");
    })();
    const refused = await report(["restore", "--replace", "busy"], place);
    isOver = true;
    await appending;
    await busy.close();
    expect(refused).toMatchObject({
      code: 2,
      error: expect.stringMatching(
        /^busy: must stay as it is while a backup is restored, got events up to \S+ meanwhile: stop who writes there, and run it again$/,
      ),
    });
    expect(await report(["restore", "--replace", "busy"], place)).toMatchObject({ code: 0, events: 6 });
  }, 60_000);

  test("a store that somebody reads is waited for, and then it is said for whom", async () => {
    const [place, read] = [{ EVENT_STORE_SCHEMA: "being_read" }, await storeOn(postgres, "being_read")];
    await read.close();
    const reader = await pool.connect();
    await reader.query("begin; select from being_read.events");
    const refused = await report(["restore"], place);
    await reader.query("rollback");
    reader.release();
    expect(refused).toMatchObject({
      code: 2,
      error: expect.stringMatching(
        /^being_read: nobody must read or write there while it is replaced, and somebody did for 10 seconds: stop him, and run it again: canceling/,
      ),
    });
    expect(await report(["restore"], place)).toMatchObject({ code: 0, events: 6 });
  }, 60_000);

  test.each([["information_schema"], ["pg_catalog"], ["pg_toast"]])(
    "%s is nobody's event store",
    async (EVENT_STORE_SCHEMA) => {
      const args = ["restore", "--replace", EVENT_STORE_SCHEMA];
      expect(await report(args, { EVENT_STORE_SCHEMA })).toMatchObject({
        ...{ code: 2, error: expect.stringContaining("none of PostgreSQL's own, pg_… and information_schema") },
      });
    },
    60_000,
  );

  test("no schema is called what PostgreSQL reserves", async () => {
    const { rows } = await pool.query<{ word: string }>(
      "select word from pg_get_keywords() where catcode in ('R', 'T')",
    );
    const allowed = rows.filter(({ word }) => {
      try {
        return checkSchema(word) === word;
      } catch {
        return false;
      }
    });
    expect([rows.length > 90, allowed]).toEqual([true, []]);
  });
});
