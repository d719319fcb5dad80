import { randomUUID } from "node:crypto";
import { request as send } from "node:http";
import { connect, type Socket } from "node:net";
import { EventStoreUnavailableError, RevisionError } from "../../../runtime/event-store/event-store";
import { SubjectLedgerUnavailableError } from "../../../runtime/keys/subject-keys";
import { ProductionMetrics } from "../../../runtime/metrics/production-metrics";
import { AuthenticationError } from "../../../runtime/security/authenticator";
import { KeysUnavailableError, SigningKeyUnknownError } from "../../../runtime/security/issuer-keys";
import { Permissions, PermissionsMismatchError } from "../../../runtime/security/permissions";
import { ApiServer } from "../../../runtime/service/api-server";
import type { LogLine } from "../../../runtime/service/log";
import { MessageApi, type MessageApiOptions, type MessageHandler } from "../../../runtime/service/message-api";
import { BadMessageError, RejectedError } from "../../../runtime/service/refusals";

type Line = LogLine & { readonly message: string; readonly level: string };
const lines: Line[] = [];
const write = (level: string) => (line: LogLine, message: string) => void lines.push({ ...line, message, level });
const log = { info: write("info"), warn: write("warn"), error: write("error") };

/** Believes two words instead of tokens: tokens have tests of their own. */
const authenticator: MessageApiOptions["authenticator"] = {
  authenticate: async (token) => {
    if (token === "unknown-key") throw new SigningKeyUnknownError(undefined);
    if (token === "outage") throw new KeysUnavailableError(new Error("host.internal refused"));
    if (!["user", "admin"].includes(token)) throw new AuthenticationError("ERR_JWT_EXPIRED");
    return { subject: `${token}-1`, roles: [token] };
  },
};

