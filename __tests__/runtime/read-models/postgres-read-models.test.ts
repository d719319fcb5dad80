import { setTimeout as wait } from "node:timers/promises";
import { PostgresReadModels } from "../../../runtime/adapters/postgres/postgres-read-models";
import type { Position } from "../../../runtime/event-store/position";
import {
  CheckpointMovedError,
  PartitionsDifferError,
  ReadModelsUnavailableError,
} from "../../../runtime/read-models/read-models";
import { poolOn, readModelsOn } from "../../support/runtime/read-models-on";
import { FaultyProxy } from "../../support/servers/faulty-proxy";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";

const why = whyNoPostgres();
const PARTITIONS = 8;
/** By a network that fails: a test waits for it. */
const CONNECT_MS = 500;
const at = (major: number): Position => ({ major: BigInt(major), minor: 1n });

(why === undefined ? describe : describe.skip)(`read models in PostgreSQL${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningPostgres;
  let models: PostgresReadModels;
  let schemas = 0;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    models = await readModelsOn(server, `models_${++schemas}`);
  });
  afterEach(() => models.close());

  const partition = { projection: "orders", number: 3, of: PARTITIONS };
  const see =
    (id: string) => async (transaction: { query(text: string, values: readonly unknown[]): Promise<unknown> }) =>
      void (await transaction.query("insert into seen (id, stream) values ($1, 'a')", [id]));
  const seen = async () =>
    (await models.query<{ id: string }>("select id from seen order by number")).map(({ id }) => id);

  test("rows and checkpoint are there together", async () => {
    await models.project(partition, { from: undefined, to: at(1) }, see("a"));
    await models.project(partition, { from: at(1), to: at(5) }, see("b"));
    expect(await seen()).toEqual(["a", "b"]);
    expect(await models.checkpoints("orders", PARTITIONS)).toEqual(new Map([[3, at(5)]]));
    expect(await models.checkpoints("others", PARTITIONS)).toEqual(new Map());
  });

  test("what fails writes neither", async () => {
    const fail = async (transaction: Parameters<ReturnType<typeof see>>[0]) => {
      await see("a")(transaction);
      throw new TypeError("no order");
    };
    await expect(models.project(partition, { from: undefined, to: at(1) }, fail)).rejects.toThrow("no order");
    expect(await seen()).toEqual([]);
    expect(await models.checkpoints("orders", PARTITIONS)).toEqual(new Map());
  });

  test("a statement that failed is not done, whoever has kept its error to himself", async () => {
    const keep = async (transaction: Parameters<ReturnType<typeof see>>[0]) => {
      await see("a")(transaction);
      await transaction.query("insert into nowhere values ($1)", ["a"]).catch(() => undefined);
    };
    const swallowed = models.project(partition, { from: undefined, to: at(1) }, keep);
    await expect(swallowed).rejects.toThrow("a statement failed, and with it the whole transaction");
    expect(await seen()).toEqual([]);
    expect(await models.checkpoints("orders", PARTITIONS)).toEqual(new Map());
  });

  test("of two owners at once one is told, and writes nothing", async () => {
    await models.project(partition, { from: undefined, to: at(1) }, see("a"));
    const both = await Promise.allSettled(
      ["b", "c"].map((id) => models.project(partition, { from: at(1), to: at(2) }, see(id))),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find(({ status }) => status === "rejected")).toMatchObject({
      reason: new CheckpointMovedError(partition, at(2)),
    });
    expect(await seen()).toHaveLength(2);
  });

  test("a first checkpoint is one owner's alone", async () => {
    const both = await Promise.allSettled(
      ["a", "b"].map((id) => models.project(partition, { from: undefined, to: at(1) }, see(id))),
    );
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await seen()).toHaveLength(1);
  });

  test("a checkpoint that is gone is nobody's", async () => {
    const moved = models.project(partition, { from: at(1), to: at(2) }, see("a"));
    await expect(moved).rejects.toThrow(new CheckpointMovedError(partition, undefined));
  });

  test("a checkpoint never goes back", async () => {
    await expect(models.project(partition, { from: at(2), to: at(1) }, see("a"))).rejects.toThrow(RangeError);
  });

  describe("with another number of partitions", () => {
    const first = { from: undefined, to: at(1) };
    const refused = new PartitionsDifferError("orders", PARTITIONS, 20);

    test("nothing is read, and what to do is said", async () => {
      await models.project(partition, first, see("a"));
      await expect(models.checkpoints("orders", 20)).rejects.toThrow(refused);
      expect(refused.message).toBe(
        "orders: its checkpoints are of 8 partitions, got 20: rebuild the read models with PROJECTION_PARTITIONS 20, or go back to 8",
      );
      expect(await models.checkpoints("others", 20)).toEqual(new Map());
    });

    test.each([
      ["a first checkpoint", 4, first],
      ["a first checkpoint of a partition that has one", 3, first],
      ["one that is where it should be", 3, { from: at(1), to: at(2) }],
      ["one that was moved", 3, { from: at(2), to: at(3) }],
    ])("%s is not moved", async (_, number, move) => {
      await models.project(partition, first, see("a"));
      await expect(models.project({ ...partition, number, of: 20 }, move, see("b"))).rejects.toThrow(refused);
      expect(await seen()).toEqual(["a"]);
      expect(await models.checkpoints("orders", PARTITIONS)).toEqual(new Map([[3, at(1)]]));
    });

    test("of two that begin at once, one is told", async () => {
      for (let round = 0; round < 5; round++) {
        const projection = `orders-${round}`;
        let arrived = 0;
        // Each waits for the other to be as far, for as long as one that is let in alone.
        const slowly = async (transaction: Parameters<ReturnType<typeof see>>[0]) => {
          arrived++;
          for (let waits = 0; arrived < 2 && waits < 10; waits++) await wait(10);
          await see(projection)(transaction);
        };
        const both = await Promise.allSettled(
          [PARTITIONS, 20].map((of, number) => models.project({ projection, number, of }, first, slowly)),
        );
        expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
        expect(both.find(({ status }) => status === "rejected")).toMatchObject({
          reason: expect.any(PartitionsDifferError),
        });
      }
      expect(await seen()).toHaveLength(5);
    }, 20_000);

    test("a projection that is called after a connection is refused by its number all the same", async () => {
      const projection = "connection-timeouts";
      await models.project({ ...partition, projection }, first, see("a"));
      await expect(models.checkpoints(projection, 20)).rejects.toThrow(PartitionsDifferError);
      const moved = models.project({ ...partition, projection }, { from: at(2), to: at(3) }, see("b"));
      await expect(moved).rejects.toThrow(CheckpointMovedError);
    });
  });

  describe("of before the number of partitions was kept", () => {
    const migrated = async () => {
      await models.migrate();
      await models.migrate();
    };
    beforeEach(async () => {
      for (const number of [0, 3])
        await models.project({ ...partition, number }, { from: undefined, to: at(1) }, see("a"));
      const pool = poolOn(server);
      await pool.query(`alter table models_${schemas}.checkpoints drop column partitions`);
      await pool.end();
    });

    test("are read as they are, with the number that is said, unless there are more", async () => {
      const both = new Map([0, 3].map((number) => [number, at(1)]));
      expect(await models.checkpoints("orders", 20)).toEqual(both);
      await migrated();
      expect(await models.checkpoints("orders", 20)).toEqual(both);
      await expect(models.checkpoints("orders", 3)).rejects.toThrow(new PartitionsDifferError("orders", 4, 3));
    });

    test("are of whoever moves one of them first", async () => {
      await migrated();
      await models.project(partition, { from: at(1), to: at(2) }, see("b"));
      await models.project(partition, { from: at(2), to: at(3) }, see("c"));
      const refused = new PartitionsDifferError("orders", PARTITIONS, 20);
      const other = { ...partition, number: 0, of: 20 };
      await expect(models.project(other, { from: at(1), to: at(2) }, see("d"))).rejects.toThrow(refused);
      await expect(models.checkpoints("orders", 20)).rejects.toThrow(refused);
      await models.project({ ...partition, number: 0 }, { from: at(1), to: at(3) }, see("e"));
      expect(await seen()).toEqual(["a", "a", "b", "c", "e"]);
    });
  });

  test("a migration of what is there already waits for nobody", async () => {
    const pool = poolOn(server);
    const reader = await pool.connect();
    await reader.query(`begin; select from models_${schemas}.checkpoints`);
    await models.migrate();
    reader.release(true);
    await pool.end();
  });

  test("many migrations at once make one schema", async () => {
    const all = Array.from(
      { length: 5 },
      () => new PostgresReadModels({ primary: poolOn(server), schema: "together" }),
    );
    await Promise.all(all.map((each) => each.migrate(["create table if not exists t (a int)"])));
    await Promise.all(all.map((each) => each.close()));
  });

  test.each(["", "a-b", "A", 'a"; drop schema public', "a".repeat(64)])("'%s' is no schema", (schema) => {
    expect(() => new PostgresReadModels({ primary: poolOn(server), schema })).toThrow(RangeError);
  });

  test("a wrong statement is an error of its own, and not the database's absence", async () => {
    await expect(models.query("select * from nowhere")).rejects.toMatchObject({ code: "42P01" });
  });

  describe("with two replicas, of which one is behind a proxy that fails", () => {
    let proxy: FaultyProxy;
    let spread: PostgresReadModels;
    beforeEach(async () => {
      proxy = await FaultyProxy.start(server);
      const replicas = [poolOn({ ...server, port: proxy.port }, CONNECT_MS), poolOn(server)];
      spread = new PostgresReadModels({ primary: poolOn(server), replicas, schema: `models_${schemas}` });
    });
    afterEach(async () => {
      await proxy.stop();
      await spread.close();
    });

    test.each(["refused", "resetting", "garbage"] as const)(
      "queries are answered by the other: %s",
      async (fault) => {
        await proxy.break(fault);
        for (let index = 0; index < 4; index++) expect(await spread.query("select 1 as one")).toEqual([{ one: 1 }]);
      },
      20_000,
    );

    test("a query that is answered by none says so", async () => {
      await proxy.break("refused");
      const none = new PostgresReadModels({ primary: poolOn({ ...server, port: proxy.port }, CONNECT_MS) });
      await expect(none.query("select 1")).rejects.toThrow(ReadModelsUnavailableError);
      await expect(none.checkpoints("orders", PARTITIONS)).rejects.toThrow(ReadModelsUnavailableError);
      const move = { from: undefined, to: at(1) };
      await expect(none.project(partition, move, async () => {})).rejects.toThrow(ReadModelsUnavailableError);
      await proxy.mend();
      expect(await none.query("select 1 as one")).toEqual([{ one: 1 }]);
      await none.close();
    });

    test("a signal ends a query that hangs", async () => {
      await proxy.break("hanging");
      const one = new PostgresReadModels({ primary: poolOn({ ...server, port: proxy.port }, CONNECT_MS) });
      const started = Date.now();
      await expect(one.query("select 1", [], { signal: AbortSignal.timeout(200) })).rejects.toThrow();
      expect(Date.now() - started).toBeLessThan(1000);
      await proxy.mend();
      await one.close();
    }, 20_000);
  });
});
