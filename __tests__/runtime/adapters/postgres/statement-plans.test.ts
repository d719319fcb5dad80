import type { Pool } from "pg";
import { queryHandlers } from "../../../../examples/orders/query-api";
import { inventoryRows, orderRows, TABLES } from "../../../../examples/orders/read-models";
import { PostgresEventImport } from "../../../../runtime/adapters/postgres/postgres-event-import";
import { PostgresEventLog } from "../../../../runtime/adapters/postgres/postgres-event-log";
import { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresReadModels } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { PostgresSubjectKeys } from "../../../../runtime/adapters/postgres/postgres-subject-keys";
import type { CachedAnswers } from "../../../../runtime/cache/cached-answers";
import type { StoredEvent } from "../../../../runtime/event-store/event-store";
import type { FieldEncryption } from "../../../../runtime/security/encryption/field-encryption";
import type { MessageContext } from "../../../../runtime/service/message-api";
import { loadEvents } from "../../../../scripts/bench/loaded-events";
import { ExecutedPlans } from "../../../support/servers/executed-plans";
import { postgresOfSuite } from "../../../support/servers/postgres-of-suite";
import { whyNoPostgres } from "../../../support/servers/running-postgres";
import { bySchedule } from "../../../support/test-run/nightly";
import { firstOf, newEvents, newStream } from "../../event-store/events";

/** Rows of each table. */
const ROWS = bySchedule({ always: 20_000, nightly: 1_000_000 });
/** Rows of each table when a connection makes its first plans: a scan of all of them is the cheapest plan. */
const SMALL = 20;
/** Of a stream that the planner's statistics do not know. */
const LONG = 5_000;
/** What the server reads for a page, or for a count of as many, and for what it is asked for beyond it. */
const PAGE = 510;
const ONE = 1;
/** PostgreSQL makes its generic plan for the sixth. */
const EXECUTIONS = 8;
const MODES = ["auto", "force_generic_plan"] as const;
const SUBJECT = "subject-7";

interface Stores {
  readonly pools: readonly Pool[];
  /** Whose plans are not looked at: it finds out what the work needs. */
  readonly other: PostgresEventStore;
  readonly store: PostgresEventStore;
  readonly log: PostgresEventLog;
  readonly imports: PostgresEventImport;
  readonly models: PostgresReadModels;
  readonly keys: PostgresSubjectKeys;
}

interface Work {
  /** Whose reads are counted. */
  readonly tables: readonly string[];
  /** Rows that one statement may read of a table. */
  readonly most: number;
  readonly run: (stores: Stores, execution: number) => Promise<unknown>;
}

const at = (major: number) => ({ major: BigInt(major), minor: 0n });
const events = (most: number, run: Work["run"]): Work => ({ tables: ["events"], most, run });
const refused = async (work: Promise<unknown>) => expect(await work.catch(({ name }) => name)).toBe("RevisionError");

const STORE: Readonly<Record<string, Work>> = {
  "append to a new stream": events(ONE, ({ store }) => store.append(newStream(), newEvents(1), "no_stream")),
  "append to any revision": events(ONE, ({ store }) => store.append("long", newEvents(2), "any")),
  "append to a wrong revision": events(ONE, ({ store }) => refused(store.append("long", newEvents(1), 1_000_000n))),
  "append to a revision": events(ONE, async ({ store, other }) => {
    const last = await other.readLast("long");
    await store.append("long", newEvents(1), last?.revision ?? "no_stream");
  }),
  "append the same again": events(3, async ({ store, other }, execution) => {
    const [first, ...next] = await firstOf(3, other.readStream("long", { from: BigInt(execution) }));
    if (first === undefined) throw new Error("no event");
    await store.append("long", [first, ...next], "any");
    await store.append("long", next, first.revision);
  }),
  "append an id that is there": events(ONE, async ({ store, other }) => {
    const [last, [first]] = [await other.readLast("long"), await firstOf(1, other.readStream("long"))];
    if (first === undefined || last === undefined) throw new Error("no event");
    await refused(store.append("long", [first], last.revision));
  }),
  readStream: events(PAGE, ({ store }) => firstOf(2, store.readStream("long", { from: 3n }))),
  readLast: events(ONE, ({ store }) => store.readLast("long")),
  readAll: events(PAGE, ({ store }) => firstOf(2, store.readAll(at(ROWS / 2)))),
  subscribe: events(PAGE, ({ store }) => firstOf(1, store.subscribe(at(ROWS - 2)))),
  countAfter: events(PAGE, ({ store }) => store.countAfter(at(5), 500)),
  countUnreadable: events(PAGE, ({ store }) => store.countUnreadable(500)),
  head: events(ONE, ({ store }) => store.head()),
  lastEvent: events(ONE, ({ store }) => store.lastEvent()),
  // Whatever comes after a position, at once.
  readBatches: events(2 * LONG, async ({ log }) => {
    for await (const _ of log.readBatches(at(ROWS)));
  }),
  "look before a restore": events(ONE, ({ imports }) => imports.look("none")),
};

