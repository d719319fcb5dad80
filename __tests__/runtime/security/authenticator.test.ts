import { createHmac, createPublicKey, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AuthenticationError, Authenticator, type AuthenticatorOptions } from "../../../runtime/security/authenticator";
import { KeysUnavailableError } from "../../../runtime/security/issuer-keys";
import { AUDIENCE, base64, claims, ISSUER, keyPair, now, other, own, pemOf, tokenOf } from "./tokens";

const authenticator = (options: AuthenticatorOptions = {}) =>
  Authenticator.create({ issuer: ISSUER, audience: AUDIENCE, keys: { publicKey: pemOf(own.publicKey) } }, options);
const refusal = async (token: string, options?: AuthenticatorOptions) =>
  (await authenticator(options)).authenticate(token).then(
    () => "believed",
    (error: Error) => error,
  );

test("believes a token that is as it must be, and says whose it is", async () => {
  expect(await (await authenticator()).authenticate(tokenOf(claims()))).toEqual({ subject: "user-1", roles: ["user"] });
});

test.each([0, -1, 1.5, Number.NaN, 300_001])("refuses a timeout of %s milliseconds", async (keysTimeoutMs) => {
  const message = `keysTimeoutMs: must be a whole number from 1 to 300000, got ${keysTimeoutMs}`;
  await expect(authenticator({ keysTimeoutMs })).rejects.toThrow(new RangeError(message));
});

test("finds roles wherever the issuer has them", async () => {
  const it = await authenticator({ rolesClaim: ["realm_access", "roles"] });
  const { roles } = await it.authenticate(tokenOf(claims({ realm_access: { roles: ["admin"] } })));
  expect(roles).toEqual(["admin"]);
});

test.each([
  ["none at all", undefined],
  ["a claim that is JavaScript's own", ["constructor", "name"]],
])("gives no roles for %s", async (_, rolesClaim) => {
  const it = await authenticator(rolesClaim && { rolesClaim });
  expect((await it.authenticate(tokenOf(claims({ roles: undefined })))).roles).toEqual([]);
});

/** HS256, signed with the public key, which everybody has. */
function confused(): string {
  const signed = `${base64({ alg: "HS256", typ: "JWT" })}.${base64(claims())}`;
  return `${signed}.${createHmac("sha256", pemOf(own.publicKey)).update(signed).digest("base64url")}`;
}

test.each<[string, () => string]>([
  ["alg none", () => `${base64({ alg: "none" })}.${base64(claims())}.`],
  ["alg none with a signature", () => tokenOf(claims(), { header: { alg: "none" } })],
  ["HS256 signed with the public key", confused],
  ["RS512", () => tokenOf(claims(), { header: { alg: "RS512" } })],
  ["another key", () => tokenOf(claims(), { key: other.privateKey })],
  [
    "a key of its own in the header",
    () => tokenOf(claims(), { key: other.privateKey, header: { jwk: other.publicKey.export({ format: "jwk" }) } }),
  ],
  ["another issuer", () => tokenOf(claims({ iss: "https://evil.example.com/" }))],
  ["an issuer without its slash", () => tokenOf(claims({ iss: ISSUER.slice(0, -1) }))],
  ["another audience", () => tokenOf(claims({ aud: "payments" }))],
  ["no audience", () => tokenOf(claims({ aud: undefined }))],
  ["a time that is over", () => tokenOf(claims({ exp: now() - 10 }))],
  ["a time that has not come", () => tokenOf(claims({ nbf: now() + 60 }))],
  ["no end", () => tokenOf(claims({ exp: undefined }))],
  ["an end that is a text", () => tokenOf(claims({ exp: "tomorrow" }))],
  ["no subject", () => tokenOf(claims({ sub: undefined }))],
  ["an empty subject", () => tokenOf(claims({ sub: "" }))],
  ["roles that are a text", () => tokenOf(claims({ roles: "admin" }))],
  ["a flipped bit", () => tokenOf(claims()).replace(/.(?=[^.]{300}$)/, (one) => (one === "A" ? "B" : "A"))],
  [
    "another payload under the signature",
    () => {
      const [header, , signature] = tokenOf(claims()).split(".");
      return `${header}.${base64(claims({ roles: ["admin"] }))}.${signature}`;
    },
  ],
  ["a critical header that nobody knows", () => tokenOf(claims(), { header: { crit: ["x"], x: 1 } })],
  ["1 MB", () => tokenOf(claims({ roles: ["a".repeat(1_000_000)] }))],
  ["nothing", () => ""],
  ["no token", () => "Bearer x"],
])("refuses a token with %s, and says nothing of why", async (_, token) => {
  const error = await refusal(token());
  expect(error).toBeInstanceOf(AuthenticationError);
  expect((error as Error).message).toBe("not authenticated");
});

