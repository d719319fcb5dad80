import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import type { Pool } from "pg";
import { PostgresModelCheck } from "../../../../runtime/adapters/postgres/postgres-model-check";
import { postgresPool } from "../../../../runtime/adapters/postgres/postgres-pool";
import { PostgresReadModels } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { schemaLock } from "../../../../runtime/adapters/postgres/schema-lock";
import { FaultyProxy } from "../../../support/servers/faulty-proxy";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";

const why = whyNoPostgres();
/** For what ends at once, on a busy machine. */
const SLACK_MS = 1000;
const GIVE_MS = 2000;
const DROP_MS = 5000;

(why === undefined ? describe : describe.skip)(
  `the tool on a connection that is silent, with default limits${why ? `, skipped: ${why}` : ""}`,
  () => {
    let server: RunningPostgres;
    let proxy: FaultyProxy;
    let pool: Pool;
    const stop = { signal: new AbortController().signal, ask: () => {} };
    const poolOf = (): Pool => {
      const { host, port } = proxy;
      return postgresPool({ ...server, host, port, password: "", applicationName: "the tool" });
    };
    beforeAll(async () => {
      server = await startPostgres();
    }, 60_000);
    afterAll(() => server.stop());
    beforeEach(async () => {
      proxy = await FaultyProxy.start(server);
      pool = poolOf();
      await pool.query("select 1");
      const controller = new AbortController();
      Object.assign(stop, {
        signal: controller.signal,
        ask: () => controller.abort(new Error("asked to stop")),
      });
    });
    afterEach(async () => {
      await proxy.stop();
      await pool.end();
    });
    const took = async (work: Promise<unknown>): Promise<number> => {
      const begun = performance.now();
      await work;
      return performance.now() - begun;
    };
    const stops = async (work: Promise<unknown>): Promise<void> => {
      const failed = expect(work).rejects.toThrow("asked to stop");
      stop.ask();
      expect(await took(failed)).toBeLessThan(SLACK_MS);
    };

    test("a lock is not waited for by whoever is asked to stop", async () => {
      proxy.freeze();
      const taken = schemaLock(pool, "models").take(stop.signal);
      await once(pool, "acquire");
      // It has its connection, and has begun to ask.
      await setImmediate();
      await stops(taken);
    }, 10_000);

    test("whether it is held, neither", async () => {
      const lock = schemaLock(pool, "models");
      await lock.take(undefined);
      proxy.freeze();
      await stops(lock.check(stop.signal));
      await lock.give();
    }, 10_000);

    test("it is given back within its limit, with its connection", async () => {
      const lock = schemaLock(pool, "models");
      await lock.take(undefined);
      proxy.freeze();
      expect(await took(lock.give())).toBeLessThan(GIVE_MS + SLACK_MS);
      expect(pool.totalCount).toBe(0);
    }, 10_000);

    test("tables are not waited for", async () => {
      const models = new PostgresReadModels({ primary: pool, schema: "models" });
      proxy.freeze();
      await stops(models.migrate([], { signal: stop.signal }));
    }, 10_000);

    test("a comparison that is asked to stop ends, also if what it has built can't be dropped", async () => {
      const models = new PostgresReadModels({ primary: poolOf(), schema: "models" });
      await models.migrate();
      await models.close();
      const check = new PostgresModelCheck({ pool, loading: poolOf(), schema: "models", tables: [] });
      const compared = check.compare(
        { projections: [], partitions: 1 } as never,
        async () => {
          proxy.freeze();
          stop.ask();
          stop.signal.throwIfAborted();
        },
        { signal: stop.signal },
      );
      const failed = expect(compared).rejects.toThrow("asked to stop");
      expect(await took(failed)).toBeLessThan(DROP_MS + GIVE_MS + SLACK_MS);
      await check.close();
    }, 20_000);
  },
);
