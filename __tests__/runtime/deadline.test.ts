import { spawnSync } from "node:child_process";
import { getEventListeners, once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { eachWithin, pause, TimeLimitError, within } from "../../runtime/deadline";
import { httpProbe } from "../../runtime/health/http-probe";
import { compiled, ROOT } from "../support/test-run/compiled";

const never = () => new Promise<never>(() => {});
const reason = new Error("the caller has gone");
const listenersOf = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

/** What Node would end the process for. */
const unhandled: unknown[] = [];
const collect = (error: unknown) => void unhandled.push(error);
beforeAll(() => process.on("unhandledRejection", collect));
afterAll(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", collect);
  expect(unhandled).toEqual([]);
});

describe("work within bounds", () => {
  test("gives what it gives, and leaves no listener behind", async () => {
    const [caller, owner] = [new AbortController(), new AbortController()];
    const signals = [caller.signal, undefined, owner.signal];
    let own: AbortSignal | undefined;
    const result = await within({ limitMs: 1000, signals }, async (signal) => {
      own = signal;
      expect(listenersOf(caller.signal)).toBe(1);
      return 7;
    });
    expect(result).toBe(7);
    expect([caller, owner].map(({ signal }) => listenersOf(signal))).toEqual([0, 0]);
    caller.abort();
    expect(own?.aborted).toBe(false);
  });

  test("as many as there are listen to one signal, and Node warns of none", async () => {
    const warned: Error[] = [];
    const warn = (warning: Error) => void warned.push(warning);
    // Node warns on its own process object, of which the tests' is a copy.
    const nodes: NodeJS.Process = runInThisContext("process");
    nodes.on("warning", warn);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 20 }, () => pause(1, signal)));
    // Node emits its warnings a tick later.
    await new Promise((resolve) => setImmediate(resolve));
    nodes.off("warning", warn);
    expect(warned).toEqual([]);
  });

  test("a limit that passes ends it, and aborts its signal with the same reason", async () => {
    let own: AbortSignal | undefined;
    const work = within({ limitMs: 20 }, (signal) => {
      own = signal;
      return never();
    });
    await expect(work).rejects.toThrow(new TimeLimitError(20));
    await expect(work).rejects.toMatchObject({ code: "ETIMEDOUT", message: "no answer within 20 ms" });
    await expect(work).rejects.toBe(own?.reason);
  });

  test("a limit is told as its owner's error, with its cause", async () => {
    const tooLate = (cause: Error) => new Error("the store can't be reached", { cause });
    await expect(within({ limitMs: 1, tooLate }, never)).rejects.toMatchObject({
      message: "the store can't be reached",
      cause: new TimeLimitError(1),
    });
  });

  test.each([0, 1])("signal %d ends it with its reason, whatever the work throws because of that", async (index) => {
    const ends = [new AbortController(), new AbortController()];
    const work = within({ limitMs: 10_000, signals: ends.map(({ signal }) => signal) }, (signal) => {
      return new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(new Error("socket hang up")), { once: true });
      });
    });
    ends[index]?.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(ends.map(({ signal }) => listenersOf(signal))).toEqual([0, 0]);
  });

  test("a signal that is aborted already begins nothing", async () => {
    const work = jest.fn(never);
    await expect(within({ signals: [undefined, AbortSignal.abort(reason)] }, work)).rejects.toBe(reason);
    expect(work).not.toHaveBeenCalled();
  });

  test("what it throws is thrown, also at once", async () => {
    const thrower = () => {
      throw reason;
    };
    await expect(within({ limitMs: 10_000 }, () => Promise.reject(reason))).rejects.toBe(reason);
    await expect(within({ limitMs: 10_000 }, thrower)).rejects.toBe(reason);
  });

  test("an error that comes after the end is nobody's", async () => {
    let fail = (_: Error) => {};
    const late = new Promise<never>((_, reject) => {
      fail = reject;
    });
    await expect(within({ limitMs: 1 }, () => late)).rejects.toThrow(TimeLimitError);
    fail(new Error("late"));
  });
});

