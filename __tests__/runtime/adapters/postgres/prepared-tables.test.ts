import { prepareTables } from "../../../../runtime/adapters/postgres/prepared-tables";
import { postgresOfSuite } from "../../../support/postgres-of-suite";
import { whyNoPostgres } from "../../../support/running-postgres";

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
});