let servers: ApiServer[] = [];
let metrics: ProductionMetrics;
beforeEach(() => {
  lines.length = 0;
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

/** A server whose one type, `Do`, is handled so and is a user's. */
async function serving(kind: "command" | "query", handler: MessageHandler, more: Partial<MessageApiOptions> = {}) {
  metrics = new ProductionMetrics({ commandTypes: ["Do"], queryTypes: ["Do"] });
  const permissions = new Permissions({ Do: ["user"] });
  const api = new MessageApi({ kind, handlers: { Do: handler }, permissions, authenticator, metrics, log, ...more });
  const health = (_: unknown, response: { end(text: string): void }) => response.end("ready");
  const server = new ApiServer({ api, port: 0, host: "127.0.0.1", healthPath: "/health", health, closeLimitMs: 200 });
  servers.push(server);
  return `http://127.0.0.1:${await server.listen()}`;
}

const asUser = { Authorization: "Bearer user" };
const asJson = { ...asUser, "Content-Type": "application/json" };
const command = (
  base: string,
  body: RequestInit["body"] = "{}",
  headers: Record<string, string> = asJson,
  type = "Do",
) => fetch(`${base}/commands/${type}`, { method: "POST", headers, body });
const query = (base: string, rest = "Do", init: RequestInit = { headers: asUser }) =>
  fetch(`${base}/queries/${rest}`, init);
const errorOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error;
const counted = async (type: string) => {
  const { body } = await metrics.exposition();
  return body.split("\n").filter((line) => line.startsWith(`cqrs_${type}_total`) && !line.endsWith(" 0"));
};

test("a command is handled with who sent it and what it belongs to", async () => {
  const handler = jest.fn(async () => ({ orderId: "7" }));
  const base = await serving("command", handler);
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const headers = { ...asJson, "X-Correlation-Id": "c-1", traceparent };
  const response = await command(base, '{"items":[1]}', headers);
  expect([response.status, await response.json()]).toEqual([200, { orderId: "7" }]);
  expect(response.headers.get("x-correlation-id")).toBe("c-1");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(handler).toHaveBeenCalledWith(
    { items: [1] },
    {
      principal: { subject: "user-1", roles: ["user"] },
      correlationId: "c-1",
      trace: { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" },
      signal: expect.any(AbortSignal),
    },
  );
});

test("a command without an answer is 204, a query without one 404", async () => {
  expect((await command(await serving("command", async () => undefined))).status).toBe(204);
  expect((await query(await serving("query", async () => undefined))).status).toBe(404);
});

test("a query has its parameters, and says nothing of how long its answer may be kept", async () => {
  const base = await serving("query", async (parameters) => [parameters, 2]);
  const response = await query(base, "Do?sku=a%20b&__proto__=x");
  expect(await response.text()).toBe('[{"sku":"a b","__proto__":"x"},2]');
  expect(response.headers.get("cache-control")).toBeNull();
});

test.each([
  ["outage", "failure"],
  ["unknown-key", "unauthorized"],
])("a token that can't be verified, by %s, is 503 and counts as %s", async (token, outcome) => {
  const base = await serving("command", async () => 1);
  const { status, headers } = await command(base, "{}", { ...asJson, Authorization: `Bearer ${token}` });
  expect([status, headers.get("retry-after")]).toEqual([503, "2"]);
  expect((await metrics.exposition()).body).toContain(`cqrs_command_total{command_type="Do",status="${outcome}"} 1\n`);
});

test("HEAD has a query's headers alone", async () => {
  const response = await query(await serving("query", async () => [1]), "Do", { method: "HEAD", headers: asUser });
  expect([response.status, await response.text()]).toEqual([200, ""]);
});

describe("a request that no handler sees", () => {
  test.each<[string, number, string, (base: string) => Promise<Response>]>([
    ["no token", 401, "not_authenticated", (base) => command(base, "{}", { "Content-Type": "application/json" })],
    [
      "a token of another scheme",
      401,
      "not_authenticated",
      (base) => command(base, "{}", { Authorization: "Basic user" }),
    ],
    [
      "a token that is not believed",
      401,
      "not_authenticated",
      (base) => command(base, "{}", { Authorization: "Bearer x" }),
    ],
    [
      "a role that may not",
      403,
      "not_allowed",
      (base) => command(base, "{}", { ...asJson, Authorization: "Bearer admin" }),
    ],
    ["a type that there isn't", 404, "unknown_type", (base) => command(base, "{}", asJson, "Undo")],
    ["a type that every object has", 404, "unknown_type", (base) => command(base, "{}", asJson, "constructor")],
    ["another path", 404, "unknown_type", (base) => fetch(`${base}/`, { headers: asUser })],
    ["another method", 405, "wrong_method", (base) => fetch(`${base}/commands/Do`, { headers: asUser })],
    ["another form", 415, "not_json", (base) => command(base, "a=1", asUser)],
    ["no JSON", 400, "bad_message", (base) => command(base, "{")],
    ["no UTF-8", 400, "bad_message", (base) => command(base, Buffer.from([0x22, 0xff, 0x22]))],
    ["JSON that is no object", 400, "bad_message", (base) => command(base, "[]")],
    ["too much", 413, "too_large", (base) => command(base, JSON.stringify({ a: "a".repeat(100) }))],
    ["keys that can't be had", 503, "unavailable", (base) => command(base, "{}", { Authorization: "Bearer outage" })],
  ])("%s is %d", async (_, status, code, sent) => {
    const handler = jest.fn(async () => 1);
    const response = await sent(await serving("command", handler, { maxBodyBytes: 64 }));
    expect([response.status, (await errorOf(response)).code]).toEqual([status, code]);
    expect(handler).not.toHaveBeenCalled();
  });

  test.each([
    ["given twice", "a=1&b=1&b=2", "b: must be given once"],
    ["whose name is given in two ways", "a=1&%61=2", "a: must be given once"],
    ["that is no UTF-8", "a=%ff", "parameters: must be percent-encoded UTF-8"],
    ["with half of a character", "a=%ED%A0%80", "parameters: must be percent-encoded UTF-8"],
    ["with NUL in two bytes", "a=%C0%80", "parameters: must be percent-encoded UTF-8"],
    ["with half of an escape", "a=100%", "parameters: must be percent-encoded UTF-8"],
    ["whose name is no UTF-8", "%ff=1", "parameters: must be percent-encoded UTF-8"],
  ])("a parameter %s is 400", async (_, parameters, message) => {
    const handler = jest.fn(async () => 1);
    const response = await query(await serving("query", handler), `Do?${parameters}`);
    expect([response.status, await errorOf(response)]).toEqual([400, { code: "bad_message", message }]);
    expect(handler).not.toHaveBeenCalled();
  });

  test.each(["gzip", "br", "identity, gzip", "x"])("a body that is encoded by %s is 415", async (encoding) => {
    const response = await command(await serving("command", async () => 1), "{}", {
      ...asJson,
      "Content-Encoding": encoding,
    });
    expect([response.status, await errorOf(response)]).toEqual([
      415,
      { code: "not_plain", message: "must have no Content-Encoding" },
    ]);
    expect(response.headers.get("accept-encoding")).toBe("identity");
  });

  test("a body that is encoded by identity is as one that is not", async () => {
    const headers = { ...asJson, "Content-Encoding": "Identity" };
    expect((await command(await serving("command", async () => 1), "{}", headers)).status).toBe(200);
  });
});

describe("a command whose body does not come", () => {
  const head =
    "POST /commands/Do HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer user\r\nContent-Type: application/json\r\n";
  /** What is said on a connection on which only this is sent. */
  const connected = (base: string, text: string) => {
    const socket = connect(Number(new URL(base).port), "127.0.0.1", () => socket.write(text));
    let all = "";
    socket.on("data", (chunk) => (all += chunk)).on("error", () => {});
    return { socket, said: new Promise<string>((resolve) => socket.once("close", () => resolve(all))) };
  };
  const handler = jest.fn(async () => 1);

  test.each([
    ["at all", "Content-Length: 100\r\n\r\n"],
    ["to its end", 'Content-Length: 100\r\n\r\n{"sku"'],
    ["to its last piece", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"],
  ])("%s is 408, ends its connection, and is no failure", async (_, rest) => {
    const { said } = connected(await serving("command", handler, { timeoutMs: 100 }), head + rest);
    expect(await said).toMatch(/^HTTP\/1.1 408 .*Connection: close\r\n.*"code":"too_slow"/s);
    expect(await counted("command")).toEqual(['cqrs_command_total{command_type="Do",status="rejected"} 1']);
    expect(handler).not.toHaveBeenCalled();
  });

  test.each<[string, string, (socket: Socket) => void]>([
    ["ends", 'Content-Length: 100\r\n\r\n{"sku"', (socket) => socket.end()],
    ["is reset", 'Content-Length: 100\r\n\r\n{"sku"', (socket) => socket.resetAndDestroy()],
    ["has what is no chunk", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nZZ\r\n", () => {}],
  ])("because the connection %s is no failure", async (_, rest, end) => {
    let socket: Socket | undefined;
    const authenticate = async (token: string) => {
      if (socket !== undefined) end(socket);
      return authenticator.authenticate(token);
    };
    const sent = connected(await serving("command", handler, { authenticator: { authenticate } }), head + rest);
    socket = sent.socket;
    await sent.said;
    while ((await counted("command")).length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await counted("command")).toEqual(['cqrs_command_total{command_type="Do",status="rejected"} 1']);
    expect(handler).not.toHaveBeenCalled();
  });

  test("while its sender's token is looked at is the service's failure", async () => {
    const hanging = { authenticate: () => new Promise<never>(() => {}) };
    const base = await serving("command", handler, { timeoutMs: 100, authenticator: hanging });
    const { said } = connected(base, `${head}Content-Length: 100\r\n\r\n`);
    while ((await counted("command")).length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await counted("command")).toEqual(['cqrs_command_total{command_type="Do",status="failure"} 1']);
    await servers.pop()?.close();
    expect(await said).toMatch(/^HTTP\/1.1 503 /);
  });
});

describe("what a handler throws", () => {
  test.each<[error: Error, status: number, body: object, outcome: string]>([
    [
      new RejectedError("out_of_stock", "only 2 left"),
      422,
      { code: "out_of_stock", message: "only 2 left" },
      "rejected",
    ],
    [new BadMessageError("sku: is missing"), 400, { code: "bad_message", message: "sku: is missing" }, "rejected"],
    [
      new RevisionError("order-7", 1n, 2n),
      409,
      { code: "conflict", message: "somebody else was faster: read again, and decide anew" },
      "conflict",
    ],
    [
      new EventStoreUnavailableError(new Error("db.internal")),
      503,
      { code: "unavailable", message: "try again" },
      "failure",
    ],
    [
      new SubjectLedgerUnavailableError(new Error("db.internal")),
      503,
      { code: "unavailable", message: "try again" },
      "failure",
    ],
    [new Error("password=1234"), 500, { code: "internal", message: "it is not the message's fault" }, "failure"],
  ])("is answered by its kind, and counts as what it is: %#", async (error, status, body, outcome) => {
    const base = await serving("command", () => Promise.reject(error));
    const response = await command(base);
    expect([response.status, await errorOf(response)]).toEqual([status, body]);
    expect(await counted("command")).toEqual([`cqrs_command_total{command_type="Do",status="${outcome}"} 1`]);
    expect(lines).toEqual([expect.objectContaining({ status: outcome, command_type: "Do", error_type: error.name })]);
    expect(JSON.stringify(lines)).not.toMatch(/1234|db\.internal/);
  });

  test("an answer that is no JSON is the service's failure", async () => {
    expect((await query(await serving("query", async () => 1n))).status).toBe(500);
    expect(await counted("query")).toEqual(['cqrs_query_total{query_type="Do",status="failure"} 1']);
  });
});

test("a line says what happened, and nothing of what was sent", async () => {
  const base = await serving("query", async () => [{ ssn: "078-05-1120" }]);
  await query(base, "Do?ssn=078-05-1120", { headers: { ...asUser, "X-Correlation-Id": "c-2" } });
  expect(lines).toEqual([
    {
      level: "info",
      message: "answered",
      correlation_id: "c-2",
      query_type: "Do",
      status: "success",
      duration_ms: expect.any(Number),
    },
  ]);
});

test("a token's fault is in the log, and not in the answer", async () => {
  const response = await command(await serving("command", async () => 1), "{}", { Authorization: "Bearer old" });
  expect(await response.text()).not.toContain("EXPIRED");
  expect(response.headers.get("www-authenticate")).toBe("Bearer");
  expect(lines).toEqual([expect.objectContaining({ status: "unauthorized", error: "ERR_JWT_EXPIRED" })]);
});

test("a type of the sender's own words is 'other', in metrics as in lines", async () => {
  await command(await serving("command", async () => 1), "{}", asJson, "x".repeat(50));
  expect(await counted("command")).toEqual(['cqrs_command_total{command_type="other",status="rejected"} 1']);
  expect(lines).toEqual([expect.objectContaining({ command_type: "other" })]);
});

test.each(["a b", "<script>", "x".repeat(65), ""])("'%s' is no id to go on with", async (id) => {
  const response = await command(await serving("command", async () => 1), "{}", { ...asJson, "X-Correlation-Id": id });
  expect(response.headers.get("x-correlation-id")).toMatch(/^[0-9a-f-]{36}$/);
});

test("a handler that hangs is answered in time, and told", async () => {
  let told: unknown;
  const handler: MessageHandler = (_, { signal }) =>
    new Promise(() => signal.addEventListener("abort", () => (told = signal.reason)));
  const response = await command(await serving("command", handler, { timeoutMs: 50 }));
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(told).toMatchObject({ name: "TimeoutError" });
});

test("a sender that goes away fails nothing, and its handler is told", async () => {
  const told = new Promise<unknown>((resolve) => {
    void serving("command", (_, { signal }) => {
      signal.addEventListener("abort", () => resolve(signal.reason));
      return new Promise(() => {});
    }).then((base) => {
      const request = send(`${base}/commands/Do`, { method: "POST", headers: asJson });
      request.on("error", () => {});
      request.end("{}");
      setTimeout(() => request.destroy(), 100);
    });
  });
  expect(await told).toMatchObject({ name: "SenderGoneError" });
  await new Promise((resolve) => setImmediate(resolve));
  expect(await counted("command")).toEqual(['cqrs_command_total{command_type="Do",status="rejected"} 1']);
});

test("the path of health is health's, and needs no token", async () => {
  expect(await (await fetch(`${await serving("command", async () => 1)}/health?a=1`)).text()).toBe("ready");
});

test("what is under way when the server closes is answered", async () => {
  let finish: (() => void) | undefined;
  const base = await serving("command", () => new Promise((resolve) => (finish = () => resolve({ id: randomUUID() }))));
  const answer = command(base);
  while (finish === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  const closed = servers.pop()?.close();
  await expect(command(base)).rejects.toThrow();
  finish();
  expect((await answer).status).toBe(200);
  await closed;
});

test("handlers that nobody may use stop the start", () => {
  const permissions = new Permissions({ Undo: ["user"] });
  const options = {
    kind: "command",
    handlers: { Do: async () => 1 },
    permissions,
    authenticator,
    metrics,
    log,
  } as const;
  expect(() => new MessageApi(options)).toThrow(PermissionsMismatchError);
});
