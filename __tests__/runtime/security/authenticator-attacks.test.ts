import {
  constants,
  createHmac,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AuthenticationError, Authenticator, type AuthenticatorOptions } from "../../../runtime/security/authenticator";
import { KeysUnavailableError } from "../../../runtime/security/issuer-keys";
import { Permissions } from "../../../runtime/security/permissions";
import { AUDIENCE, base64, claims, ISSUER, keyPair, now, other, own, pemOf, tokenOf } from "./tokens";

const authenticator = () =>
  Authenticator.create({ issuer: ISSUER, audience: AUDIENCE, keys: { publicKey: pemOf(own.publicKey) } });
const outcome = async (token: string, it?: Authenticator): Promise<unknown> =>
  (it ?? (await authenticator())).authenticate(token).then(
    ({ subject }) => `believed ${subject}`,
    (error: unknown) => error,
  );

/** A token by another algorithm, truly signed. */
function signedBy(alg: string, make: (data: Buffer) => Buffer, header: object = {}): string {
  const signed = `${base64({ alg, typ: "JWT", ...header })}.${base64(claims())}`;
  return `${signed}.${make(Buffer.from(signed)).toString("base64url")}`;
}
const parts = (): readonly [string, string, string] => {
  const [header = "", payload = "", signature = ""] = tokenOf(claims()).split(".");
  return [header, payload, signature];
};
const { RSA_PKCS1_PSS_PADDING: padding } = constants;
const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" });
const edwards = generateKeyPairSync("ed25519");
/** A token whose payload is this text with more in it, truly signed. */
function signedText(more: string): string {
  const payload = Buffer.from(
    `${JSON.stringify(claims({ sub: undefined, exp: undefined, roles: undefined })).slice(0, -1)},${more}}`,
  );
  const signed = `${base64({ alg: "RS256" })}.${payload.toString("base64url")}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), own.privateKey).toString("base64url")}`;
}

test.each<[string, () => string]>([
  ["PS256 by its own key", () => signedBy("PS256", (data) => sign("sha256", data, { key: own.privateKey, padding }))],
  ["RS384 by its own key", () => signedBy("RS384", (data) => sign("sha384", data, own.privateKey))],
  ["RS1 by its own key", () => signedBy("RS1", (data) => sign("sha1", data, own.privateKey))],
  ["ES256", () => signedBy("ES256", (data) => sign("sha256", data, elliptic.privateKey))],
  ["EdDSA", () => signedBy("EdDSA", (data) => sign(null, data, edwards.privateKey))],
  ...["None", "NONE", "nOnE", ""].map((alg): [string, () => string] => [
    `alg ${JSON.stringify(alg)}`,
    () => `${base64({ alg })}.${base64(claims())}.`,
  ]),
  ["alg in small letters", () => tokenOf(claims(), { header: { alg: "rs256" } })],
  ["alg that is a list", () => tokenOf(claims(), { header: { alg: ["RS256"] } })],
  ["no alg", () => tokenOf(claims(), { header: { alg: undefined } })],
  [
    "another signature scheme within RS256",
    () => signedBy("RS256", (data) => sign("sha256", data, { key: own.privateKey, padding })),
  ],
  ["SHA-1 within RS256", () => signedBy("RS256", (data) => sign("sha1", data, own.privateKey))],
  ["a payload that is not encoded", () => tokenOf(claims(), { header: { b64: false, crit: ["b64"] } })],
  ["an empty signature", () => `${parts()[0]}.${parts()[1]}.`],
  ["a cut signature", () => tokenOf(claims()).slice(0, -8)],
  ["a longer signature", () => `${tokenOf(claims())}AAAA`],
  ["another token's signature", () => `${parts()[0]}.${base64(claims({ sub: "admin" }))}.${parts()[2]}`],
  ["two parts", () => parts().slice(0, 2).join(".")],
  ["four parts", () => `${tokenOf(claims())}.e30`],
  ["five parts, as encrypted ones have", () => `${tokenOf(claims())}.e30.e30`],
  ["a header that is no JSON", () => `e30x.${parts()[1]}.${parts()[2]}`],
  ["a header that is a list", () => `${base64([])}.${parts()[1]}.${parts()[2]}`],
  ["a payload that is a list", () => tokenOf([claims()])],
  ["a payload that is nothing", () => tokenOf(JSON.parse("[null]"))],
  ["a subject that is a number", () => tokenOf(claims({ sub: 1 }))],
  ["a subject that is an object", () => tokenOf(claims({ sub: { toString: "admin" } }))],
  ["a subject with NUL", () => tokenOf(claims({ sub: "a\0" }))],
  ["a subject with half of a character", () => tokenOf(claims({ sub: "\ud800" }))],
  ["a subject that is a name of our own keys", () => tokenOf(claims({ sub: "$blind-index" }))],
  ["a subject that is longer than any id", () => tokenOf(claims({ sub: "a".repeat(257) }))],
  ["an end that is nothing", () => tokenOf(claims({ exp: null }))],
  ["an end that is before the beginning of time", () => signedText('"sub":"user-1","exp":-1e999')],
  ["an audience that is empty", () => tokenOf(claims({ aud: [] }))],
  ["an audience that only begins like ours", () => tokenOf(claims({ aud: `${AUDIENCE}-admin` }))],
  ["an issuer in a list", () => tokenOf(claims({ iss: [ISSUER] }))],
  ["a beginning that is a text", () => tokenOf(claims({ nbf: "yesterday" }))],
  ["an age from the future's text", () => tokenOf(claims({ iat: "tomorrow" }))],
  ["roles that are numbers", () => tokenOf(claims({ roles: [1] }))],
  ["roles that are nothing", () => tokenOf(claims({ roles: null }))],
  ["roles by name", () => tokenOf(claims({ roles: { admin: true } }))],
  ["a line's end within", () => tokenOf(claims()).replace(".", "\n.")],
  ["a space before it", () => ` ${tokenOf(claims())}`],
  ["a NUL behind it", () => `${tokenOf(claims())}\0`],
])("refuses a token with %s, and says nothing of why", async (_, token) => {
  const error = await outcome(token());
  expect(error).toBeInstanceOf(AuthenticationError);
  expect((error as Error).message).toBe("not authenticated");
});