let partitions = 0;
/** Another each time: its first checkpoint. */
const partition = () => ({ projection: "plans", number: partitions++, of: 1000 });
const stored = (type: string, data: object): StoredEvent =>
  ({ type, data: Buffer.from(JSON.stringify(data)), metadata: {} }) as unknown as StoredEvent;
const project =
  (projection: typeof orderRows, ...changes: readonly StoredEvent[]): Work["run"] =>
  ({ models }) =>
    models.project(partition(), { from: undefined, to: at(1) }, (transaction) =>
      Promise.resolve(projection.handleAll?.(changes, transaction)),
    );
/** Neither is used: nobody asks for a customer, and each answer is looked for. */
const [NO_FIELDS, NO_CACHE] = [
  {} as FieldEncryption,
  { getOrLoad: (_: string, __: number, load: () => unknown) => load() } as unknown as CachedAnswers,
];
const ask =
  (name: string, message: object): Work["run"] =>
  ({ models }) => {
    const handler = queryHandlers(models, NO_CACHE, NO_FIELDS)[name];
    const context = { principal: { subject: "nobody", roles: [] }, signal: new AbortController().signal };
    return Promise.resolve(handler?.({ ...message }, context as unknown as MessageContext));
  };
const [ORDER, ITEM] = [{ orderId: "7" }, { sku: "7", orderId: "7", quantity: 1 }];
const CREATED = { ...ORDER, customerId: "ada", customer: {}, items: [] };

const MODELS: Readonly<Record<string, Work>> = {
  "put an order": { tables: ["orders"], most: ONE, run: project(orderRows, stored("OrderCreated", CREATED)) },
  "set an order": { tables: ["orders"], most: ONE, run: project(orderRows, stored("OrderConfirmed", ORDER)) },
  "put and delete a reservation": {
    ...{ tables: ["reservations"], most: ONE },
    run: project(inventoryRows, stored("InventoryReserved", ITEM), stored("InventoryReleased", ITEM)),
  },
  GetOrder: { tables: ["orders"], most: ONE, run: ask("GetOrder", ORDER) },
  GetAllOrders: { tables: ["orders"], most: PAGE, run: ask("GetAllOrders", { after: "5" }) },
  GetInventory: { tables: ["inventory", "reservations"], most: ONE, run: ask("GetInventory", { sku: "7" }) },
};

const key = (generation: number) => ({
  ...{ id: `${SUBJECT}-${generation}`, subject: SUBJECT, generation },
  wrapped: { wrappedBy: "one", bytes: Buffer.from("x") },
});
const keyTables = { tables: ["keys", "forgotten"], most: ONE };
/** Without `notWrappedBy`, which looks at every key until it finds one. */
const KEYS: Readonly<Record<string, Work>> = {
  "newest key": { ...keyTables, run: ({ keys }) => keys.newest(SUBJECT) },
  "find a key": { ...keyTables, run: ({ keys }) => keys.find(SUBJECT, "key-7") },
  "put a key": { ...keyTables, run: ({ keys }) => keys.putIfAbsent(key(0)) },
  "replace a key": { ...keyTables, run: ({ keys }) => keys.replaceWrapped(key(0), key(0).wrapped) },
  "delete a key": { ...keyTables, run: ({ keys }, execution) => keys.delete(`subject-${execution + 100}`) },
};

