import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { HealthServer, type HealthServerOptions } from "../../../runtime/health/health-server";
import type { HealthStatus } from "../../../runtime/health/health-status";
import type { Health } from "../../../runtime/metrics/production-metrics";
import { INTERNALS, statusOf } from "../../support/runtime/health-statuses";
import { bySchedule } from "../../support/test-run/nightly";

const TOKEN = "a-token-of-an-operator";
const servers: HealthServer[] = [];

async function serve(health: Health | HealthStatus, more: Partial<HealthServerOptions> = {}) {
  const status = typeof health === "string" ? statusOf(health) : health;
  const server = new HealthServer({
    ...{ healthCheck: { status }, port: 0, host: "127.0.0.1", drainDelayMs: 0, closeLimitMs: 200 },
    authorize: async (token) => token === TOKEN,
    ...more,
  });
  servers.push(server);
  const port = await server.listen();
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { connection: "close", ...init.headers } });
  return { server, port, ask };
}
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

/** All that a server says to what is written, until it closes. */
async function spoken(port: number, ...written: readonly string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let said = "";
  socket.on("data", (chunk) => {
    said += chunk;
  });
  socket.on("error", () => {});
  for (const text of written) socket.write(text);
  await once(socket, "close");
  return said;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.drain().catch(() => {})));
});

test.each<[Health, number]>([
  ["healthy", 200],
  ["degraded", 200],
  ["unhealthy", 503],
])("what is %s is answered with %d by /readyz and /health, and /livez is well", async (health, expected) => {
  const { ask } = await serve(health);
  expect((await ask("/readyz")).status).toBe(expected);
  expect((await ask("/health")).status).toBe(expected);
  const live = await ask("/livez");
  expect([live.status, await live.text()]).toEqual([200, "live\n"]);
});

test("tells everybody of the components, and of nothing that is internal", async () => {
  const { ask } = await serve("unhealthy");
  const response = await ask("/health");
  const body = await response.text();
  expect(JSON.parse(body)).toEqual({
    status: "unhealthy",
    components: [
      { name: "WriteSide", status: "unhealthy" },
      { name: "Projections", status: "healthy" },
    ],
    timestamp: "2026-11-23T12:00:00.000Z",
  });
  expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(response.headers.get("cache-control")).toBe("no-store");
});

test("tells details to who may see them", async () => {
  const { ask } = await serve("unhealthy");
  const text = await (await ask("/health", bearer(TOKEN))).text();
  for (const internal of INTERNALS) expect(text).toContain(internal);
  expect(JSON.parse(text).components[0].details.eventStore).toEqual({
    ...{ status: "unhealthy", checkedAt: "2026-11-23T12:00:00.000Z", ageMs: 120, durationMs: 7 },
    error: "connect ECONNREFUSED 10.0.0.7:2113",
  });
});

const strangers: readonly [string, RequestInit, Partial<HealthServerOptions>][] = [
  ["no token", {}, {}],
  ["a wrong token", bearer("wrong"), {}],
  ["an empty token", bearer(""), {}],
  ["another scheme", { headers: { authorization: `Basic ${TOKEN}` } }, {}],
  ["two tokens", bearer(`${TOKEN} ${TOKEN}`), {}],
  ["a token in the address alone", {}, {}],
  ["a token where nobody is authorized", bearer(TOKEN), { authorize: undefined }],
  ["a token that can't be verified", bearer(TOKEN), { authorize: () => Promise.reject(new Error("10.0.0.7")) }],
  [
    "a verification that throws at once",
    bearer(TOKEN),
    {
      authorize: () => {
        throw new Error("10.0.0.7");
      },
    },
  ],
  ["a verification that hangs", bearer(TOKEN), { authorize: () => new Promise(() => {}), authorizeLimitMs: 50 }],
  ["a verification that is not quite true", bearer(TOKEN), { authorize: async () => "yes" as unknown as boolean }],
];
test.each(strangers)(
  "tells nothing internal to %s, in whatever form",
  async (_, init, options) => {
    const { ask } = await serve("unhealthy", options);
    const forms = [undefined, "application/health+json", "*/*"];
    for (const path of ["/health", "/readyz", `/health?token=${TOKEN}`, "/livez", "/metrics", "/nothing"]) {
      for (const accept of path.startsWith("/health") ? forms : forms.slice(0, 1)) {
        const response = await ask(path, { ...init, headers: { ...init.headers, ...(accept && { accept }) } });
        const text = JSON.stringify([...response.headers]) + (await response.text());
        for (const internal of INTERNALS) expect(text).not.toContain(internal);
      }
    }
  },
  15_000,
);

