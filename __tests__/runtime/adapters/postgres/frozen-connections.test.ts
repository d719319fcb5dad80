import { setTimeout as wait } from "node:timers/promises";
import type { Pool } from "pg";
import { PostgresEventLog } from "../../../../runtime/adapters/postgres/postgres-event-log";
import { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { type PostgresSettings, postgresPool } from "../../../../runtime/adapters/postgres/postgres-pool";
import { PostgresReadModels, type SqlTransaction } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { PostgresSubjectKeys } from "../../../../runtime/adapters/postgres/postgres-subject-keys";
import { schemaLock } from "../../../../runtime/adapters/postgres/schema-lock";
import { TimeLimitError } from "../../../../runtime/deadline";
import { EventStoreUnavailableError, type StoredEvent } from "../../../../runtime/event-store/event-store";
import { SubjectKeysUnavailableError } from "../../../../runtime/keys/subject-keys";
import { EventProcessor } from "../../../../runtime/processors/event-processor";
import { ProjectionWorker } from "../../../../runtime/projections/projection-worker";
import { FaultyProxy } from "../../../support/servers/faulty-proxy";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { newEvent, newEvents } from "../../event-store/events";

const why = whyNoPostgres();
/** What a server answers in milliseconds, on a busy machine. */
const STATEMENT_MS = 700;
const SILENCE_MS = 800;
/** Beyond a limit, until whatever it ends has ended. */
const SLACK_MS = 700;
const CONNECTIONS = 5;
const FAR = { statementMilliseconds: 30_000, silenceMilliseconds: 60_000 };
const LOG = { info: () => {}, warn: () => {}, error: () => {} };

(why === undefined ? describe : describe.skip)(`frozen connections${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningPostgres;
  let proxy: FaultyProxy;
  let store: PostgresEventStore;
  let schemas = 0;
  const ended: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    proxy = await FaultyProxy.start(server);
    store = new PostgresEventStore({
      pool: pool(),
      schema: `events_${++schemas}`,
      pollMilliseconds: 10,
      answerMilliseconds: SILENCE_MS,
    });
    await store.migrate();
    ended.push(() => store.close());
  });
  afterEach(async () => {
    for (const end of ended.splice(0).reverse()) await end();
    await proxy.stop();
  }, 60_000);

  const pool = (more: Partial<PostgresSettings> = {}): Pool => {
    const { user, database } = server;
    return postgresPool({
      ...{ host: proxy.host, port: proxy.port, user, database, password: "", applicationName: "frozen" },
      ...{ maxConnections: CONNECTIONS, connectMilliseconds: 1000 },
      ...{
        statementMilliseconds: STATEMENT_MS,
        silenceMilliseconds: SILENCE_MS,
        idleInTransactionMilliseconds: STATEMENT_MS,
      },
      ...more,
    });
  };
  const at = <Result>(work: () => Promise<Result>) => Promise.all(Array.from({ length: CONNECTIONS }, work));
  const took = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };

  test("event store: one answer is waited for in vain, and not one of each connection", async () => {
    await at(() => store.head());
    proxy.freeze();
    const first = took(() =>
      expect(store.append("a", newEvents(1), "any")).rejects.toThrow(EventStoreUnavailableError),
    );
    expect(await first).toBeLessThan(SILENCE_MS + SLACK_MS);
    expect(await took(() => store.append("a", newEvents(1), "any"))).toBeLessThan(SILENCE_MS);
  }, 60_000);

  test("subject keys: all that wait are told, and the pool has its connections back", async () => {
    const keyPool = pool();
    const keys = new PostgresSubjectKeys({ pool: keyPool, schema: `keys_${schemas}` });
    ended.push(() => keyPool.end());
    await keys.migrate();
    await at(() => keys.newest("ada"));
    proxy.freeze();
    const found = at(() => expect(keys.newest("ada")).rejects.toThrow(SubjectKeysUnavailableError));
    expect(await took(() => found)).toBeLessThan(SILENCE_MS + SLACK_MS);
    expect(await took(() => at(() => keys.newest("ada")))).toBeLessThan(SILENCE_MS);
  }, 60_000);

  test("the tool's lock is told to be lost, and can be taken again", async () => {
    const toolPool = pool();
    ended.push(() => toolPool.end());
    const lock = schemaLock(toolPool, "models");
    await lock.take(undefined);
    proxy.freeze();
    expect(await took(async () => expect(await lock.isHeld()).toBe(false))).toBeLessThan(SILENCE_MS + SLACK_MS);
    await lock.give();
  }, 60_000);

  describe("projections", () => {
    /** Where a worker projects: it has the proxy's connections for its rows, and the events from the server itself. */
    const projecting = async (
      silence: Partial<PostgresSettings>,
      handle: (event: StoredEvent, transaction: SqlTransaction) => Promise<void>,
    ) => {
      const readModels = new PostgresReadModels({ primary: pool(silence), schema: `models_${schemas}` });
      await readModels.migrate(["create table if not exists seen (id text)"]);
      const worker = new ProjectionWorker({
        projection: { name: "seen", types: ["OrderCreated"], handle },
        ...{ store, readModels, log: LOG, retryMs: 10, checkpointMs: 50, stopMs: 300 },
        settings: { workers: 1, index: 0, partitions: 4, parallelism: 4 },
      });
      ended.push(
        () => readModels.close(),
        () => worker.stop(),
      );
      worker.start();
      return { readModels, worker };
    };
    const insert = async ({ id }: StoredEvent, { query }: SqlTransaction) =>
      void (await query("insert into seen values ($1)", [id]));

    test("go on by new connections", async () => {
      const freezing = newEvent();
      let isFrozen = false;
      const { readModels } = await projecting({}, async (event, transaction) => {
        if (!isFrozen) proxy.freeze();
        isFrozen = true;
        await insert(event, transaction);
      });
      const seen = async () =>
        readModels.query<{ id: string }>("select id from seen").then(
          (rows) => rows.map(({ id }) => id),
          (): string[] => [],
        );
      await store.append("a", [freezing], "any");
      const frozen = await took(async () => {
        while (!(await seen()).includes(freezing.id)) await wait(10);
      });
      expect(frozen).toBeLessThan(2 * SILENCE_MS + 2 * SLACK_MS);
    }, 60_000);

    test("stop within their limit, though the limit on silence is far away", async () => {
      let begun = () => {};
      const isBegun = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const { worker } = await projecting(FAR, async (event, transaction) => {
        proxy.freeze();
        begun();
        await insert(event, transaction);
      });
      await store.append("a", newEvents(1), "any");
      await isBegun;
      expect(await took(() => worker.stop())).toBeLessThan(300 + SLACK_MS);
    }, 60_000);
  });

  describe("a processor stops within its limit", () => {
    /** One whose limits on silence are far away, and that handles an event. */
    const processing = async (handle: (far: PostgresEventStore) => Promise<unknown>) => {
      const far = new PostgresEventStore({
        pool: pool({ ...FAR, connectMilliseconds: 30_000 }),
        schema: `events_${schemas}`,
        pollMilliseconds: 10,
        answerMilliseconds: 60_000,
      });
      ended.push(async () => {
        proxy.reset();
        await far.close();
      });
      let begun = () => {};
      const isBegun = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const processor = new EventProcessor({
        ...{ name: "frozen", store: far, types: ["OrderCreated"], log: LOG, stopMs: 300 },
        handle: async () => {
          // New connections are silent, too.
          await proxy.break("hanging");
          begun();
          await handle(far);
        },
      });
      await store.append("a", newEvents(1), "any");
      processor.start();
      await isBegun;
      return processor;
    };

    test("in the middle of an event", async () => {
      const processor = await processing((far) => far.append("b", newEvents(1), "any"));
      expect(await took(() => processor.stop())).toBeLessThan(300 + SLACK_MS);
    }, 60_000);

    test("with its checkpoint", async () => {
      const processor = await processing(async () => {});
      while (processor.checkpoint === undefined) await wait(5);
      expect(await took(() => processor.stop())).toBeLessThan(300 + SLACK_MS);
    }, 60_000);
  });

  describe("a COPY", () => {
    /** More than what lies between keeps. */
    const LARGE = 20;
    const log = async (limits: Partial<PostgresSettings> = {}, answerMilliseconds = 10_000) => {
      for (let count = 0; count < LARGE; count++)
        await store.append("a", [{ ...newEvent(), data: Buffer.alloc(900_000) }], "any");
      const logPool = pool(limits);
      ended.push(() => logPool.end());
      return new PostgresEventLog({ pool: logPool, schema: `events_${schemas}`, answerMilliseconds });
    };

    test("may be read as slowly as its reader likes", async () => {
      let read = 0;
      for await (const batch of (await log()).readBatches(undefined)) {
        if (read === 0) await wait(3 * SILENCE_MS);
        read += batch.length;
      }
      expect(read).toBe(LARGE);
    }, 60_000);

    test.each([
      ["the connection's silence", {}, 10_000, SILENCE_MS],
      ["its own limit", FAR, 300, 300],
    ])(
      "that gives nothing any more ends by %s",
      async (_, limits, answerMilliseconds, ms) => {
        const reading = async () => {
          for await (const _ of (await log(limits, answerMilliseconds)).readBatches(undefined)) proxy.freeze();
        };
        await expect(reading()).rejects.toMatchObject({
          name: "EventStoreUnavailableError",
          cause: new TimeLimitError(ms),
        });
      },
      60_000,
    );
  });
});
