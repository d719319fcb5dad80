import { setTimeout as wait } from "node:timers/promises";
import type { Pool } from "pg";
import { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { postgresPool } from "../../../../runtime/adapters/postgres/postgres-pool";
import { PostgresReadModels } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { PostgresSubjectKeys } from "../../../../runtime/adapters/postgres/postgres-subject-keys";
import { schemaLock } from "../../../../runtime/adapters/postgres/schema-lock";
import type { NewEvent } from "../../../../runtime/event-store/event-store";
import { eventStoreProbe } from "../../../../runtime/health/event-store-probe";
import { ProductionHealthCheck } from "../../../../runtime/health/production-health-check";
import { FaultyProxy } from "../../../support/servers/faulty-proxy";
import { startReplica } from "../../../support/servers/postgres-replica";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { bySchedule } from "../../../support/test-run/nightly";
import { allOf, newEvent } from "../../event-store/events";

const why = whyNoPostgres();
/** After the name leads back to the primary. */
const RECOVERY_MS = 1000;
const SILENCE_MS = 500;
const ROUNDS = bySchedule({ always: 1, nightly: 5 });
/** How long the name leads to the standby. Health is unhealthy within it, and not for long after it. */
const AWAY_MS = 2000;
/** Of each kind, at a time. */
const WRITERS = 3;

/** Work that is done again and again, and when it last succeeded and failed. */
class Load {
  readonly times = { succeeded: 0, failed: 0 };
  private isOver = false;
  private readonly working: Promise<unknown>;

  constructor(
    readonly name: string,
    work: () => Promise<unknown>,
  ) {
    this.working = Promise.all(Array.from({ length: WRITERS }, () => this.repeat(work)));
  }

  async since(what: keyof Load["times"], begun: number, limitMs = 20_000): Promise<void> {
    while (this.times[what] < begun) {
      if (performance.now() - begun > limitMs) throw new Error(`${this.name} has not ${what} within ${limitMs} ms`);
      await wait(5);
    }
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.working;
  }

  private async repeat(work: () => Promise<unknown>): Promise<void> {
    while (!this.isOver) {
      const begun = performance.now();
      try {
        await work();
        this.times.succeeded = Math.max(this.times.succeeded, begun);
      } catch {
        this.times.failed = performance.now();
        await wait(5);
      }
    }
  }
}

(why === undefined ? describe : describe.skip)(`a failover${why ? `, skipped: ${why}` : ""}`, () => {
  let [primary, standby] = [] as unknown as [RunningPostgres, RunningPostgres];
  let proxy: FaultyProxy;
  const pools: Pool[] = [];
  const loads: Load[] = [];
  let healthCheck: ProductionHealthCheck | undefined;

  beforeAll(async () => {
    primary = await startPostgres();
    standby = await startReplica(primary);
    proxy = await FaultyProxy.start(primary);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(loads.map((load) => load.stop()));
    await healthCheck?.stop();
    await Promise.all(pools.map((each) => each.end()));
    await proxy.stop();
    await standby.stop();
    await primary.stop();
  });

  const poolOf = (applicationName: string): Pool => {
    const { user, database } = primary;
    const pool = postgresPool({
      ...{ host: proxy.host, port: proxy.port, user, database, password: "", applicationName },
      ...{ connectMilliseconds: SILENCE_MS, statementMilliseconds: SILENCE_MS - 100, silenceMilliseconds: SILENCE_MS },
    });
    pools.push(pool);
    return pool;
  };

  test("writes succeed within a second after the name leads back, and nothing acknowledged is lost", async () => {
    const pool = poolOf("events");
    const store = new PostgresEventStore({ pool, schema: "events", answerMilliseconds: SILENCE_MS });
    const readModels = new PostgresReadModels({ primary: poolOf("models"), schema: "models" });
    const keys = new PostgresSubjectKeys({ pool: poolOf("keys"), schema: "keys" });
    const tool = poolOf("tool");
    await Promise.all([store.migrate(), readModels.migrate(), keys.migrate()]);

    const acknowledged: string[] = [];
    let count = 0;
    const append = async () => {
      const event: NewEvent = newEvent();
      await store.append(`stream-${++count % WRITERS}`, [event], "any");
      acknowledged.push(event.id);
    };
    const project = async () => {
      const number = ++count;
      const move = { from: undefined, to: { major: 1n, minor: BigInt(number) } };
      await readModels.project({ projection: `p${number}`, number: 0, of: 1 }, move, async () => {});
    };
    const wrapped = { wrappedBy: "k", bytes: Buffer.of(1) };
    const putKey = async () => {
      const id = `${++count}`;
      await keys.putIfAbsent({ id, subject: id, generation: 1, wrapped }, {});
    };
    loads.push(
      new Load("event store", append),
      new Load("read models", project),
      new Load("subject keys", putKey),
      new Load("tool", () => schemaLock(tool, `models_${++count}`).during(undefined, async () => {})),
    );
    // They succeed at a standby as well, on connections that writers get afterwards.
    const readers = [
      new Load("readers of events", () => store.head()),
      new Load("readers of models", () => readModels.query("select 1")),
      new Load("readers of keys", () => keys.newest("ada")),
    ];
    loads.push(...readers);
    const writers = loads.filter((load) => !readers.includes(load));

    const probes = {
      writeSide: { eventStore: eventStoreProbe(store) },
      readSide: { postgresPrimary: (signal: AbortSignal) => readModels.checkWritable({ signal }) },
    };
    const becomes = async (status: string, limitMs: number) => {
      const end = performance.now() + limitMs;
      while (healthCheck?.status.components.some((component) => component.status !== status)) {
        if (performance.now() > end) throw new Error(`health has not become ${status} within ${limitMs} ms`);
        await wait(5);
      }
    };

    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(loads.map((load) => load.since("succeeded", performance.now())));
      // As services have it: what it asks at its intervals alone comes too late.
      healthCheck = new ProductionHealthCheck({ probes });
      healthCheck.start();
      await becomes("healthy", AWAY_MS);
      proxy.leadTo(standby);
      proxy.reset();
      const movedAt = performance.now();
      await Promise.all([
        becomes("unhealthy", AWAY_MS),
        wait(AWAY_MS),
        ...writers.map((load) => load.since("failed", movedAt)),
        ...readers.map((load) => load.since("succeeded", movedAt)),
      ]);
      proxy.leadTo(primary);
      const backAt = performance.now();
      await Promise.all(writers.map((load) => load.since("succeeded", backAt, RECOVERY_MS)));
      await becomes("healthy", RECOVERY_MS);
      await healthCheck.stop();
    }

    for (const load of loads) await load.stop();
    const stored = new Set((await allOf(store.readAll(undefined))).map(({ id }) => id));
    expect(acknowledged.length).toBeGreaterThan(WRITERS);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  }, 60_000);
});
