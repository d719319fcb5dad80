import { PostgresReadModels } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { checkForms } from "../../../../runtime/adapters/postgres/table-forms";
import { poolOn } from "../../../support/runtime/read-models-on";
import { postgresOfSuite } from "../../../support/servers/postgres-of-suite";
import { whyNoPostgres } from "../../../support/servers/running-postgres";

const why = whyNoPostgres();

/** As projections make what has no "if not exists". */
const once = (statement: string) => `do $$ begin ${statement}; exception when duplicate_object then null; end $$`;
const MOOD = once("create type mood as enum ('glad', 'sad')");
const IS_EVEN =
  "create or replace function is_even(n int) returns boolean immutable language sql as 'select n % 2 = 0'";

(why === undefined ? describe : describe.skip)(`forms of tables${why ? `, skipped: ${why}` : ""}`, () => {
  const own = postgresOfSuite();
  let schemas = 0;

  beforeAll(async () => {
    await own.pool.query("create type public.mood as enum ('glad', 'sad'); create schema extensions");
    await own.pool.query("create extension citext schema extensions");
  });

  /** Compares what former statements have made with what others would, once those have found it there. */
  async function compared(former: readonly string[], statements = former, schema = `models_${++schemas}`) {
    const models = new PostgresReadModels({ primary: poolOn(own.server), schema });
    try {
      for (const each of [former, statements]) await models.migrate(each.map((it) => it.replaceAll("SCHEMA", schema)));
      await checkForms(
        own.pool,
        schema,
        statements.map((it) => it.replaceAll("SCHEMA", schema)),
        undefined,
      );
    } finally {
      await models.close();
    }
  }
  const table = (columns: string) => `create table if not exists kept (${columns})`;

  test.each<[string, readonly string[]]>([
    ["an enum of its own", [MOOD, table("mood mood not null, moods mood[], check (mood <> 'sad'::mood)")]],
    ["a domain of its own", [once("create domain odd as int check (value % 2 = 1)"), table("a odd")]],
    ["a type of columns of its own", [once("create type pair as (a int, b int)"), table("a pair")]],
    ["a type that is named with its schema", [MOOD, table("mood SCHEMA.mood")]],
    ["a type of public", [table("mood public.mood")]],
    ["a type of public, called as one of its own", [MOOD, table("mood public.mood, own mood")]],
    ["an extension's type", [table("a extensions.citext unique, check (a operator(extensions.<>) '')")]],
    ["a function of its own in a check", [IS_EVEN, table("n int check (is_even(n))")]],
    ["a function of its own in a default", [IS_EVEN, table("n serial, even boolean default is_even(2)")]],
    ["a function of its own in a column", [IS_EVEN, table("n int, e boolean generated always as (is_even(n)) stored")]],
    ["a name that is quoted", [once("create type \"Mood.s\" as enum ('a')"), table('a "Mood.s"')]],
  ])("are the same with %s", async (_, statements) => {
    await compared(statements);
  });

  test.each<[string, readonly string[], readonly string[], string]>([
    [
      "text where there is an enum now",
      [table("mood text")],
      [MOOD, table("mood mood")],
      "lacks column mood SCHEMA.mood and has column mood text",
    ],
    [
      "an enum where there is text now",
      [MOOD, table("mood mood")],
      [table("mood text")],
      "lacks column mood text and has column mood SCHEMA.mood",
    ],
    [
      "public's type where there is one of its own now",
      [table("mood public.mood")],
      [MOOD, table("mood mood")],
      "lacks column mood SCHEMA.mood and has column mood public.mood",
    ],
    [
      "its own type where there is public's now",
      [MOOD, table("mood mood")],
      [table("mood public.mood")],
      "lacks column mood public.mood and has column mood SCHEMA.mood",
    ],
    [
      "another default",
      [table("n int default 1")],
      [table("n int default 2")],
      "lacks column n integer default 2 and has column n integer default 1",
    ],
    [
      "a column that is made of others in another way",
      [table("a int, b int generated always as (a + 1) stored")],
      [table("a int, b int generated always as (a * 2) stored")],
      "lacks column b integer default (a * 2)",
    ],
    [
      "an enum without one of its values",
      [MOOD],
      [once("create type mood as enum ('glad', 'sad', 'angry')")],
      "SCHEMA.mood: is of another form than the projections make, it lacks enum of 'glad', 'sad', 'angry'",
    ],
    [
      "a domain of other values",
      [once("create domain odd as int check (value % 2 = 1)")],
      [once("create domain odd as int check (value % 4 = 1)")],
      "lacks CHECK (((VALUE % 4) = 1))",
    ],
    [
      "a domain of another type",
      [once("create domain short as varchar(9)")],
      [once("create domain short as varchar(12) not null")],
      "lacks domain of character varying(12) not null and has domain of character varying(9)",
    ],
  ])("differ with %s", async (_, former, statements, difference) => {
    const schema = `models_${++schemas}`;
    await expect(compared(former, statements, schema)).rejects.toThrow(difference.replaceAll("SCHEMA", schema));
  });

  test.each([
    ["that is as long as names can be", "m".repeat(63)],
    ["that is quoted in SQL", "between"],
  ])("are the same in a schema with a name %s", async (_, schema) => {
    await compared([MOOD, table("mood mood")], undefined, schema);
    expect((await own.pool.query("select from pg_namespace where nspname like 'scratch%'")).rows).toEqual([]);
  });

  test("leave the connection as it was where a statement fails", async () => {
    await expect(checkForms(own.pool, "public", ["create table kept (a nothing)"], undefined)).rejects.toThrow(
      "nothing",
    );
    await own.pool.query("create schema scratch_of_forms");
    await expect(checkForms(own.pool, "public", [], undefined)).rejects.toThrow("already exists");
    await own.pool.query("drop schema scratch_of_forms");
  });
});
