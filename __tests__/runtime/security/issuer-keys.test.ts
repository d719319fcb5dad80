import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { ServerResponse } from "node:http";
import { AuthenticationError, Authenticator } from "../../../runtime/security/authenticator";
import { KeysUnavailableError } from "../../../runtime/security/issuer-keys";
import { type AnsweringServer, startAnswering } from "../../support/servers/answering-server";
import { AUDIENCE, claims, ISSUER, keyPair, other, own, tokenOf } from "./tokens";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FIRST = { kid: "first", key: own.privateKey };
const SECOND = { kid: "second", key: other.privateKey };
type Key = typeof FIRST;

let issuer: AnsweringServer;
let fetches: number;
let answer: (response: ServerResponse) => void;
let authenticator: Authenticator;

const jwkOf = ({ kid, key }: { readonly kid: string; readonly key: KeyObject }) => ({
  ...createPublicKey(key).export({ format: "jwk" }),
  ...{ kid, alg: "RS256", use: "sig" },
});
const publishesSet = (keys: unknown) => {
  answer = (response) => void response.end(JSON.stringify({ keys }));
};
const publishes = (...keys: readonly Key[]) => publishesSet(keys.map(jwkOf));
/** Keys by which no RS256 token can be verified. */
const UNUSABLE: Readonly<Record<string, unknown>> = {
  "nothing of a key": {},
  "a secret": { kty: "oct", k: "c2VjcmV0", kid: "weak" },
  "an elliptic curve's": jwkOf({ kid: "weak", key: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey }),
  "without a modulus": { ...jwkOf({ ...FIRST, kid: "weak" }), n: undefined },
  "with a modulus that is no number": { ...jwkOf({ ...FIRST, kid: "weak" }), n: "!" },
  "of 1024 bits": jwkOf({ kid: "weak", key: keyPair(1024).privateKey }),
  "for encryption": { ...jwkOf({ ...FIRST, kid: "weak" }), use: "enc" },
  "for RS512": { ...jwkOf({ ...FIRST, kid: "weak" }), alg: "RS512" },
  "a private one": { ...own.privateKey.export({ format: "jwk" }), kid: "weak" },
};
const outages: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "answers 503": (response) => void response.writeHead(503).end(),
  "resets connections": (response) => void response.socket?.destroy(),
  hangs: () => undefined,
  "answers with HTML": (response) => void response.end("<html>"),
  "answers with no keys": (response) => void response.end('{"keys":[]}'),
  "answers with 1 MB": (response) => void response.end(`{"keys":[],"more":"${"a".repeat(1_000_000)}"}`),
};
/** What a token by this key is answered with. */
async function outcome({ kid, key }: Key): Promise<string> {
  try {
    await authenticator.authenticate(tokenOf(claims(), { key, header: { kid } }));
    return "believed";
  } catch (error) {
    if (error instanceof AuthenticationError) return "401";
    return error instanceof KeysUnavailableError ? "503" : `${error}`;
  }
}
const outcomes = (key: Key, times: number) => Promise.all(Array.from({ length: times }, () => outcome(key)));
const all = (times: number, each: string) => Array.from({ length: times }, () => each);
/** Passes by every clock. */
const pass = (milliseconds: number) => jest.advanceTimersByTime(milliseconds);
/** Ends what is fetched in the background. */
const settled = async () => {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
};

beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: ["setTimeout", "clearTimeout", "setImmediate", "nextTick", "queueMicrotask"] });
  fetches = 0;
  publishes(FIRST);
  issuer = await startAnswering((_, response) => {
    fetches++;
    answer(response);
  });
  const keys = { jwksUrl: issuer.url };
  authenticator = await Authenticator.create({ issuer: ISSUER, audience: AUDIENCE, keys }, { keysTimeoutMs: 100 });
});
afterEach(async () => {
  jest.useRealTimers();
  await issuer.stop();
});

test.each(Object.keys(outages))("known keys stay in use for 24 hours while the issuer %s", async (outage) => {
  expect(await outcome(FIRST)).toBe("believed");
  answer = outages[outage] ?? answer;
  for (let minutes = 0; minutes < 24 * 60; minutes += 60) {
    expect(await outcomes(FIRST, 3)).toEqual(all(3, "believed"));
    await settled();
    pass(HOUR);
  }
  expect(await outcome(FIRST)).toBe("503");
  await settled();
});

test("an hour's outage is asked about once in each back-off interval, which becomes 30 seconds, however many tokens come", async () => {
  await outcome(FIRST);
  answer = outages["answers 503"] ?? answer;
  pass(11 * MINUTE);
  fetches = 0;
  const perMinute: number[] = [];
  for (let second = 0; second < 3600; second += 5) {
    if (second % 60 === 0) perMinute.push(0);
    const before = fetches;
    expect(await outcomes(FIRST, 10)).toEqual(all(10, "believed"));
    await settled();
    expect(fetches - before).toBeLessThanOrEqual(1);
    perMinute[perMinute.length - 1] = (perMinute.at(-1) ?? 0) + fetches - before;
    pass(5000);
  }
  // Half of each interval is random.
  expect(perMinute[0]).toBeLessThanOrEqual(9);
  expect(Math.max(...perMinute.slice(1))).toBeLessThanOrEqual(4);
  expect(Math.min(...perMinute.slice(1))).toBeGreaterThanOrEqual(1);
}, 60_000);

