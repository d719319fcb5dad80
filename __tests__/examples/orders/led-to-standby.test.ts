import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Client, type Pool } from "pg";
import { freePort } from "../../../examples/orders/local/free-port";
import { TABLES } from "../../../examples/orders/read-models";
import { eventStoreOf, fieldsOf, readModelsOf } from "../../../examples/orders/stores";
import { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresReadModels } from "../../../runtime/adapters/postgres/postgres-read-models";
import { PostgresSubjectKeys } from "../../../runtime/adapters/postgres/postgres-subject-keys";
import { poolOn } from "../../support/runtime/read-models-on";
import { FaultyProxy } from "../../support/servers/faulty-proxy";
import { startReplica } from "../../support/servers/postgres-replica";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { compiled } from "../../support/test-run/compiled";
import { spawnServer } from "../../support/test-run/spawn-server";

const why = whyNoPostgres();
/** After the name leads back: a second for connections to a standby, and what a busy machine takes. */
const RECOVERY_MS = 3000;
const NAME = "reads-only";
const ROOT = join(__dirname, "..", "..", "..");
const wrapped = { wrappedBy: "k", bytes: Buffer.of(1) };

/** Asks until it is so. */
async function until(what: string, limitMs: number, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > end) throw new Error(`${what}: not within ${limitMs} ms`);
    await wait(20);
  }
}

