import { spawnSync } from "node:child_process";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { httpProbe } from "../../../runtime/health/http-probe";
import { type AnsweringServer, startAnswering } from "../../support/servers/answering-server";

const { signal } = new AbortController();
const servers: AnsweringServer[] = [];
const serverOf = async (answer: RequestListener) => {
  const server = await startAnswering(answer);
  servers.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

test("is well by the status that is expected, whatever the body says", async () => {
  const { url } = await serverOf((_, response) => response.writeHead(401).end("no token"));
  await expect(httpProbe({ url, status: 401 })(signal)).resolves.toBeUndefined();
  await expect(httpProbe({ url })(signal)).rejects.toThrow("status: must be 200, got 401");
});

test("follows no redirect", async () => {
  const asked: (string | undefined)[] = [];
  const { url } = await serverOf((request, response) => {
    asked.push(request.url);
    response.writeHead(302, { Location: "/elsewhere" }).end();
  });
  await expect(httpProbe({ url: `${url}/health` })(signal)).rejects.toThrow("status: must be 200, got 302");
  expect(asked).toEqual(["/health"]);
});

test("reads no more of a body than it should have", async () => {
  let sent = 0;
  const { url } = await serverOf((_, response) => {
    const chunk = Buffer.alloc(16_384);
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
    };
    response.on("drain", more);
    more();
  });
  await expect(httpProbe({ url })(signal)).rejects.toThrow("body: must be at most 65536 bytes, got more");
  expect(sent).toBeLessThan(64 * 1024 * 1024);
});

test.each<[string, RequestListener]>([
  ["does not answer", () => {}],
  ["does not end its answer", (_, response) => response.writeHead(200, { "Content-Length": 10 }).flushHeaders()],
])("ends with its signal when the server %s, and so does the connection", async (_, answer) => {
  let closed = false;
  const { url } = await serverOf((request, response) => {
    request.socket.on("close", () => {
      closed = true;
    });
    answer(request, response);
  });
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 100);
  await expect(httpProbe({ url })(abort.signal)).rejects.toThrow("aborted");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(closed).toBe(true);
});

test("fails when an answer breaks off", async () => {
  const { url } = await serverOf((_, response) => {
    response.writeHead(200, { "Content-Length": 10 }).write("12345", () => response.socket?.destroy());
  });
  await expect(httpProbe({ url })(signal)).rejects.toThrow("aborted");
});

test("fails when an answer has more headers than it should have", async () => {
  const { url } = await serverOf((_, response) => response.writeHead(200, { "X-Long": "a".repeat(10_000) }).end());
  await expect(httpProbe({ url })(signal)).rejects.toThrow("Header overflow");
});

test.each([
  ["ftp://127.0.0.1/", "url: must be an http or https URL, got something else"],
  ["secret", "url: must be an http or https URL, got something else"],
  ["http://user:secret@127.0.0.1/", "url: must be without user and password"],
])("refuses %s as a URL, and does not repeat it", (url, message) => {
  expect(() => httpProbe({ url })).toThrow(new RangeError(message));
});

test.each([199, 600, 200.5])("refuses %d as a status", (status) => {
  expect(() => httpProbe({ url: "http://127.0.0.1/", status })).toThrow(
    new RangeError(`status: must be a whole number from 200 to 599, got ${status}`),
  );
});

/** A key and a certificate for 127.0.0.1 that nobody signed, or why there is none. */
function selfSigned(): { readonly pem: string } | { readonly why: string } {
  const subject = ["-subj", "/CN=node", "-addext", "subjectAltName=IP:127.0.0.1"];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "-"];
  const { status, stdout } = spawnSync("openssl", ["req", "-x509", "-days", "1", ...key, ...subject], {
    encoding: "utf8",
  });
  return status === 0 ? { pem: stdout } : { why: "no openssl on the PATH" };
}

const signed = selfSigned();
("pem" in signed ? test : test.skip)(
  `believes the authorities that it is given, and not otherwise${"why" in signed ? `, skipped: ${signed.why}` : ""}`,
  async () => {
    const pem = "pem" in signed ? signed.pem : "";
    const server = createServer({ key: pem, cert: pem }, (_, response) => response.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await expect(httpProbe({ url, ca: pem })(signal)).resolves.toBeUndefined();
      await expect(httpProbe({ url })(signal)).rejects.toThrow("self-signed certificate");
    } finally {
      server.close();
    }
  },
);
