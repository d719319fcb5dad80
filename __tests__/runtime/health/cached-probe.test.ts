import { CachedProbe } from "../../../runtime/health/cached-probe";
import type { Finding } from "../../../runtime/health/probe";

const TIMING = { intervalMs: 1000, timeLimitMs: 300 };
const never = () => new Promise<never>(() => {});
const healthy = async (): Promise<undefined> => undefined;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});
/** Lets time go by, and with it whatever waits for it. */
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
/** The turn of the event loop after which a limit that has passed counts: a millisecond of the fake clock. */
const turn = () => pass(1);

test("is unhealthy until it has an answer", () => {
  const { health } = new CachedProbe(healthy, TIMING);
  expect(health).toEqual({
    status: "unhealthy",
    checkedAt: undefined,
    ageMs: undefined,
    durationMs: undefined,
    error: "not checked yet",
  });
});

test("keeps what was found, and how old that is", async () => {
  const finding: Finding = { status: "degraded", found: { nodes: 2 } };
  const probe = new CachedProbe(async () => {
    await new Promise((resolve) => setTimeout(resolve, 120));
    return finding;
  }, TIMING);
  const run = probe.run();
  await pass(120);
  await run;
  const checkedAt = new Date();
  await pass(500);
  expect(probe.health).toEqual({ status: "degraded", checkedAt, ageMs: 500, durationMs: 120, found: { nodes: 2 } });
  expect(probe.finding).toBe(finding);
});