test("believes an audience that is one of several", async () => {
  expect(await outcome(tokenOf(claims({ aud: ["payments", AUDIENCE] })))).toBe("believed user-1");
});

test("of a claim that is there twice, one counts, and it is signed", async () => {
  const token = signedText(`"exp":${now() + 60},"sub":"first","sub":"second"`);
  expect(await outcome(token)).toBe("believed second");
});

test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
  "a role that is %s may do nothing",
  async (role) => {
    const { roles } = await (await authenticator()).authenticate(tokenOf(claims({ roles: [role] })));
    const permissions = new Permissions({ CreateOrder: ["user"], CancelOrder: ["admin"] });
    for (const type of ["CreateOrder", "CancelOrder", role]) expect(permissions.allows(type, roles)).toBe(false);
  },
);

test("a claim that is __proto__ gives no roles", async () => {
  const token = signedText(`"exp":${now() + 60},"sub":"user-1","__proto__":{"roles":["admin"]}`);
  expect((await (await authenticator()).authenticate(token)).roles).toEqual([]);
});

test("a token of megabytes is refused before it is read", async () => {
  const it = await authenticator();
  const long = `${"a".repeat(50_000_000)}`;
  const start = performance.now();
  expect(await outcome(long, it)).toBeInstanceOf(AuthenticationError);
  expect(performance.now() - start).toBeLessThan(100);
});