describe("an answer that is in the socket when a limit has passed, because the event loop was blocked, is in time", () => {
  const LIMIT_MS = 100;
  const block = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

  test("of a connection", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const [[peer]] = (await Promise.all([once(server, "connection"), once(client, "connect")])) as [[Socket], unknown];
    try {
      const answer = within({ limitMs: LIMIT_MS }, () => once(client, "data"));
      peer.write("well");
      block(2 * LIMIT_MS);
      expect(`${await answer}`).toBe("well");
    } finally {
      client.destroy();
      server.close();
    }
  });

  test("of a probe", async () => {
    // A server on a thread of its own, which answers while this one is blocked.
    const asked = new Int32Array(new SharedArrayBuffer(4));
    const server = new Worker(
      `const { parentPort, workerData } = require("node:worker_threads");
      const server = require("node:http").createServer((_, response) => {
        Atomics.store(workerData, 0, 1);
        setTimeout(() => response.end("well"), ${LIMIT_MS / 2});
      });
      server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
      { eval: true, workerData: asked },
    );
    const [port] = await once(server, "message");
    try {
      const found = within({ limitMs: LIMIT_MS }, async (signal) =>
        httpProbe({ url: `http://127.0.0.1:${port}` })(signal),
      );
      while (Atomics.load(asked, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
      block(2 * LIMIT_MS);
      expect(await found).toBeUndefined();
    } finally {
      await server.terminate();
    }
  });

  test("in a process that only waits for its sockets, for a limit that does not keep it alive", () => {
    const program = `const { within } = require(${JSON.stringify(compiled(join(ROOT, "runtime", "deadline.ts")))});
      require("node:net").createServer().listen(0, "127.0.0.1");
      within({ limitMs: ${LIMIT_MS}, keepsAlive: false }, () => new Promise(() => {})).catch(() => process.exit(3));`;
    const { status } = spawnSync(process.execPath, ["-e", program], { timeout: 50 * LIMIT_MS });
    expect(status).toBe(3);
  });

  test("and without an answer the limit counts all the same", async () => {
    const work = within({ limitMs: LIMIT_MS }, never);
    block(2 * LIMIT_MS);
    await expect(work).rejects.toThrow(new TimeLimitError(LIMIT_MS));
  });
});

describe("items, each within bounds", () => {
  const CLOSED: string[] = [];
  afterEach(() => void CLOSED.splice(0));
  /** Items with a pause before each; then it hangs, or ends. */
  async function* items(count: number, hangs: boolean): AsyncGenerator<number> {
    try {
      for (let item = 1; item <= count; item++) {
        await pause(20);
        yield item;
      }
      if (hangs) await never();
    } finally {
      CLOSED.push("closed");
    }
  }
  const all = async (from: AsyncIterable<number>, seen: number[] = []) => {
    for await (const item of from) seen.push(item);
    return seen;
  };

  test("may all take longer than the limit", async () => {
    expect(await all(eachWithin({ limitMs: 90 }, items(10, false)))).toHaveLength(10);
    expect(CLOSED).toEqual(["closed"]);
  });

  test("end where the next takes longer", async () => {
    const seen: number[] = [];
    await expect(all(eachWithin({ limitMs: 90 }, items(2, true)), seen)).rejects.toThrow(TimeLimitError);
    expect(seen).toEqual([1, 2]);
  });

  test("end at a signal, though the next never comes, with no listener left", async () => {
    const end = new AbortController();
    const reading = all(eachWithin({ signals: [end.signal] }, items(0, true)));
    await pause(1);
    end.abort(reason);
    await expect(reading).rejects.toBe(reason);
    expect(listenersOf(end.signal)).toBe(0);
  });

  test("close what gives them once the reader has enough", async () => {
    for await (const item of eachWithin({ limitMs: 1000 }, items(5, true))) if (item === 2) break;
    expect(CLOSED).toEqual(["closed"]);
  });

  test("give the error of what gives them", async () => {
    const failing = (async function* (): AsyncGenerator<number> {
      yield 1;
      throw reason;
    })();
    await expect(all(eachWithin({ limitMs: 1000 }, failing))).rejects.toBe(reason);
  });
});

test("a pause ends by any of its signals", async () => {
  const end = new AbortController();
  const waiting = pause(60_000, undefined, end.signal);
  end.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});