(why === undefined ? describe : describe.skip)(`a service that only reads${why ? `, skipped: ${why}` : ""}`, () => {
  let [primary, standby] = [] as unknown as [RunningPostgres, RunningPostgres];
  let proxy: FaultyProxy;
  let onStandby: Client;
  let pool: Pool;
  let [written, rows, keys] = [] as unknown as [PostgresEventStore, PostgresReadModels, PostgresSubjectKeys];
  let environment: NodeJS.ProcessEnv;
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    primary = await startPostgres();
    pool = poolOn(primary);
    written = new PostgresEventStore({ pool });
    rows = new PostgresReadModels({ primary: pool });
    keys = new PostgresSubjectKeys({ pool });
    await Promise.all([written.migrate(), rows.migrate(TABLES), keys.migrate()]);
    standby = await startReplica(primary);
    onStandby = new Client(standby.url);
    await onStandby.connect();
    proxy = await FaultyProxy.start(primary);
    const { user, database } = primary;
    const url = `postgres://${user}@${proxy.host}:${proxy.port}/${database}`;
    environment = {
      NODE_ENV: "test",
      LOCAL_KEY: randomBytes(32).toString("base64"),
      EVENT_STORE_CONNECTION_STRING: url,
      SUBJECT_KEYS_URL: url,
      ...{ DATABASE_HOSTS: proxy.host, DATABASE_PORT: `${proxy.port}`, DATABASE_USER: user, DATABASE_NAME: database },
    };
  }, 60_000);
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    proxy.leadTo(primary);
    proxy.reset();
    await onStandby.query("select pg_wal_replay_resume()");
  }, 60_000);
  afterAll(async () => {
    await proxy.stop();
    await pool.end();
    await onStandby.end();
    await standby.stop();
    await primary.stop();
  });

  const connections = async (name: string): Promise<number> => {
    const text = "select count(*)::int as count from pg_stat_activity where application_name = $1";
    return (await onStandby.query(text, [name])).rows[0].count;
  };
  /** A standby as an old primary that was fenced off: it answers, and nothing new comes to it. */
  const leadToStandby = async (): Promise<void> => {
    await onStandby.query("select pg_wal_replay_pause()");
    proxy.leadTo(standby);
    proxy.reset();
  };
  const append = async (orderId: string): Promise<string> => {
    const id = randomUUID();
    const data = { orderId, customerId: "ada", customer: {}, items: [] };
    const event = { id, type: "OrderCreated", data: Buffer.from(JSON.stringify(data)) };
    await written.append(`order-${orderId}`, [event], "no_stream");
    return id;
  };

  test("has its events, rows and keys from the primary a second after the name leads back to it", async () => {
    const store = await eventStoreOf(environment, NAME);
    const readModels = readModelsOf(environment, NAME);
    const { keys: dataKeys, close } = await fieldsOf(environment, NAME);
    ends.push(
      close,
      () => readModels.close(),
      () => store.close(),
    );

    const seen = new Set<string>();
    const end = new AbortController();
    const subscriptions = [1, 2].map(async () => {
      while (!end.signal.aborted) {
        try {
          for await (const { id } of store.subscribe(undefined, { signal: end.signal })) seen.add(id);
        } catch {
          await wait(20);
        }
      }
    });
    ends.push(async () => {
      end.abort();
      await Promise.all(subscriptions);
    });
    const hasRow = async (orderId: string) =>
      (await readModels.query("select from orders where order_id = $1", [orderId])).length > 0;
    const isForgotten = (subject: string) => dataKeys.isForgotten(subject);

    const first = await append(randomUUID());
    await until("first event", RECOVERY_MS, async () => seen.has(first));
    await leadToStandby();
    await until("readers at the standby", 20_000, async () => {
      await Promise.all([hasRow("none"), isForgotten("nobody"), store.countAfter(undefined, 10)]);
      return (await connections(NAME)) >= 3;
    });

    proxy.leadTo(primary);
    const [orderId, subject] = [randomUUID(), randomUUID()];
    const last = await append(orderId);
    await pool.query("insert into read_models.orders values ($1, 'ada', '{}', '[]', 'created')", [orderId]);
    await keys.putIfAbsent({ id: subject, subject, generation: 1, wrapped });
    await keys.delete(subject);
    await Promise.all([
      until("event", RECOVERY_MS, async () => seen.has(last)),
      until("row", RECOVERY_MS, () => hasRow(orderId)),
      until("key", RECOVERY_MS, () => isForgotten(subject)),
      until("no connection at the standby", RECOVERY_MS, async () => (await connections(NAME)) === 0),
    ]);
  }, 60_000);

  test("keeps no idle connection at a standby", async () => {
    const store = await eventStoreOf(environment, NAME);
    ends.push(() => store.close());
    await store.head();
    await leadToStandby();
    await until("an answer of the standby", 5000, async () => {
      await Promise.all([store.head(), store.head(), store.head()]);
      return (await connections(NAME)) > 0;
    });
    await until("no connection at the standby", RECOVERY_MS, async () => (await connections(NAME)) === 0);
  }, 60_000);

  test("projections write new rows, and say that they need the event store", async () => {
    const metrics = await freePort();
    const program = spawnServer([process.execPath, compiled(join(ROOT, "examples", "orders", "projections.ts"))], {
      cwd: ROOT,
      env: {
        ...{ PATH: process.env.PATH, ...environment, METRICS_PORT: `${metrics}` },
        ...{ PROJECTION_WORKERS: "1", PROJECTION_INDEX: "0", PROJECTION_PARTITIONS: "4", PROJECTION_PARALLELISM: "2" },
      },
    });
    ends.push(async () => {
      const over = once(program, "exit");
      program.kill("SIGTERM");
      await over;
    });
    const components = async (): Promise<readonly { name: string; status: string }[]> =>
      ((await (await fetch(`http://127.0.0.1:${metrics}/health`)).json()) as { components: [] }).components;
    const isProjected = async (orderId: string) =>
      (await rows.query("select from orders where order_id = $1", [orderId])).length > 0;
    const hasStatus = async (name: string, status: string) =>
      (await components()).some((each) => each.name === name && each.status === status);

    const first = randomUUID();
    await append(first);
    await until("first row", 20_000, () => isProjected(first));
    await until("healthy", 20_000, () => hasStatus("EventStore", "healthy"));
    await leadToStandby();
    await until("readers at the standby", 20_000, async () => (await connections("projections")) > 0);
    proxy.leadTo(primary);
    const last = randomUUID();
    await append(last);
    // Rows could not be written meanwhile, and are tried again after a pause.
    await until("last row", 2 * RECOVERY_MS, () => isProjected(last));
    await until("no connection at the standby", RECOVERY_MS, async () => (await connections("projections")) === 0);
  }, 60_000);
});
