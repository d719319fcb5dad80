import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CacheRule } from "../../lib/config/edge";
import type { RequestLimits } from "../../lib/config/services";
import { ApiIngress } from "../../lib/edge/api-ingress";
import { Nginx, type NginxValuesProps } from "../../lib/edge/nginx";
import { HEALTH_PATH } from "../../lib/edge/node-ports";
import { type ApiRequest, certificate, type KeyPair, RunningNginx, whyNoNginx } from "../support/servers/nginx";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const HOST = "queries.example.com";
const MIB = 2 ** 20;
const missing = whyNoNginx();
if (missing !== undefined) process.stderr.write(`NGINX's answers are not tested: ${missing}\n`);

interface Setup extends Pick<NginxValuesProps, "proxies" | "cacheable"> {
  readonly limits?: RequestLimits;
  /** File with the certificate of the authority whose certificates are asked for. */
  readonly clientCa?: string;
}

/** What our constructs hand to the controller, from what Terraform gets. */
function start({ limits = { bodyMib: 1, requestsPerSecond: 1000 }, clientCa = "", ...values }: Setup = {}) {
  const tf = synthesizeStack((stack) => {
    new Nginx(stack, "Nginx", { namespace: "queries", backendPort: 8080, apiServer: ["10.0.0.0/16"], ...values });
    new ApiIngress(stack, "Ingress", {
      ...{ service: "query-api", namespace: "queries", host: HOST, tlsSecret: "query-api-tls", limits },
      clientCaSecret: clientCa === "" ? undefined : "origin-pull-ca",
    });
  });
  const valuesOf = (release: object | undefined) => JSON.parse(String((release as { values: [string] }).values));
  const { entries } = valuesOf(resourceOf(tf, "helm_release", { name: "nginx-ingress" })).controller.config as {
    entries: Record<string, string>;
  };
  const { annotations } = resourceOf(tf, "kubernetes_ingress_v1").metadata as { annotations: Record<string, string> };
  const policies = resourcesOf(tf, "helm_release").filter(({ name }) => name === "query-api-policies");
  const policy = policies.map(valuesOf)[0]?.resources[0].spec;
  return RunningNginx.start({ host: HOST, entries, annotations, policy, clientCa });
}