describe("with the issuer's own keys", () => {
  let server: Server;
  let answer: (response: ServerResponse) => void;
  let asked: string[];
  const port = () => (server.address() as AddressInfo).port;
  const jwkOf = (kid: string | undefined, key: KeyObject, more: object = {}) => ({
    ...createPublicKey(key).export({ format: "jwk" }),
    ...{ kid, alg: "RS256", use: "sig" },
    ...more,
  });
  const json = (value: unknown) => (response: ServerResponse) =>
    void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  const remote = (options: AuthenticatorOptions = {}) =>
    Authenticator.create(
      { issuer: ISSUER, audience: AUDIENCE, keys: { jwksUrl: `http://127.0.0.1:${port()}/keys` } },
      options,
    );
  const signed = (kid: string | undefined, key: KeyObject, more: object = {}) =>
    tokenOf(claims(), { key, header: { kid, ...more } });

  beforeEach(async () => {
    asked = [];
    answer = json({ keys: [jwkOf("first", own.privateKey)] });
    server = createServer((request, response) => {
      asked.push(`${request.url}`);
      answer(response);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(async () => {
    jest.useRealTimers();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  const fakeClocks = () =>
    jest.useFakeTimers({ doNotFake: ["setTimeout", "clearTimeout", "setImmediate", "nextTick", "queueMicrotask"] });

  test("after a rotation the new key is believed, and the old one no longer", async () => {
    fakeClocks();
    const it = await remote();
    expect(await outcome(signed("first", own.privateKey), it)).toBe("believed user-1");
    answer = json({ keys: [jwkOf("second", other.privateKey)] });
    jest.advanceTimersByTime(31_000);
    expect(await outcome(signed("second", other.privateKey), it)).toBe("believed user-1");
    jest.advanceTimersByTime(1);
    expect(await outcome(signed("first", own.privateKey), it)).toBeInstanceOf(KeysUnavailableError);
    jest.advanceTimersByTime(31_000);
    expect(await outcome(signed("first", own.privateKey), it)).toBeInstanceOf(AuthenticationError);
  });

  test("a key that was withdrawn is believed for ten minutes at most", async () => {
    fakeClocks();
    const it = await remote();
    expect(await outcome(signed("first", own.privateKey), it)).toBe("believed user-1");
    answer = json({ keys: [jwkOf("second", other.privateKey)] });
    jest.advanceTimersByTime(601_000);
    expect(await outcome(signed("first", own.privateKey), it)).toBeInstanceOf(AuthenticationError);
  });

  test("an outage during a rotation lets nobody in by the new key, and those of the old one go on", async () => {
    fakeClocks();
    const it = await remote();
    await outcome(signed("first", own.privateKey), it);
    answer = (response) => void response.writeHead(503).end();
    jest.advanceTimersByTime(31_000);
    expect(await outcome(signed("second", other.privateKey), it)).toBeInstanceOf(KeysUnavailableError);
    expect(await outcome(signed("first", own.privateKey), it)).toBe("believed user-1");
  });

  test("a key address that hangs is waited for seconds, and then nobody is let in", async () => {
    answer = () => undefined;
    const start = performance.now();
    expect(await outcome(signed("first", own.privateKey), await remote())).toBeInstanceOf(KeysUnavailableError);
    expect(performance.now() - start).toBeLessThan(5000);
  }, 10_000);

  test("a hundred tokens at once ask once", async () => {
    const it = await remote();
    await Promise.all(Array.from({ length: 100 }, () => outcome(signed("first", own.privateKey), it)));
    expect(asked).toEqual(["/keys"]);
  });

  test("is not led elsewhere by the issuer's answer", async () => {
    answer = (response) => void response.writeHead(302, { location: `http://127.0.0.1:${port()}/evil` }).end();
    expect(await outcome(signed("first", own.privateKey), await remote())).toBeInstanceOf(KeysUnavailableError);
    expect(asked).toEqual(["/keys"]);
  });

  test.each(["jku", "x5u"])("does not ask where a token's %s says", async (name) => {
    const more = { [name]: `http://127.0.0.1:${port()}/evil` };
    expect(await outcome(signed("theirs", other.privateKey, more), await remote())).toBeInstanceOf(AuthenticationError);
    expect(asked).toEqual(["/keys"]);
  });

  test.each(["../../dev/null", "first' or '1'='1", "__proto__", "", "f".repeat(10_000)])(
    "a key's name is looked for and nothing else: %j",
    async (kid) => {
      expect(await outcome(signed(kid, other.privateKey), await remote())).toBeInstanceOf(AuthenticationError);
    },
  );

  const short = keyPair(1024);
  const shared = createSecretKey(Buffer.from("a secret that the issuer has published"));
  test.each<[string, object, () => string]>([
    ["of 1024 bits", jwkOf("weak", short.privateKey), () => signed("weak", short.privateKey)],
    ["for encryption", jwkOf("weak", other.privateKey, { use: "enc" }), () => signed("weak", other.privateKey)],
    [
      "for another algorithm",
      jwkOf("weak", other.privateKey, { alg: "RS512" }),
      () => signed("weak", other.privateKey),
    ],
    [
      "that everybody could sign with",
      { ...shared.export({ format: "jwk" }), kid: "weak", alg: "HS256" },
      () => signedBy("HS256", (data) => createHmac("sha256", shared).update(data).digest(), { kid: "weak" }),
    ],
  ])("believes no token by a key %s, and goes on with the others", async (_, weak, token) => {
    answer = json({ keys: [jwkOf("first", own.privateKey), weak] });
    const it = await remote();
    expect(await outcome(token(), it)).toBeInstanceOf(Error);
    expect(await outcome(signed("first", own.privateKey), it)).toBe("believed user-1");
  });

  test("does not guess which of two keys an unnamed one is", async () => {
    answer = json({ keys: [jwkOf("first", own.privateKey), jwkOf("second", other.privateKey)] });
    expect(await outcome(signed(undefined, own.privateKey), await remote())).toBeInstanceOf(AuthenticationError);
  });

  test("a token that is over is refused, whether keys can be had or not", async () => {
    const it = await remote();
    await outcome(signed("first", own.privateKey), it);
    expect(await outcome(tokenOf(claims({ exp: now() - 60 }), { header: { kid: "first" } }), it)).toBeInstanceOf(
      AuthenticationError,
    );
  });
});