test("waits a second for a verification that hangs", async () => {
  const { ask } = await serve("unhealthy", { authorize: () => new Promise(() => {}) });
  const start = performance.now();
  expect(await (await ask("/health", bearer(TOKEN))).text()).not.toContain("10.0.0.7");
  expect(performance.now() - start).toBeLessThan(3000);
});

describe("application/health+json", () => {
  const accept = "application/health+json";

  test.each<[Health, string, number]>([
    ["healthy", "pass", 200],
    ["degraded", "warn", 200],
    ["unhealthy", "fail", 503],
  ])("calls %s %s", async (health, word, expected) => {
    const { ask } = await serve(health);
    const response = await ask("/health", { headers: { accept } });
    expect(response.status).toBe(expected);
    expect(response.headers.get("content-type")).toBe("application/health+json");
    expect(response.headers.get("vary")).toBe("Accept, Authorization");
    const time = "2026-11-23T12:00:00.000Z";
    expect(await response.json()).toEqual({
      status: word,
      checks: {
        WriteSide: [{ componentType: "system", status: word, time }],
        Projections: [{ componentType: "system", status: "pass", time }],
      },
    });
  });

  test("has each part, for who may see it", async () => {
    const { ask } = await serve("unhealthy");
    const response = await ask("/health", { headers: { accept, ...bearer(TOKEN).headers } });
    const { checks } = (await response.json()) as { checks: Record<string, unknown> };
    expect(Object.keys(checks)).toEqual(["WriteSide:commandApi", "WriteSide:eventStore", "Projections:orders"]);
    expect(checks["WriteSide:eventStore"]).toEqual([
      {
        ...{ componentType: "component", status: "fail", time: "2026-11-23T12:00:00.000Z" },
        ...{ observedValue: 7, observedUnit: "ms", output: "connect ECONNREFUSED 10.0.0.7:2113" },
      },
    ]);
  });

  test.each([
    ["application/health+json, application/json;q=0.9", "application/health+json"],
    ["Application/Health+JSON", "application/health+json"],
    ["application/json, application/health+json;q=0.5", "application/json; charset=utf-8"],
    ["application/health+json;q=0", "application/json; charset=utf-8"],
    ["application/health+jsonp", "application/json; charset=utf-8"],
    ["*/*", "application/json; charset=utf-8"],
    [";,;q=,", "application/json; charset=utf-8"],
  ])("accept %p is answered with %s", async (accepted, type) => {
    const { ask } = await serve("healthy");
    expect((await ask("/health", { headers: { accept: accepted } })).headers.get("content-type")).toBe(type);
  });
});

const REQUESTS = bySchedule({ always: 20, nightly: 200 });

test("makes an answer once, however often it is asked", async () => {
  let made = 0;
  const status = { ...statusOf("healthy"), timestamp: { toJSON: () => `${++made}` } as unknown as Date };
  const { ask } = await serve(status);
  const bodies = new Set<string>();
  for (let index = 0; index < REQUESTS; index++) bodies.add(await (await ask("/health")).text());
  expect([made, bodies.size]).toEqual([1, 1]);
});