test("once the issuer is back, its new key is believed within the longest interval, and a withdrawn one no more", async () => {
  await outcome(FIRST);
  answer = outages["answers 503"] ?? answer;
  for (let minutes = 0; minutes < 60; minutes++) {
    await outcome(SECOND);
    pass(MINUTE);
  }
  publishes(SECOND);
  pass(30_000);
  expect(await outcome(SECOND)).toBe("believed");
  pass(30_000);
  expect(await outcome(FIRST)).toBe("401");
});

test("an issuer that hangs holds up no token whose key is known, after the first", async () => {
  await outcome(FIRST);
  answer = outages.hangs ?? answer;
  pass(11 * MINUTE);
  await outcome(FIRST);
  pass(MINUTE);
  const asked = outcome(FIRST).then(() => "answered");
  const waited = new Promise((resolve) => setTimeout(() => resolve("waits"), 50));
  expect(await Promise.race([asked, waited])).toBe("answered");
  await new Promise((resolve) => setTimeout(resolve, 100));
});

describe("a key that is not known", () => {
  test("is 503 while no fetch is allowed, for the issuer may have changed its keys, and believed with the next fetch", async () => {
    await outcome(FIRST);
    publishes(FIRST, SECOND);
    pass(10_000);
    expect(await outcomes(SECOND, 5)).toEqual(all(5, "503"));
    expect(fetches).toBe(1);
    pass(21_000);
    expect(await outcomes(SECOND, 5)).toEqual(all(5, "believed"));
    expect(fetches).toBe(2);
  });

  test("is 401 once the issuer was asked for it, and is not asked for again within 30 seconds", async () => {
    expect(await outcomes(SECOND, 5)).toEqual(all(5, "401"));
    pass(29_000);
    expect(await outcomes(SECOND, 5)).toEqual(all(5, "401"));
    expect(fetches).toBe(1);
    publishes(FIRST, SECOND);
    pass(2000);
    expect(await outcome(SECOND)).toBe("believed");
    expect(fetches).toBe(2);
  });

  test("is 503 while the issuer can't be asked for it", async () => {
    await outcome(FIRST);
    answer = outages["answers 503"] ?? answer;
    pass(31_000);
    expect(await outcomes(SECOND, 5)).toEqual(all(5, "503"));
    expect(await outcome(SECOND)).toBe("503");
    expect(fetches).toBe(2);
  });

  test("costs one fetch in 30 seconds, however many there are", async () => {
    const unknown = (index: number) => ({ ...SECOND, kid: `${index}-${"k".repeat(5000)}` });
    await outcome(FIRST);
    pass(31_000);
    for (let index = 0; index < 300; index++) expect(await outcome(unknown(index))).toMatch(/401|503/);
    expect(fetches).toBe(2);
  });
});

describe.each(Object.entries(UNUSABLE))("a published key that is %s", (_, key) => {
  test("beside a good one is as one that is not published: its name makes no failure", async () => {
    publishesSet([jwkOf(FIRST), key]);
    expect(await outcome(FIRST)).toBe("believed");
    expect(await outcome({ ...SECOND, kid: "weak" })).toBe("401");
  });

  test("alone is as none: known keys stay in use", async () => {
    expect(await outcome(FIRST)).toBe("believed");
    publishesSet([key]);
    pass(11 * MINUTE);
    expect(await outcomes(FIRST, 3)).toEqual(all(3, "believed"));
    expect(await outcome(SECOND)).toBe("503");
  });
});

test("before the first keys, each back-off interval has one fetch, and then all are believed", async () => {
  answer = outages["resets connections"] ?? answer;
  expect(await outcomes(FIRST, 20)).toEqual(all(20, "503"));
  expect(await outcomes(FIRST, 20)).toEqual(all(20, "503"));
  expect(fetches).toBe(1);
  publishes(FIRST);
  pass(1000);
  expect(await outcomes(FIRST, 20)).toEqual(all(20, "believed"));
  expect(fetches).toBe(2);
});

test("a clock that is set back by an hour keeps no withdrawn key", async () => {
  await outcome(FIRST);
  publishes(SECOND);
  const token = tokenOf(claims({ exp: Math.floor(Date.now() / 1000) }), { key: FIRST.key, header: { kid: "first" } });
  jest.setSystemTime(Date.now() - HOUR);
  pass(10 * MINUTE + 1);
  await expect(authenticator.authenticate(token)).rejects.toThrow();
});
