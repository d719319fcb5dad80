import { createHash, createHmac } from "node:crypto";
import { elastiCacheToken } from "../../../../runtime/adapters/aws/elasticache-token";
import { rdsToken } from "../../../../runtime/adapters/aws/rds-token";
import { SettingsError } from "../../../../runtime/settings";

// AWS's own examples; nobody's.
const ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE";
const SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const credentials = async () => ({ accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY });
const host = "clustercfg.orders.abc123.euc1.cache.amazonaws.com";
const now = () => new Date("2026-11-23T12:00:00Z");
const base = { host, user: "orders-app", region: "eu-central-1", credentials, now };

/** Signature Version 4 of a query, written down from AWS's description of it and from nothing else. */
function signatureOf(canonicalQuery: string, hostname: string): string {
  const scope = "20261123/eu-central-1/elasticache/aws4_request";
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const request = ["GET", "/", canonicalQuery, `host:${hostname}\n`, "host", sha256("")].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", "20261123T120000Z", scope, sha256(request)].join("\n");
  const key = ["20261123", "eu-central-1", "elasticache", "aws4_request"].reduce<Buffer>(
    (previous, part) => createHmac("sha256", previous).update(part).digest(),
    Buffer.from(`AWS4${SECRET_KEY}`),
  );
  return createHmac("sha256", key).update(toSign).digest("hex");
}

describe("a token of ElastiCache", () => {
  test("is a request to connect, signed for 15 minutes, without its scheme", async () => {
    const token = await elastiCacheToken(base)();
    const url = new URL(`http://${token}`);
    expect(url.hostname).toBe("orders");
    const { "X-Amz-Signature": signature, ...signed } = Object.fromEntries(url.searchParams);
    expect(signed).toEqual({
      Action: "connect",
      User: "orders-app",
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": `${ACCESS_KEY}/20261123/eu-central-1/elasticache/aws4_request`,
      "X-Amz-Date": "20261123T120000Z",
      "X-Amz-Expires": "900",
      "X-Amz-SignedHeaders": "host",
    });
    const canonical = Object.entries(signed)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
      .join("&");
    expect(signature).toBe(signatureOf(canonical, "orders"));
  });

  test("has the session's token, where credentials are a pod's", async () => {
    const ofPod = async () => ({ ...(await credentials()), sessionToken: "a+b/c=" });
    const url = new URL(`http://${await elastiCacheToken({ ...base, credentials: ofPod })()}`);
    expect(url.searchParams.get("X-Amz-Security-Token")).toBe("a+b/c=");
  });

  test.each([
    ["master.orders.abc123.euc1.cache.amazonaws.com", "orders"],
    ["replica.Orders-2.abc123.use1.cache.amazonaws.com", "orders-2"],
  ])("of %s is the replication group's", async (each, id) => {
    expect((await elastiCacheToken({ ...base, host: each })()).split("/")[0]).toBe(id);
  });

  test.each(["localhost", "orders.abc123.clustercfg.euc1.cache.amazonaws.com", "clustercfg.orders.example.com"])(
    "there is none of %s",
    (each) => {
      expect(() => elastiCacheToken({ ...base, host: each })).toThrow(SettingsError);
    },
  );
});

test("a token of RDS is a request to connect to one host as one user", async () => {
  process.env.AWS_ACCESS_KEY_ID = ACCESS_KEY;
  process.env.AWS_SECRET_ACCESS_KEY = SECRET_KEY;
  try {
    const token = await rdsToken({ host: "db.example.com", port: 5432, user: "query_api", region: "eu-central-1" })();
    const url = new URL(`https://${token}`);
    expect(url.host).toBe("db.example.com:5432");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: "connect",
      DBUser: "query_api",
      "X-Amz-Expires": "900",
      "X-Amz-Credential": expect.stringContaining("/eu-central-1/rds-db/aws4_request"),
    });
  } finally {
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
  }
});