const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(`with PostgreSQL${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  // Autovacuum's ANALYZE would drop the plans that the tests look at.
  const own = postgresOfSuite("autovacuum=off");

  /** Read models have a pool of their own: their search path drops the plans of whatever else is asked there. */
  const storesOn = (pool: Pool, poolOfModels: Pool): Stores => ({
    pools: [pool, poolOfModels],
    other: new PostgresEventStore({ pool: own.pool }),
    store: new PostgresEventStore({ pool }),
    log: new PostgresEventLog({ pool }),
    imports: new PostgresEventImport({ pool }),
    models: new PostgresReadModels({ primary: poolOfModels }),
    keys: new PostgresSubjectKeys({ pool }),
  });
  const explainedStores = (plans: ExecutedPlans, mode: (typeof MODES)[number]): Stores =>
    storesOn(plans.poolOn(own.server, mode), plans.poolOn(own.server, mode));
  const close = ({ pools }: Stores) => Promise.all(pools.map((pool) => pool.end()));
  const grow = (from: number, to: number) =>
    own.pool.query(`
      insert into read_models.orders select n, 'ada', '{}', '[]', 'created' from generate_series(${from}, ${to}) n;
      insert into read_models.inventory select n, 1 from generate_series(${from}, ${to}) n;
      insert into read_models.reservations select n, n, 1 from generate_series(${from}, ${to}) n;
      insert into subject_keys.keys select 'key-' || n, 'subject-' || n, 0, 'one', 'x' from generate_series(${from}, ${to}) n;
      insert into subject_keys.forgotten select 'gone-' || n from generate_series(${from}, ${to}) n`);
  const works = Object.entries({ ...STORE, ...MODELS, ...KEYS });
  const old = new ExecutedPlans();
  let beforeGrowth: Stores;

  beforeAll(async () => {
    const { store, models, keys } = storesOn(own.pool, own.pool);
    await Promise.all([store.migrate(), keys.migrate(), models.migrate(TABLES)]);
    // Positions of what is loaded later are below those of what is appended now.
    await own.pool.query(`set statement_timeout to 0; update event_store.log set base = ${ROWS}`);
    await store.append("long", newEvents(SMALL), "no_stream");
    for (let stream = 0; stream < SMALL; stream += 1) await store.append(newStream(), newEvents(1), "no_stream");
    await grow(1, SMALL);
    await own.pool.query("analyze");
    beforeGrowth = explainedStores(old, "auto");
    for (const [, { run }] of works)
      for (let execution = 0; execution < EXECUTIONS; execution += 1) await run(beforeGrowth, execution);
    await loadEvents(own.pool, "event_store", { events: ROWS, perStream: 1, analyzed: false });
    await grow(SMALL + 1, ROWS);
  }, 600_000);

  const readsLittle = async ({ tables, most, run }: Work, stores: Stores, plans: ExecutedPlans): Promise<void> => {
    for (let execution = 0; execution < EXECUTIONS; execution += 1) {
      plans.reads.length = 0;
      await run(stores, execution);
      expect(plans.reads).not.toEqual([]);
      const reads = plans.reads.filter(({ table }) => tables.includes(table));
      expect(reads.filter(({ scan, rows }) => scan === "Seq Scan" || rows > most)).toEqual([]);
    }
  };

  // First: the others need statistics, which drop the plans.
  describe("on a connection that made its plans when the tables were small, and analyzed", () => {
    afterAll(() => close(beforeGrowth));

    test.each(works)("%s", (_, work) => readsLittle(work, beforeGrowth, old));
  });

  describe("on new connections", () => {
    beforeAll(async () => {
      // By its statistics each stream has one event, or a few.
      await own.pool.query("vacuum analyze");
      await new PostgresEventStore({ pool: own.pool }).append("long", newEvents(LONG), "any");
    }, 600_000);

    describe.each(MODES)("where plans are made by %s", (mode) => {
      const plans = new ExecutedPlans();
      let stores: Stores;
      beforeAll(() => {
        stores = explainedStores(plans, mode);
      });
      afterAll(() => close(stores));

      test.each(works)("%s", (_, work) => readsLittle(work, stores, plans));
    });
  });
});
