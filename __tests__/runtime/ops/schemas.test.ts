import { schemasIn } from "../../../runtime/ops/schemas";
import { APPLICATION } from "../../support/runtime/cqrs-ops";
import { cqrsOpsBySchedule } from "../../support/runtime/cqrs-ops-in-process";

/** Nobody is at home there: what is wrong with schemas is said before anything is asked. */
const ENVIRONMENT = {
  ...{ BACKUP_FOLDER: __dirname, LOCAL_KEY: Buffer.alloc(32, 1).toString("base64") },
  EVENT_STORE_CONNECTION_STRING: "postgres://a@127.0.0.1:1/a",
  ...{ DATABASE_HOSTS: "localhost", DATABASE_PORT: "1", DATABASE_NAME: "a", DATABASE_USER: "a" },
  ...{ OPS_APPLICATION: APPLICATION, PROJECTION_PARTITIONS: "4" },
};

const ofBoth = (events: string, models: string) =>
  `EVENT_STORE_SCHEMA and DATABASE_SCHEMA: must be two schemas, neither of a name that is made beside the other, got "${events}" and "${models}"`;
const ofADrill = (name: string, schema: string) =>
  `${name}: must be none of a drill's, which drops what is there, got ${schema}`;

test.each([
  ["backup"],
  ["backup", "--no-read-models"],
  ["restore"],
  ["verify", "--store"],
  ["rebuild"],
  ["rebuild", "--in-place"],
  ["rollback"],
  ["lag"],
  ["drill"],
])("no events are where read models are built: %s %s", async (...args) => {
  const environment = { ...ENVIRONMENT, EVENT_STORE_SCHEMA: "orders", DATABASE_SCHEMA: "orders" };
  const { code, out } = await cqrsOpsBySchedule(["--json", ...args], environment);
  expect([code, JSON.parse(out)]).toEqual([
    2,
    { command: args[0], outcome: "could not check", error: ofBoth("orders", "orders") },
  ]);
});

test.each([["EVENT_STORE_SCHEMA"], ["DATABASE_SCHEMA"]])("no drill drops what %s names", async (name) => {
  const { code, out } = await cqrsOpsBySchedule(["--json", "drill"], { ...ENVIRONMENT, [name]: "drill_events" });
  expect([code, JSON.parse(out).error]).toEqual([2, ofADrill(name, "drill_events")]);
});

test.each([["next"], ["check"], ["form"], ["restoring"], ["before_20261124t090000000"]])(
  "neither schema is what is made beside the other: _%s",
  (end) => {
    const [schema, beside] = ["orders", `orders_${end}`];
    for (const [events, models] of [
      [schema, beside],
      [beside, schema],
    ] as const)
      expect(() => schemasIn({ EVENT_STORE_SCHEMA: events, DATABASE_SCHEMA: models })).toThrow(ofBoth(events, models));
    expect(schemasIn({ EVENT_STORE_SCHEMA: beside })).toEqual({ events: beside, models: "read_models" });
  },
);

test("what nobody has set is what it is by default", () => {
  expect(schemasIn({})).toEqual({ events: "event_store", models: "read_models" });
  expect(() => schemasIn({ DATABASE_SCHEMA: "event_store" })).toThrow(ofBoth("event_store", "event_store"));
  expect(() => schemasIn({ EVENT_STORE_SCHEMA: "read_models_next" })).toThrow(
    ofBoth("read_models_next", "read_models"),
  );
});

test.each([["drill_events_restoring"], ["drill_models"], ["drill_models_next"]])("%s is a drill's", (schema) => {
  for (const name of ["EVENT_STORE_SCHEMA", "DATABASE_SCHEMA"])
    expect(() => schemasIn({ [name]: schema })).toThrow(ofADrill(name, schema));
});

test("what KurrentDB does not heed is no schema", () => {
  const EVENT_STORE_CONNECTION_STRING = "kurrentdb://localhost:2113";
  expect(schemasIn({ EVENT_STORE_CONNECTION_STRING, EVENT_STORE_SCHEMA: "x", DATABASE_SCHEMA: "x" }).models).toBe("x");
});

test.each([["Orders"], ["pg_orders"], ["information_schema"], ["select"], ["a".repeat(38)], [""]])(
  "the setting is named of %j",
  (schema) => {
    for (const name of ["EVENT_STORE_SCHEMA", "DATABASE_SCHEMA"])
      expect(() => schemasIn({ [name]: schema })).toThrow(
        new RegExp(`^${name}: must be of a-z, 0-9 and _, at most 37, .*, got ${schema}$`),
      );
  },
);