describe("a token's type", () => {
  const typed = (typ: unknown) => tokenOf(claims(), { header: { typ } });
  const strict = () =>
    Authenticator.create({
      ...{ issuer: ISSUER, audience: AUDIENCE, keys: { publicKey: pemOf(own.publicKey) } },
      tokenType: "at+jwt",
    });

  test.each(["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "application/jwt", undefined])(
    "%s is an access token's",
    async (typ) => {
      expect(await refusal(typed(typ))).toBe("believed");
    },
  );

  test.each([
    "logout+jwt",
    "id+jwt",
    "dpop+jwt",
    "secevent+jwt",
    "JOSE",
    "at+jwt ",
    "text/at+jwt",
    "",
    null,
    7,
    ["JWT"],
  ])("%j is not, and the token is refused", async (typ) => {
    expect(await refusal(typed(typ))).toMatchObject({ message: "not authenticated", reason: "another type of token" });
  });

  test.each(["at+jwt", "application/AT+JWT"])("%s is believed where it is demanded", async (typ) => {
    expect(await (await strict()).authenticate(typed(typ))).toMatchObject({ subject: "user-1" });
  });

  test.each(["JWT", undefined, "logout+jwt"])("%s is refused where at+jwt is demanded", async (typ) => {
    await expect((await strict()).authenticate(typed(typ))).rejects.toThrow(AuthenticationError);
  });
});

test("forgives clocks that are apart by seconds, and by no more", async () => {
  expect(await refusal(tokenOf(claims({ exp: now() - 3 })))).toBe("believed");
  expect(await refusal(tokenOf(claims({ exp: now() - 3 })), { clockToleranceSeconds: 0 })).toBeInstanceOf(
    AuthenticationError,
  );
});

test("a key of 1024 bits believes nothing", async () => {
  const short = keyPair(1024);
  const it = await Authenticator.create({
    issuer: ISSUER,
    audience: AUDIENCE,
    keys: { publicKey: pemOf(short.publicKey) },
  });
  await expect(it.authenticate(tokenOf(claims(), { key: short.privateKey }))).rejects.toThrow();
});

describe("with the issuer's own keys", () => {
  let server: Server;
  let answer: () => { status: number; body: string };
  let asked = 0;
  const jwks = (...keys: readonly { id: string; key: KeyObject }[]) =>
    JSON.stringify({
      keys: keys.map(({ id, key }) => ({
        ...createPublicKey(key).export({ format: "jwk" }),
        kid: id,
        alg: "RS256",
        use: "sig",
      })),
    });
  const remote = () =>
    Authenticator.create({
      issuer: ISSUER,
      audience: AUDIENCE,
      keys: { jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` },
    });
  const signed = (kid: string, key: KeyObject) => tokenOf(claims(), { key, header: { kid } });

  beforeEach(async () => {
    asked = 0;
    answer = () => ({ status: 200, body: jwks({ id: "first", key: own.privateKey }) });
    server = createServer((_, response) => {
      asked++;
      const { status, body } = answer();
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(() => {
    jest.useRealTimers();
    server.close();
  });

  test("asks once for many tokens", async () => {
    const it = await remote();
    for (let times = 0; times < 5; times++) await it.authenticate(signed("first", own.privateKey));
    expect(asked).toBe(1);
  });

  test("refuses a key that is none of them, without asking for each such token", async () => {
    const it = await remote();
    for (let times = 0; times < 5; times++)
      await expect(it.authenticate(signed("unknown", other.privateKey))).rejects.toThrow(AuthenticationError);
    expect(asked).toBe(1);
  });

  test("refuses a token that names another's key", async () => {
    answer = () => ({
      status: 200,
      body: jwks({ id: "first", key: own.privateKey }, { id: "second", key: other.privateKey }),
    });
    const it = await remote();
    await expect(it.authenticate(signed("second", own.privateKey))).rejects.toThrow(AuthenticationError);
  });

  test("believes a new key once it has heard of it", async () => {
    answer = () => ({ status: 200, body: jwks({ id: "second", key: other.privateKey }) });
    const it = await remote();
    await expect(it.authenticate(signed("second", other.privateKey))).resolves.toMatchObject({ subject: "user-1" });
    await expect(it.authenticate(signed("first", own.privateKey))).rejects.toThrow(KeysUnavailableError);
  });

  test.each<[string, () => { status: number; body: string }]>([
    ["an error", () => ({ status: 503, body: "" })],
    ["garbage", () => ({ status: 200, body: "<html>" })],
    ["something else", () => ({ status: 200, body: '{"keys":"none"}' })],
  ])("lets nobody in while the issuer answers with %s, and says that it can't know", async (_, wrong) => {
    answer = wrong;
    const it = await remote();
    await expect(it.authenticate(signed("first", own.privateKey))).rejects.toThrow(KeysUnavailableError);
  });

  test("lets nobody in while the issuer is not there, and everybody once it is", async () => {
    jest.useFakeTimers({ doNotFake: ["setTimeout", "clearTimeout", "setImmediate", "nextTick", "queueMicrotask"] });
    const it = await remote();
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    await expect(it.authenticate(signed("first", own.privateKey))).rejects.toThrow(KeysUnavailableError);
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    jest.advanceTimersByTime(1000);
    await expect(it.authenticate(signed("first", own.privateKey))).resolves.toMatchObject({ subject: "user-1" });
  });
});