(missing === undefined ? describe : describe.skip)("NGINX, with what we hand to it", () => {
  let nginx: RunningNginx;
  const setUp = (setup: () => Setup = () => ({})) => {
    beforeAll(async () => {
      nginx = await start(setup());
    });
    afterAll(() => nginx.stop());
  };
  const statusOf = async (request: ApiRequest) => (await nginx.ask(request)).status;
  const heardOf = async (request: ApiRequest): Promise<{ url: string; headers: Record<string, string> }> =>
    JSON.parse((await nginx.ask(request)).body);

  describe("in front of an API", () => {
    setUp();

    test("leads to the API's health", async () => {
      expect(await heardOf({ path: "/health" })).toMatchObject({ url: "/health", headers: { host: HOST } });
    });

    test.each([
      ["takes a body that is as large as can be", MIB, 200],
      ["refuses a body that is larger", MIB + 1, 413],
    ])("%s", async (_, size, status) => {
      expect(await statusOf({ method: "POST", body: Buffer.alloc(size) })).toBe(status);
    });

    test("knows no other host", async () => {
      await expect(nginx.ask({ servername: "other.example.com" })).rejects.toThrow(/unrecognized name|handshake/i);
    });

    test("speaks TLS 1.2, and no older one", async () => {
      expect(await statusOf({ maxVersion: "TLSv1.2" })).toBe(200);
      await expect(nginx.ask({ maxVersion: "TLSv1.1" })).rejects.toThrow(/protocol version|handshake/i);
    });

    test("does not say which version it is", async () => {
      expect((await nginx.ask()).headers.server).toBe("nginx");
    });

    test("tells the API the address that it was reached from, whatever the client says", async () => {
      const { headers } = await heardOf({ headers: { "CF-Connecting-IP": "203.0.113.7", "X-Real-IP": "203.0.113.7" } });
      expect(headers["x-real-ip"]).toBe("127.0.0.1");
      expect(headers["x-forwarded-for"]).toBe("127.0.0.1");
    });

    test("says nothing of how long an answer may be kept", async () => {
      expect((await nginx.ask()).headers).not.toHaveProperty("cache-control");
    });
  });

  describe("asked for its health by the load balancer", () => {
    setUp();

    test("is well, and says no more at that port", async () => {
      expect((await nginx.askHealth(HEALTH_PATH)).status).toBe(200);
      expect((await nginx.askHealth("/")).status).toBe(404);
    });

    test("says so when its pod is about to go, and answers nevertheless", async () => {
      writeFileSync(join(nginx.scratch, "leaving"), "");
      expect((await nginx.askHealth(HEALTH_PATH)).status).toBe(503);
      expect(await statusOf({ path: "/health" })).toBe(200);
    });
  });

  describe("with five requests a second", () => {
    setUp(() => ({ limits: { bodyMib: 1, requestsPerSecond: 5 } }));

    test("takes twice as many at once, and answers 429 to the others", async () => {
      const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf({})));
      const taken = statuses.filter((status) => status === 200).length;
      // What has passed while they came makes room for one or another.
      expect(taken).toBeGreaterThanOrEqual(10);
      expect(taken).toBeLessThan(15);
      expect(statuses.filter((status) => status === 429)).toHaveLength(20 - taken);
    });
  });

  describe("behind Cloudflare", () => {
    const folder = missing === undefined ? mkdtempSync(join(tmpdir(), "certificates-")) : "";
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    let cloudflare: KeyPair;
    let stranger: KeyPair;
    setUp(() => {
      const authority = certificate(folder, "origin-pull.example.net");
      cloudflare = certificate(folder, "cloudflare", authority);
      stranger = certificate(folder, "stranger", certificate(folder, "elsewhere.example.net"));
      return { clientCa: authority.cert, proxies: ["127.0.0.0/8"], limits: { bodyMib: 1, requestsPerSecond: 1 } };
    });

    test("answers to Cloudflare's certificate", async () => {
      expect(await statusOf({ client: cloudflare, headers: { "CF-Connecting-IP": "203.0.113.1" } })).toBe(200);
    });

    test.each([["/"], ["/health"]])("refuses whoever shows none, for %s", async (path) => {
      expect(await statusOf({ path })).toBe(400);
    });

    test("refuses a certificate of another authority", async () => {
      expect(await statusOf({ client: stranger })).toBe(400);
    });

    test("tells the API the client's own address", async () => {
      const { headers } = await heardOf({ client: cloudflare, headers: { "CF-Connecting-IP": "203.0.113.2" } });
      expect(headers["x-real-ip"]).toBe("203.0.113.2");
    });

    test("counts requests by the client, and not by Cloudflare", async () => {
      const from = (address: string) => statusOf({ client: cloudflare, headers: { "CF-Connecting-IP": address } });
      const one = await Promise.all(Array.from({ length: 8 }, () => from("203.0.113.3")));
      expect(one).toContain(429);
      expect(await from("203.0.113.4")).toBe(200);
    });
  });

  describe("before an edge that keeps answers", () => {
    const cacheable: readonly CacheRule[] = [
      { path: "/catalogue/*", seconds: 30 },
      { path: "/catalogue/prices", seconds: 5 },
      { path: "/public/*", seconds: 60, evenAuthorized: true },
      { path: "/caf%C3%A9", seconds: 7 },
      { path: "/v1.0+a", seconds: 8 },
    ];
    setUp(() => ({ cacheable }));
    const saidOf = async (request: ApiRequest) => (await nginx.ask(request)).headers["cache-control"];
    const kept = (seconds: number) => `public, max-age=0, s-maxage=${seconds}`;

    test.each<[string, ApiRequest, number]>([
      ["a path", { path: "/catalogue/prices" }, 5],
      ["a path with a query", { path: "/catalogue/prices?of=7" }, 5],
      ["what is below a path", { path: "/catalogue/7" }, 30],
      ["HEAD", { path: "/catalogue/7", method: "HEAD" }, 30],
      ["an authorized request, where told so", { path: "/public/news", headers: { Authorization: "Bearer a" } }, 60],
      ["an anonymous request there", { path: "/public/news" }, 60],
      ["letters in percents", { path: "/caf%c3%a9" }, 7],
      ["signs that patterns have", { path: "/v1.0+a" }, 8],
    ])("says how long: %s", async (_, request, seconds) => {
      expect(await saidOf(request)).toBe(kept(seconds));
    });

    test.each<[string, ApiRequest]>([
      ["another path", { path: "/orders" }],
      ["a path that only begins as one does", { path: "/caf%C3%A9s" }],
      ["what a pattern would take for a sign", { path: "/v1x0+a" }],
      ["POST", { path: "/catalogue/7", method: "POST" }],
      ["an authorized request", { path: "/catalogue/7", headers: { Authorization: "Bearer a" } }],
      ["a cookie", { path: "/catalogue/7", headers: { Cookie: "session=1" } }],
      ["a cookie, where authorized requests are kept", { path: "/public/news", headers: { Cookie: "session=1" } }],
      ["an answer that has expired", { path: "/catalogue/7", headers: { "X-Answer-Expires": "0" } }],
      ["an answer that is not to be kept", { path: "/catalogue/7", headers: { "X-Answer-Pragma": "no-cache" } }],
      ["an answer with a cookie", { path: "/catalogue/7", headers: { "X-Answer-Set-Cookie": "session=1" } }],
      ["an error", { path: "/catalogue/7", headers: { "X-Answer-Status": "404" } }],
      ["a way round to another path", { path: "/catalogue/..%2forders" }],
      ["a way round in clear", { path: "/catalogue/../orders" }],
    ])("says nothing: %s", async (_, request) => {
      expect(await saidOf(request)).toBeUndefined();
    });

    test("says that an answer is for its token alone, where a cache may keep it", async () => {
      const variesBy = async (request: ApiRequest) => (await nginx.ask(request)).headers.vary;
      const headers = { Authorization: "Bearer a" };
      for (const request of [{ path: "/public/news", headers }, { path: "/public/news" }, { path: "/catalogue/7" }])
        expect(await variesBy(request)).toBe("Authorization");
      expect(await variesBy({ path: "/orders" })).toBeUndefined();
      expect(await variesBy({ path: "/catalogue/7", headers })).toBeUndefined();
    });

    test.each(["no-store", "private", "public, s-maxage=1"])("leaves '%s' as the API has said it", async (said) => {
      expect(await saidOf({ path: "/catalogue/7", headers: { "X-Answer-Cache-Control": said } })).toBe(said);
    });
  });
});
