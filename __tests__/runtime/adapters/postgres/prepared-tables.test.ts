import { prepareTables } from "../../../../runtime/adapters/postgres/prepared-tables";
import { postgresOfSuite } from "../../../support/servers/postgres-of-suite";
import { whyNoPostgres } from "../../../support/servers/running-postgres";

const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(`prepared tables${why ? `, skipped: ${why}` : ""}`, () => {
  const own = postgresOfSuite();
  let schema: string;
  let schemas = 0;

  beforeEach(async () => {
    schema = `models_${++schemas}`;
    await own.pool.query(`create schema ${schema};
      create table ${schema}.kept (id int, name text, document jsonb);
      insert into ${schema}.kept select n, 'Name ' || n, jsonb_build_object('of', n) from generate_series(1, 100) n`);
  });

  const prepare = (...indexes: string[]) => prepareTables(own.pool, schema, indexes, undefined);
  const columns = async (table: string) =>
    (
      await own.pool.query<{ attname: string }>(
        "select attname from pg_stats where schemaname = $1 and tablename = $2 order by 1",
        [schema, table],
      )
    ).rows.map(({ attname }) => attname);

  test("are known by their columns, but for documents that no plan is made of", async () => {
    await prepare("create index by_name on kept (name)");
    expect(await columns("kept")).toEqual(["id", "name"]);
  });

  test.each([
    ["a column", "create index by_it on kept (lower(name))", "lower"],
    ["a document", "create index by_it on kept ((document ->> 'of'))", "expr"],
  ])("are known by the expressions of %s that an index is of", async (_, index, expression) => {
    await prepare(index);
    expect(await columns("by_it")).toEqual([expression]);
    expect(await columns("kept")).toEqual(["document", "id", "name"]);
  });

  test("that are documents alone are known by what an index is of, and are no error without one", async () => {
    await own.pool.query(`create table ${schema}.documents (document jsonb); create table ${schema}.more (document json);
      insert into ${schema}.documents select document from ${schema}.kept`);
    await prepare("create index by_it on documents ((document ->> 'of'))");
    expect(await columns("by_it")).toEqual(["expr"]);
    expect(await columns("more")).toEqual([]);
  });

  const indexes = async () =>
    (
      await own.pool.query<{ form: string; oid: string }>(
        `select indexrelid as oid, replace(pg_get_indexdef(indexrelid), $1 || '.', '') as form
        from pg_index where indrelid = any (select oid from pg_class where relnamespace = $1::regnamespace) order by 2`,
        [schema],
      )
    ).rows;
  const forms = async () => (await indexes()).map(({ form }) => form);

  test.each([
    ["of other columns", "create index by_it on kept (name, id)", "CREATE INDEX by_it ON kept USING btree (name, id)"],
    [
      "where it is made unless there is one",
      "create index if not exists by_it on kept (id)",
      "CREATE INDEX by_it ON kept USING btree (id)",
    ],
    [
      "in a block that takes one for made",
      "do $$ begin create index by_it on kept (id); exception when duplicate_table then null; end $$",
      "CREATE INDEX by_it ON kept USING btree (id)",
    ],
    [
      "that is unique",
      "create unique index by_it on kept (name)",
      "CREATE UNIQUE INDEX by_it ON kept USING btree (name)",
    ],
    [
      "of some rows",
      "create index by_it on kept (name) where id > 9",
      "CREATE INDEX by_it ON kept USING btree (name) WHERE (id > 9)",
    ],
    ["of another table", "create index by_it on other (id)", "CREATE INDEX by_it ON other USING btree (id)"],
  ])("have the index %s that the code makes under a name now", async (_, statement, form) => {
    await own.pool.query(`create table ${schema}.other (id int)`);
    await prepare("create index by_it on kept (name)");
    await prepare(statement);
    expect(await forms()).toEqual([form]);
  });

  test("have an index that is as it was from before", async () => {
    await own.pool.query(`create table ${schema}.parted (id int) partition by list (id);
      create table ${schema}.part partition of ${schema}.parted default;
      create type ${schema}.mood as enum ('glad'); alter table ${schema}.kept add mood ${schema}.mood;
      create function ${schema}.of(jsonb) returns text immutable language sql as $$ select $1 ->> 'of' $$`);
    const statements = [
      "create index if not exists by_name on kept (name) where mood = 'glad'::mood",
      'create unique index "By.it" on kept (of(document), id)',
      "create index by_id on parted (id)",
      "create materialized view if not exists seen as select id from kept; create index if not exists by_seen on seen (id)",
    ];
    await prepare(...statements);
    const before = await indexes();
    expect(before).toHaveLength(5);
    await prepare(...statements);
    expect(await indexes()).toEqual(before);
  });

  test("keep the former index where the one in its place can't be made", async () => {
    await own.pool.query(`update ${schema}.kept set name = 'same'`);
    await prepare("create index by_it on kept (name)");
    await expect(prepare("create unique index by_it on kept (name)")).rejects.toThrow("could not create unique index");
    expect(await forms()).toEqual(["CREATE INDEX by_it ON kept USING btree (name)"]);
  });

  test("have an index anew that can't be used", async () => {
    await own.pool.query(`update ${schema}.kept set name = 'same'`);
    await expect(own.pool.query(`create unique index concurrently by_it on ${schema}.kept (name)`)).rejects.toThrow();
    await own.pool.query(`update ${schema}.kept set name = id`);
    await prepare("create unique index if not exists by_it on kept (name)");
    const { rows } = await own.pool.query("select indisvalid from pg_index where indrelid = $1::regclass", [
      `${schema}.kept`,
    ]);
    expect(rows).toEqual([{ indisvalid: true }]);
  });

  test("have each of the indexes that PostgreSQL names", async () => {
    await prepare("create index on kept (id)", "create index  on kept (id) where id > 9");
    expect(await forms()).toEqual([
      "CREATE INDEX kept_id_idx ON kept USING btree (id)",
      "CREATE INDEX kept_id_idx1 ON kept USING btree (id) WHERE (id > 9)",
    ]);
  });
});
