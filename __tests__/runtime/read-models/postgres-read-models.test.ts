import { PostgresReadModels } from "../../../runtime/adapters/postgres/postgres-read-models";
import type { Position } from "../../../runtime/event-store/position";
import { CheckpointMovedError, ReadModelsUnavailableError } from "../../../runtime/read-models/read-models";
import { FaultyProxy } from "../../support/faulty-proxy";
import { poolOn, readModelsOn } from "../../support/read-models-on";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/running-postgres";

const why = whyNoPostgres();
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

  const partition = { projection: "orders", number: 3 };
  const see =
    (id: string) => async (transaction: { query(text: string, values: readonly unknown[]): Promise<unknown> }) =>
      void (await transaction.query("insert into seen (id, stream) values ($1, 'a')", [id]));
  const seen = async () =>
    (await models.query<{ id: string }>("select id from seen order by number")).map(({ id }) => id);

  test("rows and checkpoint are there together", async () => {
    await models.project(partition, { from: undefined, to: at(1) }, see("a"));
    await models.project(partition, { from: at(1), to: at(5) }, see("b"));
    expect(await seen()).toEqual(["a", "b"]);
    expect(await models.checkpoints("orders")).toEqual(new Map([[3, at(5)]]));
    expect(await models.checkpoints("others")).toEqual(new Map());
  });

  test("what fails writes neither", async () => {
    const fail = async (transaction: Parameters<ReturnType<typeof see>>[0]) => {
      await see("a")(transaction);
      throw new TypeError("no order");
    };
    await expect(models.project(partition, { from: undefined, to: at(1) }, fail)).rejects.toThrow("no order");
    expect(await seen()).toEqual([]);
    expect(await models.checkpoints("orders")).toEqual(new Map());
  });

  test("a statement that failed is not done, whoever has kept its error to himself", async () => {
    const keep = async (transaction: Parameters<ReturnType<typeof see>>[0]) => {
      await see("a")(transaction);
      await transaction.query("insert into nowhere values ($1)", ["a"]).catch(() => undefined);
    };
    const swallowed = models.project(partition, { from: undefined, to: at(1) }, keep);
    await expect(swallowed).rejects.toThrow("a statement failed, and with it the whole transaction");
    expect(await seen()).toEqual([]);
    expect(await models.checkpoints("orders")).toEqual(new Map());
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
      const replicas = [poolOn({ ...server, port: proxy.port }), poolOn(server)];
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
      const none = new PostgresReadModels({ primary: poolOn({ ...server, port: proxy.port }) });
      await expect(none.query("select 1")).rejects.toThrow(ReadModelsUnavailableError);
      await expect(none.checkpoints("orders")).rejects.toThrow(ReadModelsUnavailableError);
      const move = { from: undefined, to: at(1) };
      await expect(none.project(partition, move, async () => {})).rejects.toThrow(ReadModelsUnavailableError);
      await proxy.mend();
      expect(await none.query("select 1 as one")).toEqual([{ one: 1 }]);
      await none.close();
    });

    test("a signal ends a query that hangs", async () => {
      await proxy.break("hanging");
      const one = new PostgresReadModels({ primary: poolOn({ ...server, port: proxy.port }) });
      const started = Date.now();
      await expect(one.query("select 1", [], { signal: AbortSignal.timeout(200) })).rejects.toThrow();
      expect(Date.now() - started).toBeLessThan(1000);
      await proxy.mend();
      await one.close();
    }, 20_000);
  });
});
