import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { HttpServer, type HttpServerOptions } from "../../../runtime/service/http-server";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const sockets: Socket[] = [];
let server: HttpServer;
let port: number;
/** Answers of the server, in order, once it is asked for them. */
let answers: ServerResponse[];

async function serve(options: Partial<HttpServerOptions> = {}): Promise<void> {
  answers = [];
  const answer = (_: IncomingMessage, response: ServerResponse) => void answers.push(response);
  server = new HttpServer({
    port: 0,
    host: "127.0.0.1",
    limits: { maxConnections: 10 },
    closeLimitMs: 10_000,
    answer,
    ...options,
  });
  port = await server.listen();
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

/** A connection, and all that is said on it until it closes. */
async function connected(written = "") {
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  sockets.push(socket);
  let said = "";
  socket.on("data", (chunk) => {
    said += chunk;
  });
  socket.on("error", () => {});
  const closed = once(socket, "close").then(() => said);
  await once(socket, "connect");
  socket.write(written);
  return { socket, closed };
}
async function answer(index: number): Promise<ServerResponse> {
  while (answers[index] === undefined) await new Promise((resolve) => setImmediate(resolve));
  return answers[index];
}

test("an answer that was under way when the server began to drain ends its connection", async () => {
  await serve();
  const { closed } = await connected(GET);
  const response = await answer(0);
  server.drain();
  response.end("late");
  expect(await closed).toMatch(/^HTTP\/1.1 200 OK\r\nConnection: close\r\n.*late/s);
});

test("while it drains it accepts connections, and ends each with its first answer", async () => {
  await serve();
  server.drain();
  const { closed } = await connected(GET);
  (await answer(0)).end("well");
  expect(await closed).toMatch(/^HTTP\/1.1 200 OK\r\nConnection: close\r\n.*well/s);
});

test("an answer whose head was sent before the server closes is sent to its end, and its connection goes with it", async () => {
  await serve();
  const { socket, closed } = await connected(GET);
  const response = await answer(0);
  response.write("one, ");
  await once(socket, "data");
  const over = server.close();
  response.end("two");
  await over;
  expect(await closed).toMatch(/Connection: keep-alive.*one, .*two/s);
});

test.each([
  ["nothing", ""],
  ["half a request", GET.slice(0, -2)],
])("a connection on which %s has come holds up its end by a second", async (_, written) => {
  await serve();
  const { closed } = await connected(written);
  const [start, over] = [performance.now(), server.close()];
  await over;
  expect(performance.now() - start).toBeLessThan(3000);
  expect(await closed).toBe("");
});

test("a request that arrives while it closes is answered", async () => {
  await serve();
  const { socket, closed } = await connected(GET.slice(0, -2));
  const over = server.close();
  socket.write("\r\n");
  (await answer(0)).end("well");
  await over;
  expect(await closed).toMatch(/^HTTP\/1.1 200 OK\r\nConnection: close\r\n.*well/s);
});

test("an answer that does not come within the limit is cut off", async () => {
  await serve({ closeLimitMs: 200 });
  const { closed } = await connected(GET);
  await answer(0);
  await server.close();
  expect(await closed).toBe("");
});

describe("at the limit of connections", () => {
  const limits = { maxConnections: 2 };

  test("a new one takes the place of that which has waited longest for its client", async () => {
    await serve({ limits });
    const silent = await connected();
    const kept = await connected(GET);
    (await answer(0)).end("kept");
    await once(kept.socket, "data");
    const third = await connected(GET);
    (await answer(1)).end("third");
    expect(await silent.closed).toBe("");
    kept.socket.write(GET);
    (await answer(2)).end("again");
    await connected(GET);
    // What was asked last goes last.
    expect(await third.closed).toContain("third");
    expect(kept.socket.destroyed).toBe(false);
  });

  test("one that does not read its answer gives way", async () => {
    await serve({ limits });
    const unread = await connected(GET);
    unread.socket.pause();
    (await answer(0)).end(Buffer.alloc(50_000_000));
    await connected(GET);
    await connected(GET);
    (await answer(2)).end("well");
    unread.socket.resume();
    expect((await unread.closed).length).toBeLessThan(50_000_000);
  });

  test("one that does not send the rest of its request gives way", async () => {
    await serve({ limits });
    const unsent = await connected("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
    const busy = await connected(GET);
    await answer(1);
    const third = await connected(GET);
    const first = Promise.race([unsent.closed.then(() => "unsent"), third.closed.then(() => "third")]);
    expect(await first).toBe("unsent");
    for (const index of [1, 2]) (await answer(index)).end("done");
    await server.close();
    expect(await busy.closed).toContain("done");
  });

  test("none whose answer is being made is cut off: the new one is refused", async () => {
    await serve({ limits });
    const busy = [await connected(GET), await connected(GET)];
    await answer(1);
    expect(await (await connected(GET)).closed).toBe("");
    for (const response of answers) response.end("done");
    await server.close();
    for (const { closed } of busy) expect(await closed).toContain("done");
  });
});

test("a head that does not arrive in time is refused then, and not at the next half minute", async () => {
  await serve({ limits: { maxConnections: 10, headersTimeout: 200, requestTimeout: 400 } });
  const start = performance.now();
  expect(await (await connected(GET.slice(0, -2))).closed).toMatch(/^HTTP\/1.1 408 /);
  expect(performance.now() - start).toBeLessThan(2000);
}, 40_000);
