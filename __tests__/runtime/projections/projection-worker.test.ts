import type { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import type { PostgresReadModels, SqlTransaction } from "../../../runtime/adapters/postgres/postgres-read-models";
import type { StoredEvent } from "../../../runtime/event-store/event-store";
import { comparePositions, positionText } from "../../../runtime/event-store/position";
import { ProductionHealthCheck } from "../../../runtime/health/production-health-check";
import { projectionProbe } from "../../../runtime/health/projection-probe";
import { partitionOf } from "../../../runtime/projections/partitions";
import type { Projection } from "../../../runtime/projections/projection";
import { ProjectionWorker, type ProjectionWorkerOptions } from "../../../runtime/projections/projection-worker";
import { PartitionsDifferError } from "../../../runtime/read-models/read-models";
import { poolOn, readModelsOn } from "../../support/runtime/read-models-on";
import { FaultyProxy } from "../../support/servers/faulty-proxy";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { bySchedule } from "../../support/test-run/nightly";
import { newEvent, newEvents } from "../event-store/events";

/** By a network that fails: a test waits for it. */
const CONNECT_MS = 1000;
const why = whyNoPostgres();
type Options = ProjectionWorkerOptions<SqlTransaction>;

(why === undefined ? describe : describe.skip)(`a projection worker${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningPostgres;
  let proxy: FaultyProxy;
  let store: PostgresEventStore;
  let models: PostgresReadModels;
  let schemas = 0;
  const running: ProjectionWorker<SqlTransaction>[] = [];
  const lines: string[] = [];
  const write = (_: object, message: string) => void lines.push(message);
  const log = { info: write, warn: write, error: write };

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    lines.length = 0;
    proxy = await FaultyProxy.start(server);
    schemas++;
    store = await storeOn({ ...server, port: proxy.port }, `events_${schemas}`);
    models = await readModelsOn(server, `models_${schemas}`);
  });
  afterEach(async () => {
    await proxy.mend();
    await Promise.all(running.splice(0).map((each) => each.stop()));
    await Promise.all([store.close(), models.close()]);
    await proxy.stop();
  });

  const insert = async ({ id, stream }: StoredEvent, transaction: SqlTransaction) =>
    void (await transaction.query("insert into seen (id, stream) values ($1, $2)", [id, stream]));
  const projection = (handle: Projection<SqlTransaction>["handle"] = insert): Projection<SqlTransaction> => ({
    name: "seen",
    types: ["OrderCreated"],
    handle,
  });
  const started = (more: Partial<Options> = {}) => {
    const settings = { workers: 1, index: 0, partitions: 10, parallelism: 4 };
    const options = {
      projection: projection(),
      store,
      readModels: models,
      settings,
      log,
      checkpointMs: 50,
      retryMs: 5,
    };
    const worker = new ProjectionWorker({ ...options, ...more });
    running.push(worker);
    worker.start();
    return worker;
  };
  const seen = () => models.query<{ id: string; stream: string }>("select id, stream from seen order by number");
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const countSeen = async () =>
    (await models.query<{ count: number }>("select count(*)::int from seen"))[0]?.count ?? 0;
  const untilSeen = (count: number) => until(async () => (await countSeen()) >= count);

  /** Events of many streams, each stream's in order; by stream, their ids. */
  async function append(streams: number, each: number): Promise<ReadonlyMap<string, readonly string[]>> {
    const all = Array.from({ length: streams }, (_, index) => [`order-${schemas}-${index}`, newEvents(each)] as const);
    await Promise.all(all.map(([stream, events]) => store.append(stream, events, "any")));
    return new Map(all.map(([stream, events]) => [stream, events.map(({ id }) => id)]));
  }
  const byStream = (rows: readonly { readonly id: string; readonly stream: string }[]) => {
    const found = new Map<string, string[]>();
    for (const { id, stream } of rows) found.set(stream, [...(found.get(stream) ?? []), id]);
    return found;
  };

  // More than are read ahead, than a page of the store has, and in each partition than a transaction writes.
  const streams = bySchedule({ always: 24, nightly: 200 });
  const many = streams * 100;
  test(`writes ${many.toLocaleString("en")} events over 10 partitions, each once and each stream in order`, async () => {
    const expected = await append(streams, 100);
    started();
    await untilSeen(many);
    expect(byStream(await seen())).toEqual(expected);
  }, 60_000);

  const fewer = bySchedule({ always: 30, nightly: 50 });
  test("goes on where it was stopped in the middle, as often as it is", async () => {
    const expected = await append(fewer, 40);
    for (let round = 1; round <= 5; round++) {
      const worker = started();
      await untilSeen(round * 100);
      await worker.stop();
    }
    started();
    await untilSeen(fewer * 40);
    expect(byStream(await seen())).toEqual(expected);
  }, 30_000);

  test("two owners of all partitions at once write nothing twice", async () => {
    const expected = await append(fewer, 40);
    started();
    started();
    await untilSeen(fewer * 40);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(byStream(await seen())).toEqual(expected);
  }, 30_000);

  test("workers divide the partitions among them", async () => {
    const expected = await append(50, 10);
    const each = [0, 1, 2].map((index) => started({ settings: { workers: 3, index, partitions: 10, parallelism: 2 } }));
    await untilSeen(500);
    expect(byStream(await seen())).toEqual(expected);
    expect(each.map(({ checkpoints }) => checkpoints.length)).toEqual([4, 3, 3]);
  }, 30_000);

  test("moves the checkpoints of all partitions to the end of what there is", async () => {
    await store.append("order-1", [newEvent(), newEvent({ type: "Other" })], "any");
    const worker = started();
    const head = await store.head();
    await until(async () =>
      worker.checkpoints.every(
        (each) => each !== undefined && head !== undefined && comparePositions(each, head) === 0,
      ),
    );
    expect((await models.checkpoints("seen", 10)).size).toBe(10);
  });

  describe("at an event that it can't handle", () => {
    const poison = newEvent();
    let isMended = false;
    const handle = async (event: StoredEvent, transaction: SqlTransaction) => {
      if (event.id === poison.id && !isMended) throw new TypeError("078-05-1120");
      await insert(event, transaction);
    };
    beforeEach(async () => {
      isMended = false;
      await store.append("order-bad", [newEvent(), poison, newEvent()], "any");
      await append(20, 5);
    });
    const others = (rows: readonly { readonly stream: string }[]) =>
      rows.filter(({ stream }) => partitionOf(stream, 10) !== partitionOf("order-bad", 10));

    test("stops its partition, and no other", async () => {
      const worker = started({ projection: projection(handle) });
      await until(async () => worker.stopped.length > 0);
      await until(async () => worker.checkpoints.filter((each) => each !== undefined).length === 10);
      const rows = await seen();
      expect(worker.stopped).toEqual([partitionOf("order-bad", 10)]);
      expect(rows.filter(({ stream }) => stream === "order-bad")).toHaveLength(1);
      const count = Array.from({ length: 20 }, (_, index) => ({ stream: `order-${schemas}-${index}` }));
      expect(others(rows)).toHaveLength(others(count).length * 5);
      expect(lines).toContain("its partition has stopped");
    });

    test("goes on there once it was mended", async () => {
      const worker = started({ projection: projection(handle), retryStoppedMs: 200 });
      await until(async () => worker.stopped.length > 0);
      isMended = true;
      await untilSeen(103);
      expect((await seen()).filter(({ stream }) => stream === "order-bad")).toHaveLength(3);
      expect(new Set((await seen()).map(({ id }) => id)).size).toBe(103);
      expect(worker.stopped).toEqual([]);
    });
  });

  test.each(["refused", "resetting", "garbage"] as const)(
    "goes on after the event store was %s",
    async (fault) => {
      const before = await append(5, 5);
      const hasty = await storeOn({ ...server, port: proxy.port }, `events_${schemas}`, CONNECT_MS);
      const worker = started({ store: hasty });
      await untilSeen(25);
      await proxy.break(fault);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await proxy.mend();
      const events = newEvents(3);
      await until(async () =>
        hasty.append("order-late", events, "any").then(
          () => true,
          () => false,
        ),
      );
      await untilSeen(28);
      expect(byStream(await seen())).toEqual(new Map([...before, ["order-late", events.map(({ id }) => id)]]));
      await worker.stop();
      await hasty.close();
    },
    60_000,
  );

  test("tries again while the read models are away, and blames no event", async () => {
    await proxy.stop();
    proxy = await FaultyProxy.start(server);
    const away = await readModelsOn({ ...server, port: proxy.port }, `models_${schemas}`);
    const sound = await storeOn(server, `events_${schemas}`);
    await sound.append("order-1", newEvents(2), "any");
    const worker = started({ readModels: away, store: sound });
    await untilSeen(2);
    await proxy.break("resetting");
    await sound.append("order-1", newEvents(2), "any");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await proxy.mend();
    await untilSeen(4);
    expect(await seen()).toHaveLength(4);
    expect(worker.stopped).toEqual([]);
    await worker.stop();
    await Promise.all([away.close(), sound.close()]);
  }, 30_000);

  test("reads no more ahead than it may", async () => {
    await append(10, 20);
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const given: string[] = [];
    const counting = Object.create(store, {
      subscribe: {
        value: async function* (...args: Parameters<PostgresEventStore["subscribe"]>) {
          for await (const event of store.subscribe(...args)) {
            given.push(event.id);
            yield event;
          }
        },
      },
    });
    const slow = projection(async (event, transaction) => {
      await gate;
      await insert(event, transaction);
    });
    started({ store: counting, projection: slow, readAhead: 10 });
    await until(async () => given.length >= 11);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(given.length).toBeLessThanOrEqual(11);
    open();
    await untilSeen(200);
  }, 30_000);

  test("a partition that stops is degraded in health at once, however few events wait", async () => {
    const poison = newEvent();
    await store.append("order-poison", [poison, newEvent()], "any");
    const worker = started({
      projection: projection(async (event, transaction) => {
        if (event.id === poison.id) throw new TypeError("no");
        await insert(event, transaction);
      }),
    });
    const probe = projectionProbe({
      eventStore: store,
      checkpoints: async () => worker.checkpoints,
      stopped: () => worker.stopped,
    });
    await until(async () => worker.stopped.length > 0);
    const health = new ProductionHealthCheck({ probes: { projections: { seen: probe } } });
    expect(await health.checkSystem()).toMatchObject({
      status: "degraded",
      components: [
        { details: { projections: { seen: { found: { lag: 2, stopped: [partitionOf("order-poison", 10)] } } } } },
      ],
    });
  }, 30_000);

  test("a value that PostgreSQL can't keep stops no partition, also in a statement of one's own", async () => {
    const [odd, other] = [newEvent(), newEvent()];
    await store.append("order-odd", [odd, other], "any");
    const worker = started({
      projection: projection(async (event, transaction) => {
        const stream = event.id === odd.id ? "\0\ud800" : event.stream;
        await transaction.query("insert into seen (id, stream) values ($1, $2)", [event.id, stream]);
      }),
    });
    await untilSeen(2);
    expect((await seen()).map(({ stream }) => stream)).toEqual(["\ufffd\ufffd", "order-odd"]);
    expect(worker.stopped).toEqual([]);
  }, 30_000);

  describe("with another number of partitions than the read models have", () => {
    const settings = { workers: 1, index: 0, partitions: 4, parallelism: 4 };
    const told =
      "seen: its checkpoints are of 10 partitions, got 4: rebuild the read models with PROJECTION_PARTITIONS 4, or go back to 10";

    test("writes nothing, says so each time that it looks, and goes on once it is mended", async () => {
      const before = await append(20, 5);
      const former = started();
      await untilSeen(100);
      await former.stop();
      const head = await store.head();
      const event = newEvent();
      await store.append("order-late", [event], "any");
      const worker = started({ settings, retryStoppedMs: 100 });
      await until(async () => lines.filter((line) => line === told).length > 2);
      expect(byStream(await seen())).toEqual(before);
      expect(() => worker.checkpoints).toThrow(PartitionsDifferError);
      expect(worker.stopped).toEqual([]);

      // As models that are built anew with this number, by somebody else.
      const pool = poolOn(server);
      const checkpoints = `models_${schemas}.checkpoints`;
      await pool.query(`delete from ${checkpoints};
        insert into ${checkpoints} (projection, partition, partitions, position)
        select 'seen', partition, 4, '${head && positionText(head)}' from generate_series(0, 3) as partition`);
      await pool.end();
      await untilSeen(101);
      expect(byStream(await seen())).toEqual(new Map([...before, ["order-late", [event.id]]]));
      expect(worker.checkpoints).toHaveLength(4);
    }, 30_000);

    test("is degraded in health, with what to do", async () => {
      const former = started();
      await append(5, 1);
      await untilSeen(5);
      await former.stop();
      const worker = started({ settings });
      await until(async () => lines.includes(told));
      const probe = projectionProbe({ eventStore: store, checkpoints: async () => worker.checkpoints });
      const health = new ProductionHealthCheck({ probes: { projections: { seen: probe } } });
      expect(await health.checkSystem()).toMatchObject({
        status: "degraded",
        components: [{ name: "Projections", details: { projections: { seen: { error: told } } } }],
      });
    }, 30_000);

    test("does not stop its partitions one by one, but all of it, when they become so while it runs", async () => {
      const before = await append(20, 5);
      const worker = started({ settings: { ...settings, partitions: 10 }, retryStoppedMs: 60_000 });
      await untilSeen(100);
      const pool = poolOn(server);
      await pool.query(`update models_${schemas}.checkpoints set partitions = 4`);
      await pool.end();
      await append(20, 5);
      await until(async () => lines.some((line) => line.includes("are of 4 partitions, got 10")));
      expect(() => worker.checkpoints).toThrow(PartitionsDifferError);
      expect(worker.stopped).toEqual([]);
      expect(byStream(await seen())).toEqual(before);
    }, 30_000);
  });

  test.each(["", "Orders", "a b", "a".repeat(65)])("can't have a projection named '%s'", (name) => {
    const options = {
      store,
      readModels: models,
      log,
      settings: { workers: 1, index: 0, partitions: 1, parallelism: 1 },
    };
    expect(() => new ProjectionWorker({ ...options, projection: { ...projection(), name } })).toThrow(RangeError);
  });
});
