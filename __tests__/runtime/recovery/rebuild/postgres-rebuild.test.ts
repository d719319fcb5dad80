import type { Pool } from "pg";
import { PostgresEventLog } from "../../../../runtime/adapters/postgres/postgres-event-log";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresModelDump } from "../../../../runtime/adapters/postgres/postgres-model-dump";
import { PostgresReadModels } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { PostgresRebuild } from "../../../../runtime/adapters/postgres/postgres-rebuild";
import { PostgresRebuildInPlace } from "../../../../runtime/adapters/postgres/postgres-rebuild-in-place";
import { SchemaInUseError } from "../../../../runtime/recovery/rebuild/rebuild-target";
import { ReplayStoppedError } from "../../../../runtime/recovery/rebuild/replay";
import { poolOn } from "../../../support/runtime/read-models-on";
import { storeOn } from "../../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { newEvents } from "../../event-store/events";
import { rebuildTotals, TARGETS, type Target, type TotalsOptions, type TotalsPlace } from "./rebuilt-totals";
import { streamTotals, TOTALS } from "./stream-totals";

const why = whyNoPostgres();
const STREAMS = 30;

(why === undefined ? describe : describe.skip)(`a rebuild in PostgreSQL${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningPostgres;
  let pool: Pool;
  let store: PostgresEventStore;
  let models: PostgresReadModels;
  let schema: string;
  let schemas = 0;

  beforeAll(async () => {
    server = await startPostgres();
    pool = poolOn(server);
    store = await storeOn(server, "event_store");
    for (let stream = 0; stream < STREAMS; stream++) await store.append(`order-${stream}`, newEvents(10), "any");
  }, 60_000);
  afterAll(async () => {
    await Promise.all([pool.end(), store.close()]);
    await server.stop();
  });
  beforeEach(async () => {
    schema = `models_${++schemas}`;
    models = new PostgresReadModels({ primary: poolOn(server), schema });
    await models.migrate([TOTALS]);
  });
  afterEach(() => models.close());

  const rebuilt = (options: TotalsOptions = {}, target?: Target, more: Partial<TotalsPlace> = {}) =>
    rebuildTotals(
      { pool, loading: poolOn(server), schema, ...more },
      { events: new PostgresEventLog({ pool }), store, ...options },
      target,
    );

  const wrong = async () => {
    const [row] = await models.query<{ count: number; wrong: number }>(
      "select count(*)::int as count, count(*) filter (where total <> revision + 1)::int as wrong from totals",
    );
    return row;
  };
  const RIGHT = { count: STREAMS, wrong: 0 };

  /** Ends a rebuild at a stage, with all that it has built left where it is. */
  async function ended(stage: string, options: TotalsOptions = {}, Target?: Target) {
    const report = (reached: string): void => {
      if (reached === stage) throw new Error("ended");
    };
    await expect(rebuilt({ ...options, report }, Target)).rejects.toThrow("ended");
  }

  test.each([
    ["partitions", { partitions: 0 }],
    ["partitions", { partitions: 1.5 }],
    ["parallelism", { parallelism: 0 }],
    ["parallelism", { parallelism: Number.NaN }],
    ["batch", { batch: 0 }],
    ["readAhead", { readAhead: 0.5 }],
    ["progressEvents", { progressEvents: 0 }],
    ["projections", { projections: [] }],
    ["projections", { projections: [streamTotals, { ...streamTotals, types: [] }] }],
  ])("has no %s as in %j, and leaves the models as they are", async (name, options) => {
    await rebuilt();
    await expect(rebuilt(options)).rejects.toThrow(new RegExp(`^${name}: must`));
    expect(await wrong()).toEqual(RIGHT);
  });

  describe.each(Object.entries(TARGETS))("%s", (_, Target) => {
    test("keeps others away until it is done", async () => {
      let other: Promise<unknown> | undefined;
      const events = {
        readBatches: async function* (...of: Parameters<PostgresEventLog["readBatches"]>) {
          if (other === undefined) {
            other = rebuilt({}, PostgresRebuild, { tables: [TOTALS, "create table if not exists more (a int)"] });
            await expect(other).rejects.toThrow(SchemaInUseError);
          }
          yield* new PostgresEventLog({ pool }).readBatches(...of);
        },
      };
      await rebuilt({ events }, Target);
      expect(await wrong()).toEqual(RIGHT);
      await rebuilt({}, Target);
    }, 30_000);

    test.each<[string, TotalsOptions, TotalsOptions]>([
      ["of other partitions", { partitions: 4 }, { partitions: 8 }],
      ["of other projections", { projections: [{ ...streamTotals, name: "former" }] }, {}],
      ["of another version", { version: "1" }, { version: "2" }],
    ])("goes on with no beginning %s", async (_name, former, options) => {
      await ended("round replayed", former, Target);
      let resumed: unknown;
      const report = (stage: string, facts: { resumed?: boolean } = {}) => {
        if (stage === "rebuild begun") resumed = facts.resumed;
      };
      await rebuilt({ ...options, report }, Target);
      expect(resumed).toBe(false);
      expect(await wrong()).toEqual(RIGHT);
    });

    test("goes on with nothing that was stopped by an event, for its mended code makes something else", async () => {
      let isMended = false;
      const handleAll: typeof streamTotals.handleAll = async (events, transaction) => {
        if (!isMended && events.some(({ stream }) => stream === "order-7")) throw new TypeError("bad");
        await streamTotals.handleAll?.(events, transaction);
        if (!isMended) await transaction.query("update totals set total = -1");
      };
      const projections = [{ ...streamTotals, handleAll }];
      await expect(rebuilt({ projections }, Target)).rejects.toThrow(ReplayStoppedError);
      isMended = true;
      await rebuilt({ projections }, Target);
      expect(await wrong()).toEqual(RIGHT);
    }, 30_000);

    test("makes indexes that are there already, of a run that was killed or of the one before", async () => {
      const indexes = ["create index by_total on totals (total)"];
      const report = (stage: string): void => {
        if (stage === "models completed") throw new Error("ended");
      };
      await expect(rebuilt({ report }, Target, { indexes })).rejects.toThrow("ended");
      await rebuilt({}, Target, { indexes });
      await rebuilt({}, Target, { indexes });
      expect(
        await models.query("select 1 from pg_indexes where schemaname = $1 and indexname = $2", [schema, "by_total"]),
      ).toHaveLength(1);
    });

    test("keeps the indexes that were made before one that could not be", async () => {
      const sound = "create index by_total on totals (total)";
      await expect(rebuilt({}, Target, { indexes: [sound, "create index on nothing (total)"] })).rejects.toThrow();
      const { rows } = await pool.query("select schemaname from pg_indexes where indexname = 'by_total'");
      expect(rows.filter(({ schemaname }) => schemaname.startsWith(schema))).toHaveLength(1);
    });

    test("holds projections back for what came last, and not for what came while indexes were made", async () => {
      const log = new PostgresEventLog({ pool });
      const stages: string[] = [];
      const events = {
        readBatches: (...of: Parameters<PostgresEventLog["readBatches"]>) => {
          stages.push("read");
          return log.readBatches(...of);
        },
      };
      await rebuilt({ events, report: (stage) => stages.push(stage) }, Target);
      expect(stages).toEqual([
        ...["rebuild begun", "read", "round replayed", "models completed", "read", "round replayed"],
        ...["projections held", "read", "models swapped"],
      ]);
    });
  });

  test.each([
    [
      "another column",
      "stream text primary key, total int not null, revision int not null, note text",
      /lacks column note text/,
    ],
    [
      "another type",
      "stream text primary key, total bigint not null, revision int not null",
      /lacks column total bigint not null and has column total integer not null/,
    ],
    [
      "another key",
      "stream text, total int not null, revision int not null, primary key (stream, revision)",
      /lacks PRIMARY KEY \(stream, revision\)/,
    ],
  ])("in place leaves rows where they are of tables that have %s now", async (_, columns, difference) => {
    await rebuilt();
    const tables = [`create table if not exists totals (${columns})`];
    const refused = rebuilt({}, PostgresRebuildInPlace, { tables });
    await expect(refused).rejects.toThrow(`${schema}.totals: is of another form than the projections make, it`);
    await expect(refused).rejects.toThrow(difference);
    expect(await wrong()).toEqual(RIGHT);
    expect((await pool.query("select from pg_namespace where nspname like 'scratch%'")).rows).toEqual([]);
    await rebuilt({}, PostgresRebuildInPlace, { tables: [TOTALS, "create table if not exists more (a int)"] });
    expect(await wrong()).toEqual(RIGHT);
  });

  test("is told of by whoever reads all models in one snapshot, and would get half of others", async () => {
    await rebuilt();
    const dumped = new PostgresModelDump({ pool, schema }).snapshot(async ({ tables }) => {
      await rebuilt();
      for await (const { rows } of tables()) for await (const _ of rows);
    });
    await expect(dumped).rejects.toThrow("models were swapped while they were read");
  });

  test("keeps all rights, and their owners", async () => {
    await pool.query(`do $$ begin
      create role owner_of_models; create role reader; create role lender; exception when duplicate_object then null; end $$`);
    await pool.query(`create table ${schema}.numbered (id bigint generated always as identity, secret text);
      create sequence ${schema}.numbers;
      alter schema ${schema} owner to owner_of_models; alter table ${schema}.totals owner to owner_of_models;
      grant usage on schema ${schema} to public; grant select on ${schema}.totals to public;
      grant select on ${schema}.totals to lender with grant option; grant usage on sequence ${schema}.numbers to reader;
      grant select (id) on ${schema}.numbered to reader;
      alter default privileges in schema ${schema} grant select on tables to reader`);
    const owners = async () =>
      (
        await pool.query(
          `select c.relname::text as name, n.nspowner::regrole::text as of_schema, c.relowner::regrole::text as owner
          from pg_namespace n join pg_class c on c.relnamespace = n.oid and c.relname in ('totals', 'numbered', 'numbers')
          where n.nspname = $1 order by 1`,
          [schema],
        )
      ).rows;
    const defaults = async () =>
      (
        await pool.query(
          "select defaclacl::text from pg_default_acl d join pg_namespace n on n.oid = d.defaclnamespace where n.nspname = $1",
          [schema],
        )
      ).rows;
    const before = [await owners(), await defaults()];
    const tables = [
      TOTALS,
      "create table if not exists numbered (id bigint generated always as identity, secret text)",
      "create sequence if not exists numbers",
      "create table if not exists more (a int)",
    ];
    await rebuilt({}, PostgresRebuild, { tables });
    const canRead = async (role: string, what: string) =>
      (await pool.query(`select ${what} as can`, [role])).rows[0]?.can;
    expect(await canRead("reader", `has_table_privilege($1, '${schema}.totals', 'select')`)).toBe(true);
    expect(await canRead("lender", `has_table_privilege($1, '${schema}.totals', 'select with grant option')`)).toBe(
      true,
    );
    expect(await canRead("reader", `has_sequence_privilege($1, '${schema}.numbers', 'usage')`)).toBe(true);
    expect(await canRead("reader", `has_column_privilege($1, '${schema}.numbered', 'id', 'select')`)).toBe(true);
    expect(await canRead("reader", `has_column_privilege($1, '${schema}.numbered', 'secret', 'select')`)).toBe(false);
    expect(await canRead("reader", `has_table_privilege($1, '${schema}.more', 'select')`)).toBe(true);
    expect(await canRead("reader", `has_schema_privilege($1, '${schema}', 'usage')`)).toBe(true);
    expect([await owners(), await defaults()]).toEqual(before);
  });

  test.each([
    ["a view elsewhere", "create view elsewhere.v as select * from SCHEMA.totals", "elsewhere.v"],
    [
      "a foreign key elsewhere",
      "create table elsewhere.f (stream text references SCHEMA.totals)",
      "elsewhere.f would go on with the former tables",
    ],
    ["a view that no statement makes", "create view SCHEMA.v as select 1 as a", "would be gone"],
  ])("is not begun where %s would not follow", async (_, statement, message) => {
    await pool.query("drop schema if exists elsewhere cascade; create schema elsewhere");
    await pool.query(statement.replace("SCHEMA", schema));
    await expect(rebuilt()).rejects.toThrow(message);
    await pool.query("drop schema elsewhere cascade");
  });
});
