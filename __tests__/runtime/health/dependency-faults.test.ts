import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { postgresProbe } from "../../../runtime/adapters/postgres/postgres-probe";
import { redisProbe } from "../../../runtime/adapters/redis/redis-probe";
import { HealthServer } from "../../../runtime/health/health-server";
import { partsOf } from "../../../runtime/health/health-status";
import { httpProbe } from "../../../runtime/health/http-probe";
import { kurrentDbLeaderProbe, kurrentDbLiveProbe } from "../../../runtime/health/kurrentdb-probe";
import { type HealthProbes, ProductionHealthCheck } from "../../../runtime/health/production-health-check";
import type { Health } from "../../../runtime/metrics/production-metrics";
import { startAnswering } from "../../support/servers/answering-server";
import { FAULTS, FaultyProxy } from "../../support/servers/faulty-proxy";
import { startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { startRedis, whyNoRedis } from "../../support/servers/running-redis";

const INTERVAL_MS = 400;
const TIME_LIMIT_MS = 250;
const ANSWER_MS = 50;
/** Of readiness while a dependency fails, at least: one slow answer among them says nothing. */
const LEAST_ANSWERS = 11;
/** Far beyond what is measured. */
const PATIENCE_MS = 10_000;

interface Dependency {
  readonly why?: string;
  /** Starts what is asked, which is well all the time. */
  readonly start: () => Promise<{ readonly host: string; readonly port: number; stop(): Promise<void> }>;
  /** Probes that ask it by way of a proxy. */
  readonly probes: (proxy: FaultyProxy) => { readonly probes: HealthProbes; close?(): void };
  readonly parts: readonly string[];
}

const gossip = JSON.stringify({ members: [{ state: "Leader", isAlive: true }] });
const DEPENDENCIES: Readonly<Record<string, Dependency>> = {
  "the command API": {
    start: () => startAnswering((_, response) => response.writeHead(401).end()),
    probes: ({ host, port }) => ({
      probes: { writeSide: { commandApi: httpProbe({ url: `http://${host}:${port}/commands`, status: 401 }) } },
    }),
    parts: ["commandApi"],
  },
  "what answers as KurrentDB": {
    start: () => startAnswering((_, response) => response.writeHead(200).end(gossip)),
    probes: ({ host, port }) => {
      const nodes = [`http://${host}:${port}`];
      return {
        probes: { eventStore: { live: kurrentDbLiveProbe({ nodes }), leader: kurrentDbLeaderProbe({ nodes }) } },
      };
    },
    parts: ["live", "leader"],
  },
  PostgreSQL: {
    why: whyNoPostgres(),
    start: async () => {
      const server = await startPostgres();
      const sql = new Client(server.url);
      await sql.connect();
      await sql.query("create table checkpoints (position text)");
      await sql.end();
      return server;
    },
    probes: ({ host, port }) => {
      const connection = { host, port, user: "postgres", database: "postgres" };
      const { probe, close } = postgresProbe({ connection, table: "checkpoints", role: "primary" });
      return { probes: { readSide: { postgresPrimary: probe } }, close };
    },
    parts: ["postgresPrimary"],
  },
  Redis: {
    why: whyNoRedis(),
    start: () => startRedis(),
    probes: ({ host, port }) => {
      const { probe, close } = redisProbe({ connection: { socket: { host, port } }, role: "primary" });
      return { probes: { readSide: { redis: probe } }, close };
    },
    parts: ["redis"],
  },
};

// Milliseconds are measured on a machine that is shared: what was missed once is measured again, and told.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

describe.each(Object.entries(DEPENDENCIES))("%s", (_, { why, start, probes, parts }) => {
  if (why !== undefined) {
    test.skip(`skipped: ${why}`, () => {});
    return;
  }
  const ends: (() => Promise<void> | void)[] = [];
  let proxy: FaultyProxy;
  let check: ProductionHealthCheck;
  let address: string;

  beforeAll(async () => {
    const dependency = await start();
    ends.unshift(() => dependency.stop());
    proxy = await FaultyProxy.start(dependency);
    ends.unshift(() => proxy.stop());
    const made = probes(proxy);
    ends.unshift(() => made.close?.());
    check = new ProductionHealthCheck({
      probes: made.probes,
      intervalMs: INTERVAL_MS,
      timeLimitMs: TIME_LIMIT_MS,
    });
    check.start();
    ends.unshift(() => check.stop());
    const server = new HealthServer({ healthCheck: check, port: 0, host: "127.0.0.1", drainDelayMs: 0 });
    address = `http://127.0.0.1:${await server.listen()}`;
    ends.unshift(() => server.drain());
  }, 60_000);
  afterAll(async () => {
    for (const end of ends) await end();
  });

  /** How its parts are, all of them. */
  const healths = (): readonly Health[] => {
    const all = Object.assign({}, ...check.status.components.map(partsOf));
    return parts.map((part) => all[part].status);
  };
  const areAll = (health: Health): boolean => healths().every((each) => each === health);
  /** Milliseconds until each of its parts is so. */
  async function untilAll(health: Health): Promise<number> {
    const start = performance.now();
    while (!areAll(health) && performance.now() - start < PATIENCE_MS) await wait(5);
    expect(healths()).toEqual(parts.map(() => health));
    return performance.now() - start;
  }
  async function timed(path: string): Promise<{ readonly status: number; readonly ms: number }> {
    const start = performance.now();
    const response = await fetch(`${address}${path}`);
    await response.text();
    return { status: response.status, ms: performance.now() - start };
  }

  /** How long each answer of readiness took, and what liveness said meanwhile. */
  async function askUntilUnhealthy(): Promise<{ readonly ready: number[]; readonly live: ReadonlySet<number> }> {
    const ready: number[] = [];
    const live = new Set<number>();
    const start = performance.now();
    while (ready.length < LEAST_ANSWERS || (!areAll("unhealthy") && performance.now() - start < PATIENCE_MS)) {
      ready.push((await timed("/readyz")).ms);
      live.add((await timed("/livez")).status);
      await wait(15);
    }
    return { ready, live };
  }
  afterEach(() => proxy.mend());

  test.each(FAULTS)("%s: readiness answers at once, the process lives, and health returns by itself", async (fault) => {
    await untilAll("healthy");
    await proxy.break(fault);
    const [noticedMs, { ready, live }] = await Promise.all([untilAll("unhealthy"), askUntilUnhealthy()]);
    expect(noticedMs).toBeLessThan(2 * INTERVAL_MS + TIME_LIMIT_MS);
    // What it can do without leaves it ready.
    expect((await timed("/readyz")).status).toBe(parts.includes("redis") ? 200 : 503);
    expect(live).toEqual(new Set([200]));
    // One may have waited for another process of this machine.
    expect(ready.sort((a, b) => b - a)[1]).toBeLessThan(ANSWER_MS);
    await proxy.mend();
    expect(await untilAll("healthy")).toBeLessThan(2 * INTERVAL_MS);
  });
});
