import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { freePort } from "../../../examples/orders/local/free-port";
import { cqrsOps } from "../../support/runtime/cqrs-ops";
import { cqrsOpsBySchedule } from "../../support/runtime/cqrs-ops-in-process";

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A service that answers so. @returns its address. */
async function serviceOf(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  closing.push(() => server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
}

/** One that answers as services do by default. */
const saying = (status: unknown, httpStatus = status === "unhealthy" ? 503 : 200) =>
  serviceOf((_, response) => void response.writeHead(httpStatus).end(JSON.stringify({ status })));

test("asks services how they are", async () => {
  const url = await serviceOf((request, response) => {
    response.end(JSON.stringify({ status: "healthy", by: request.headers.authorization }));
  });
  const { code, out } = await cqrsOps(["--json", "health", url], { OPS_TOKEN: "a-token" });
  expect({ code, ...JSON.parse(out) }).toEqual({
    ...{ code: 0, command: "health" },
    services: [{ url, status: "healthy", httpStatus: 200, health: { status: "healthy", by: "Bearer a-token" } }],
  });
});

test.each([
  ["degraded", 200],
  ["unhealthy", 503],
  // One of both is wrong, and nobody sends it anything.
  ["healthy", 503],
])("ends with 1 for one that says it is %s by HTTP %d", async (status, httpStatus) => {
  const url = await saying(status, httpStatus);
  const { code, out } = await cqrsOpsBySchedule(["health", url], {});
  expect([code, out]).toEqual([1, `health\n  ${url}: ${status}, by HTTP ${httpStatus}\n`]);
});

test.each([
  ["a page", 200, "<html>", '"<html>"'],
  ["nothing", 200, "", '""'],
  ["JSON without a status", 200, '{"ok":true}', '"{\\"ok\\":true}"'],
  ["a status that is no text", 200, '{"status":404}', '"{\\"status\\":404}"'],
  ["JSON that is no object", 200, "null", '"null"'],
  ["another's refusal", 404, '{"status":"Failure"}', '"{\\"status\\":\\"Failure\\"}"'],
  ["health by what no service answers health with", 500, '{"status":"healthy"}', '"{\\"status\\":\\"healthy\\"}"'],
  ["a long page", 502, "x".repeat(5000), `"${"x".repeat(200)}…"`],
])("ends with 2 for %s by HTTP %d, and says what it was", async (_, httpStatus, body, told) => {
  const url = await serviceOf((_request, response) => void response.writeHead(httpStatus).end(body));
  const problem = `must answer a report of health by HTTP 200 or 503, got HTTP ${httpStatus}: ${told}`;
  const { code, out } = await cqrsOpsBySchedule(["health", url], {});
  expect([code, out]).toEqual([2, `health\n  ${url}: ${problem}\n`]);
});

test("says of each what it said, and of whom nothing is known; its exit code is that of the worst", async () => {
  const [healthy, degraded] = [await saying("healthy"), await saying("degraded")];
  const away = `http://127.0.0.1:${await freePort()}/health`;
  const other = await serviceOf((_, response) => void response.end("<html>"));
  const urls = [degraded, away, healthy, other];

  const { code, out } = await cqrsOpsBySchedule(["health", ...urls], {});
  expect({ code, lines: out.trim().split("\n") }).toEqual({
    code: 2,
    lines: [
      "health",
      `  ${degraded}: degraded, by HTTP 200`,
      expect.stringContaining(`  ${away}: could not be asked: fetch failed: connect ECONNREFUSED`),
      `  ${healthy}: healthy, by HTTP 200`,
      `  ${other}: must answer a report of health by HTTP 200 or 503, got HTTP 200: "<html>"`,
    ],
  });
  const { services } = JSON.parse((await cqrsOpsBySchedule(["--json", "health", ...urls], {})).out);
  expect(services).toMatchObject([
    { url: degraded, status: "degraded" },
    { url: away, status: "unknown", problem: expect.stringContaining("ECONNREFUSED") },
    { url: healthy, status: "healthy" },
    { url: other, status: "unknown", httpStatus: 200, problem: expect.stringContaining('got HTTP 200: "<html>"') },
  ]);
});

test("asks nobody where one of the addresses is none", async () => {
  const { code, progress } = await cqrsOpsBySchedule(["health", await saying("healthy"), "nowhere"], {});
  expect([code, progress]).toEqual([2, expect.stringContaining("url: must be an address of http, got nowhere")]);
});