test.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("refuses %s", async (method) => {
  const { ask } = await serve("healthy");
  const response = await ask("/health", { method });
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test.each(["/livez", "/readyz", "/health"])("answers HEAD of %s without a body, but with its length", async (path) => {
  const { ask } = await serve("healthy");
  const { status, headers } = await ask(path, { method: "HEAD" });
  const body = await (await ask(path)).text();
  expect([status, headers.get("content-length")]).toEqual([200, `${body.length}`]);
});

test.each(["/", "/readyz/", "/Health", "/metrics", "/../health", "//health", "/constructor"])(
  "does not know %s",
  async (path) => {
    const { port } = await serve("healthy");
    expect(await spoken(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 404 /,
    );
  },
);

test("reads no body", async () => {
  const { port } = await serve("healthy");
  const head = "GET /health HTTP/1.1\r\nHost: a\r\n";
  expect(await spoken(port, `${head}Content-Length: 1000000\r\n\r\n`, "a".repeat(1000))).toMatch(/^HTTP\/1.1 413 /);
  expect(await spoken(port, `${head}Transfer-Encoding: chunked\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 /);
});

test("closes on who sends too much, or nonsense", async () => {
  const { port } = await serve("healthy");
  const long = `GET /livez HTTP/1.1\r\nHost: a\r\nX-Long: ${"a".repeat(10_000)}\r\n\r\n`;
  expect(await spoken(port, long)).toMatch(/^HTTP\/1.1 431 /);
  expect(await spoken(port, "nonsense\r\n\r\n")).toMatch(/^HTTP\/1.1 400 /);
});

test("closes on who takes all day to ask, and answers others meanwhile", async () => {
  const { port, ask } = await serve("healthy");
  const silent = spoken(port);
  const slow = spoken(port, "GET /livez HTTP/1.1\r\nHost: a\r\n");
  expect((await ask("/livez")).status).toBe(200);
  const start = performance.now();
  expect(await slow).toMatch(/^HTTP\/1.1 408 /);
  await silent;
  expect(performance.now() - start).toBeLessThan(9000);
}, 15_000);

describe("/metrics", () => {
  test("gives what the scraper accepts", async () => {
    const { ask } = await serve("healthy", {
      metrics: async (accept) => ({ contentType: "text/plain; version=0.0.4", body: `# ${accept}\n` }),
    });
    const response = await ask("/metrics", { headers: { accept: "application/openmetrics-text" } });
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "text/plain; version=0.0.4",
      "# application/openmetrics-text\n",
    ]);
  });

  test("says nothing of why it fails", async () => {
    const { ask } = await serve("healthy", { metrics: () => Promise.reject(new Error("10.0.0.7")) });
    const response = await ask("/metrics");
    expect([response.status, await response.text()]).toEqual([500, "internal error\n"]);
  });
});

test("an API answers the same at a path of its own", async () => {
  const { server, ask } = await serve("degraded");
  const api = createServer((request, response) => server.healthHandler(request, response)).listen(0, "127.0.0.1");
  await once(api, "listening");
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}/its/own/path`;
  try {
    expect(await (await fetch(url)).text()).toBe(await (await ask("/health")).text());
    expect((await fetch(url, { method: "POST" })).status).toBe(405);
    await server.drain();
    expect((await fetch(url)).status).toBe(503);
  } finally {
    api.closeAllConnections();
    api.close();
  }
});

test.each([
  [{ port: 65_536 }, "port: must be a whole number from 0 to 65535, got 65536"],
  [{ port: Number.NaN }, "port: must be a whole number from 0 to 65535, got NaN"],
  [{ drainDelayMs: -1 }, "drainDelayMs: must be a whole number from 0 to 300000, got -1"],
  [{ closeLimitMs: 0 }, "closeLimitMs: must be a whole number from 1 to 300000, got 0"],
  [{ requestLimitMs: 0 }, "requestLimitMs: must be a whole number from 1 to 300000, got 0"],
  [{ authorizeLimitMs: 0 }, "authorizeLimitMs: must be a whole number from 1 to 300000, got 0"],
])("refuses %p", (options, message) => {
  expect(() => new HealthServer({ healthCheck: { status: statusOf("healthy") }, ...options })).toThrow(
    new RangeError(message),
  );
});

test("fails to start at a port that is taken", async () => {
  const { port } = await serve("healthy");
  await expect(serve("healthy", { port })).rejects.toThrow("EADDRINUSE");
});
