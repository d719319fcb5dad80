import { PostgresReadModels } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { tableProjection } from "../../../../runtime/adapters/postgres/table-projection";
import type { StoredEvent } from "../../../../runtime/event-store/event-store";
import { put } from "../../../../runtime/projections/row-changes";
import { poolOn } from "../../../support/runtime/read-models-on";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";

const why = whyNoPostgres();

/** What a projection may say of a row. */
const ODD: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "a document": { document: { a: [1, null, "ü"], b: { c: "\\N\t\n" } } },
  "a document that is a text": { document: "hello" },
  "a document that is a text with a document in it": { document: '{"a":1}' },
  "a document that is a number, a truth, a list": { document: [1, true] },
  "a document that is nothing": { document: null },
  "a document in a domain": { checked: "of a text" },
  "a text of what COPY escapes": { text: "\\N" },
  "a text of lines and tabs": { text: 'a\tb\nc\r\\. "d" ' },
  "a text that is empty": { text: "" },
  "a text of an object": { text: { a: 1 } },
  "a text of a truth": { text: true },
  "a number that is none": { number: Number.NaN },
  "a number with an exponent": { number: 1e21 },
  "a time": { time: new Date(0) },
  "a time that is none": { time: new Date(Number.NaN) },
  bytes: { bytes: "\\x00ff0a" },
  nothing: {},
  "a text with NUL": { text: "a\0b" },
  "a text with halves of characters": { text: "\ud800a\udfff 😀" },
  "a document with NUL and halves, also in a key": { document: { "\0a": ["\ud800", "\\u0000", "😀"] } },
  "a document that is a text with NUL": { document: "\0" },
  "a text of a document with NUL": { text: { a: "\0\ud83d" } },
};

(why === undefined ? describe : describe.skip)(
  `rows that are put by COPY${why === undefined ? "" : `, skipped: ${why}`}`,
  () => {
    let server: RunningPostgres;
    const schemas = { copied: true, stated: false };
    const models = new Map<string, PostgresReadModels>();

    beforeAll(async () => {
      server = await startPostgres();
      for (const [schema, bulk] of Object.entries(schemas)) {
        const each = new PostgresReadModels({ primary: poolOn(server), schema, bulk });
        await each.migrate([
          "create domain checked_document as jsonb check (jsonb_typeof(value) <> 'array')",
          `create table rows (id text primary key, document jsonb, checked checked_document, text text,
            number float8, time timestamptz, bytes bytea)`,
        ]);
        models.set(schema, each);
      }
    }, 60_000);
    afterAll(async () => {
      await Promise.all([...models.values()].map((each) => each.close()));
      await server.stop();
    });

    test.each(Object.keys(ODD))("are those of the statement: %s", async (name) => {
      const projection = tableProjection({
        ...{ name: "rows", types: ["Odd"] },
        changes: () => [put("rows", { id: name }, ODD[name] ?? {})],
      });
      const found = async (each: PostgresReadModels | undefined) => {
        const write = each?.project(
          { projection: name.replace(/[^a-z]/g, "-"), number: 0, of: 1 },
          { from: undefined, to: { major: 1n, minor: 1n } },
          (transaction) => projection.handle({} as StoredEvent, transaction),
        );
        const outcome = await write?.then(
          () => "written",
          (error: { code?: string }) => `${error.code}`,
        );
        return [outcome, await each?.query("select r::text as row from rows r where id = $1", [name])];
      };
      expect(await found(models.get("copied"))).toEqual(await found(models.get("stated")));
    });

    test("that PostgreSQL can't keep have the replacement character, and nothing else is changed", async () => {
      const rows = await models
        .get("copied")
        ?.query("select text, document from rows where id like '%NUL%' or id like '%halves%'");
      const texts = JSON.stringify(rows);
      expect(texts).toContain('"a\ufffdb"');
      expect(texts).toContain('"\ufffda\ufffd 😀"');
      expect(texts).toContain('{"\ufffda":["\ufffd","\\\\u0000","😀"]}');
      expect(rows).toHaveLength(5);
    });
  },
);
