import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { cqrsOps } from "../../support/cqrs-ops";
import { freePort } from "../../support/free-port";

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

const saying = (status: string) => serviceOf((_, response) => void response.end(JSON.stringify({ status })));

test("asks services how they are", async () => {
  const url = await serviceOf((request, response) => {
    response.end(JSON.stringify({ status: "healthy", by: request.headers.authorization }));
  });
  const { code, out } = await cqrsOps(["--json", "health", url], { OPS_TOKEN: "a-token" });
  expect({ code, ...JSON.parse(out) }).toEqual({
    ...{ code: 0, command: "health" },
    services: [{ url, status: "healthy", health: { status: "healthy", by: "Bearer a-token" } }],
  });
  expect((await cqrsOps(["health", await saying("degraded")], {})).code).toBe(1);
});

test("says of each what it said, and of whom nothing is known; its exit code is that of the worst", async () => {
  const [healthy, degraded] = [await saying("healthy"), await saying("degraded")];
  const away = `http://127.0.0.1:${await freePort()}/health`;
  const other = await serviceOf((_, response) => void response.end("<html>"));
  const urls = [degraded, away, healthy, other];

  const { code, out } = await cqrsOps(["health", ...urls], {});
  expect({ code, lines: out.trim().split("\n") }).toEqual({
    code: 2,
    lines: [
      "health",
      `  ${degraded}: degraded`,
      expect.stringContaining(`  ${away}: could not be asked: fetch failed: connect ECONNREFUSED`),
      `  ${healthy}: healthy`,
      expect.stringContaining(`  ${other}: could not be asked: `),
    ],
  });
  const { services } = JSON.parse((await cqrsOps(["--json", "health", ...urls], {})).out);
  expect(services).toMatchObject([
    { url: degraded, status: "degraded" },
    { url: away, status: "unknown", problem: expect.stringContaining("ECONNREFUSED") },
    { url: healthy, status: "healthy" },
    { url: other, status: "unknown", problem: expect.stringContaining("JSON") },
  ]);
});

test("asks nobody where one of the addresses is none", async () => {
  const { code, progress } = await cqrsOps(["health", await saying("healthy"), "nowhere"], {});
  expect([code, progress]).toEqual([2, expect.stringContaining("url: must be an address of http, got nowhere")]);
});