test.each([
  ["an error", new Error("refused"), "refused"],
  ["an error that has only a code", Object.assign(new Error(), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
  ["an error that says nothing", new TypeError(), "TypeError"],
  ["what is no error", "no", "no"],
  [
    "a password in an address",
    new Error("can't reach kurrentdb://admin:changeit@node"),
    "can't reach kurrentdb://node",
  ],
  ["a long text", new Error("a".repeat(1000)), "a".repeat(200)],
])("is unhealthy by %s that is thrown, and says so", async (_, thrown, error) => {
  const probe = new CachedProbe(() => Promise.reject(thrown), TIMING);
  await probe.run();
  expect(probe.health).toMatchObject({ status: "unhealthy", error });
  expect(probe.finding).toBeUndefined();
});

test("is unhealthy by a probe that throws before it has begun", async () => {
  const probe = new CachedProbe(() => {
    throw new Error("too early");
  }, TIMING);
  await probe.run();
  expect(probe.health).toMatchObject({ status: "unhealthy", error: "too early" });
});

test("ends a run that takes longer than its limit, and tells the probe by its signal", async () => {
  let signal: AbortSignal | undefined;
  const probe = new CachedProbe((given) => {
    signal = given;
    return never();
  }, TIMING);
  const run = probe.run();
  await pass(299);
  expect(signal?.aborted).toBe(false);
  await pass(1);
  await turn();
  await run;
  expect(signal?.aborted).toBe(true);
  expect(probe.health).toMatchObject({ status: "unhealthy", error: "no answer within 300 ms", durationMs: 301 });
});

test("tells by its signal also when a run is over that was well", async () => {
  let signal: AbortSignal | undefined;
  const probe = new CachedProbe(async (given): Promise<undefined> => {
    signal = given;
  }, TIMING);
  await probe.run();
  expect(signal?.aborted).toBe(true);
});

test("has one run at a time, which all wait for who ask meanwhile", async () => {
  let runs = 0;
  const probe = new CachedProbe(async (): Promise<undefined> => {
    runs++;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }, TIMING);
  const all = Promise.all(Array.from({ length: 1000 }, () => probe.run()));
  await pass(100);
  await all;
  expect(runs).toBe(1);
});

test("runs at once and at each interval from its start to its stop", async () => {
  let runs = 0;
  const probe = new CachedProbe(async (): Promise<undefined> => void runs++, TIMING);
  probe.start();
  probe.start();
  await pass(0);
  expect(runs).toBe(1);
  await pass(3000);
  expect(runs).toBe(4);
  await probe.stop();
  await pass(10_000);
  expect(runs).toBe(4);
});

test("has at most three runs that ignore their signal, and no other until one of them has ended", async () => {
  const ends: (() => void)[] = [];
  const probe = new CachedProbe(() => new Promise<undefined>((resolve) => ends.push(() => resolve(undefined))), TIMING);
  probe.start();
  await pass(60_000);
  expect(ends).toHaveLength(3);
  expect(probe.health).toMatchObject({ status: "unhealthy", error: "3 runs have not ended" });
  ends[0]?.();
  await pass(1000);
  expect(ends).toHaveLength(4);
  ends[3]?.();
  await pass(0);
  expect(probe.health.status).toBe("healthy");
  await probe.stop();
});

test("forgets what a run says after its limit", async () => {
  let end = () => {};
  const probe = new CachedProbe(
    () =>
      new Promise<undefined>((resolve) => {
        end = () => resolve(undefined);
      }),
    TIMING,
  );
  const run = probe.run();
  await pass(300);
  await turn();
  await run;
  end();
  await pass(0);
  expect(probe.health.status).toBe("unhealthy");
});

test("is well again within two intervals of a fault's end, whenever that is", async () => {
  for (const moment of [0, 1, 299, 300, 301, 999]) {
    let broken = true;
    const probe = new CachedProbe(() => (broken ? never() : healthy()), TIMING);
    probe.start();
    await pass(1000 + moment);
    expect(probe.health.status).toBe("unhealthy");
    broken = false;
    await pass(2000);
    expect(probe.health.status).toBe("healthy");
    await probe.stop();
  }
});

describe("with the default interval of five seconds", () => {
  const failing = { isBroken: false, runs: 0 };
  const probe = () =>
    new CachedProbe(async (): Promise<undefined> => {
      failing.runs++;
      if (failing.isBroken) throw new Error("read-only");
    });
  beforeEach(() => {
    Object.assign(failing, { isBroken: false, runs: 0 });
  });

  test("runs at once when something has failed, and every 500 ms until it is well again", async () => {
    const it = probe();
    it.start();
    await pass(1700);
    failing.isBroken = true;
    it.recheck();
    await pass(0);
    expect(it.health.status).toBe("unhealthy");
    await pass(2000);
    expect(failing.runs).toBe(6);
    failing.isBroken = false;
    await pass(500);
    expect(it.health.status).toBe("healthy");
    await it.stop();
  });

  test("runs twice a second at most, however often something fails, and only while it does", async () => {
    const it = probe();
    it.start();
    await pass(0);
    for (let ms = 0; ms < 4000; ms += 10) {
      it.recheck();
      await pass(10);
    }
    expect(failing.runs).toBeLessThanOrEqual(9);
    failing.runs = 0;
    await pass(20_000);
    expect(failing.runs).toBeLessThanOrEqual(5);
    await it.stop();
  });

  test("has another run after one that may have had its answer before the failure", async () => {
    let end = () => {};
    let runs = 0;
    const it = new CachedProbe(() => {
      runs++;
      return new Promise<undefined>((resolve) => {
        end = () => resolve(undefined);
      });
    });
    it.start();
    await pass(600);
    it.recheck();
    await pass(0);
    expect(runs).toBe(1);
    end();
    await pass(0);
    expect(runs).toBe(2);
    end();
    await it.stop();
  });

  test("runs no more once it is stopped", async () => {
    const it = probe();
    failing.isBroken = true;
    it.start();
    await pass(0);
    await it.stop();
    it.recheck();
    await pass(10_000);
    expect(failing.runs).toBe(1);
  });
});

test("is unhealthy once its last result is three intervals old, and its finding is none any more", async () => {
  const probe = new CachedProbe(async () => ({ status: "healthy" }) as const, TIMING);
  await probe.run();
  await pass(2999);
  expect(probe.health.status).toBe("healthy");
  expect(probe.finding).toBeDefined();
  await pass(1);
  expect(probe.health).toMatchObject({ status: "unhealthy", error: "not checked any more", ageMs: 3000 });
  expect(probe.finding).toBeUndefined();
});

test("ends what is going on when it is stopped, without a result", async () => {
  const probe = new CachedProbe(
    (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    TIMING,
  );
  probe.start();
  await probe.stop();
  expect(probe.health.error).toBe("not checked yet");
});

test("has stopped when what was going on has ended", async () => {
  const order: string[] = [];
  const probe = new CachedProbe(async (signal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await new Promise((resolve) => setTimeout(resolve, 100));
    order.push("ended");
  }, TIMING);
  probe.start();
  probe.stop().then(() => order.push("stopped"));
  await pass(100);
  expect(order).toEqual(["ended", "stopped"]);
});

test("tells of each result, once it can be read", async () => {
  const told: string[] = [];
  const probe: CachedProbe = new CachedProbe(healthy, TIMING, () => told.push(probe.health.status));
  await probe.run();
  expect(told).toEqual(["healthy"]);
});

test("goes on when whoever is told throws", async () => {
  const probe = new CachedProbe(healthy, TIMING, () => {
    throw new Error("no such metric");
  });
  await probe.run();
  expect(probe.health.status).toBe("healthy");
});

test.each([
  [{ intervalMs: 9 }, "intervalMs: must be a whole number from 10 to 300000, got 9"],
  [{ intervalMs: Number.NaN }, "intervalMs: must be a whole number from 10 to 300000, got NaN"],
  [{ intervalMs: 300_001 }, "intervalMs: must be a whole number from 10 to 300000, got 300001"],
  [{ timeLimitMs: 0 }, "timeLimitMs: must be a whole number from 1 to 5000, got 0"],
  [{ intervalMs: 100, timeLimitMs: 101 }, "timeLimitMs: must be a whole number from 1 to 100, got 101"],
])("refuses %p", (timing, message) => {
  expect(() => new CachedProbe(healthy, timing)).toThrow(new RangeError(message));
});
