import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { HealthServer, type HealthServerOptions } from "../../../runtime/health/health-server";
import { statusOf } from "../../support/runtime/health-statuses";

async function serve(options: Partial<HealthServerOptions> = {}) {
  const server = new HealthServer({
    ...{ healthCheck: { status: statusOf("healthy") }, port: 0, host: "127.0.0.1" },
    ...{ drainDelayMs: 200, closeLimitMs: 200, ...options },
  });
  const port = await server.listen();
  const statusAt = async (path: string) =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } })).status;
  return { server, port, statusAt };
}

test("is not ready from the first moment on, lives on through the delay, and then closes", async () => {
  const { server, port, statusAt } = await serve();
  expect(await statusAt("/readyz")).toBe(200);
  const start = performance.now();
  const drained = server.drain();
  expect([await statusAt("/readyz"), await statusAt("/health"), await statusAt("/livez")]).toEqual([503, 503, 200]);
  await drained;
  expect(performance.now() - start).toBeGreaterThanOrEqual(199);
  const [error] = await once(connect(port, "127.0.0.1"), "error");
  expect(error.code).toBe("ECONNREFUSED");
});

test("says that it leaves, in both forms", async () => {
  const { server, port } = await serve();
  const drained = server.drain();
  const ask = async (accept: string) =>
    (await fetch(`http://127.0.0.1:${port}/health`, { headers: { accept, connection: "close" } })).json();
  expect(await ask("application/json")).toMatchObject({ status: "unhealthy", draining: true });
  expect(await ask("application/health+json")).toMatchObject({ status: "fail", notes: ["draining"] });
  await drained;
});

test("ends work after the delay and before it closes", async () => {
  const { server, statusAt } = await serve();
  const seen: unknown[] = [];
  const start = performance.now();
  await server.drain(async () => {
    seen.push(performance.now() - start >= 199, await statusAt("/livez"));
  });
  expect(seen).toEqual([true, 200]);
});

test("drains once, however often it is told", async () => {
  const { server } = await serve();
  let ends = 0;
  const finish = async () => void ends++;
  await Promise.all([server.drain(finish), server.drain(finish)]);
  await server.drain(finish);
  expect(ends).toBe(1);
});

test.each<[string, () => Promise<void>, string]>([
  ["takes too long", () => new Promise<void>(() => {}), "no answer within 200 ms"],
  ["fails", () => Promise.reject(new Error("unfinished")), "unfinished"],
])("closes all the same when the work that it ends %s, and says so", async (_, finish, error) => {
  const { server, port } = await serve({ drainDelayMs: 0 });
  await expect(server.drain(finish)).rejects.toThrow(error);
  const [refused] = await once(connect(port, "127.0.0.1"), "error");
  expect(refused.code).toBe("ECONNREFUSED");
});

test("closes on connections that do not end by themselves", async () => {
  const { server, port } = await serve({ drainDelayMs: 0, metrics: () => new Promise(() => {}) });
  const socket = connect(port, "127.0.0.1");
  socket.write("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  await wait(50);
  const closed = once(socket, "close");
  await server.drain();
  await closed;
});

test("ends without ever having listened", async () => {
  const server = new HealthServer({ healthCheck: { status: statusOf("healthy") }, drainDelayMs: 0 });
  await expect(server.drain()).resolves.toBeUndefined();
});
