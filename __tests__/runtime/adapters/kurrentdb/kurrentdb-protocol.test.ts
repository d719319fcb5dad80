import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { KurrentDbEventStore } from "../../../../runtime/adapters/kurrentdb/kurrentdb-event-store";
import type { KurrentDbCredentials } from "../../../../runtime/adapters/kurrentdb/kurrentdb-settings";
import { EventStoreUnavailableError, type StoredEvent } from "../../../../runtime/event-store/event-store";
import { KurrentDbStandIn } from "../../../support/servers/kurrentdb-stand-in";
import { certificate, whyNoNginx } from "../../../support/servers/nginx";
import { allOf, firstOf, idsOf, newEvents, newStream, soon } from "../../event-store/events";

/** Of what hangs, for which a test waits. */
const ANSWER_MS = 1000;
const ID = "11111111-2222-4333-8444-555555555555";

describe("on a protocol stand-in for KurrentDB", () => {
  let standIn: KurrentDbStandIn;
  let store: KurrentDbEventStore;

  const storeAt = (port: number, answerMilliseconds?: number) =>
    new KurrentDbEventStore({ connectionString: `kurrentdb://127.0.0.1:${port}?tls=false`, answerMilliseconds });

  beforeEach(async () => {
    standIn = await KurrentDbStandIn.start();
    store = storeAt(standIn.port);
  });
  afterEach(async () => {
    await store.close();
    standIn.stop();
  });

  test("has nothing at first", async () => {
    expect(await store.head()).toBeUndefined();
    expect(await allOf(store.readAll(undefined))).toEqual([]);
    expect(await store.countAfter(undefined, 1000)).toEqual({ count: 0, oldest: undefined });
  });

  test("gives, counts and follows no event of the server's own", async () => {
    const events = newEvents(3);
    for (const event of events) {
      standIn.log.addSystemEvent();
      await store.append(newStream(), [event], "no_stream");
    }
    for (let index = 0; index < 100; index++) standIn.log.addSystemEvent();
    const all = await allOf(store.readAll(undefined));
    expect(idsOf(all)).toEqual(idsOf(events));
    expect(await store.head()).toEqual(all.at(-1)?.position);
    expect(await store.countAfter(undefined, 1000)).toMatchObject({ count: 3 });
    expect(await store.countAfter(all[0]?.position, 2)).toMatchObject({ count: 2 });
    expect(idsOf(await firstOf(2, store.subscribe(all[0]?.position)))).toEqual(idsOf(events.slice(1)));
  });

  test("keeps milliseconds of a time", async () => {
    await store.append("s", newEvents(1), "any");
    const created = (await allOf(store.readStream("s"))).map((event) => event.created.getTime());
    expect(Math.abs((created[0] ?? 0) - Date.now())).toBeLessThan(5000);
    standIn.log.addForeign("t", { id: ID, type: "A", created: 17_000_000_001_239_999n });
    expect((await allOf(store.readStream("t")))[0]?.created).toEqual(new Date(1_700_000_000_123));
  });

  test.each<[string, string, Readonly<Record<string, string>>]>([
    ["nothing", "", {}],
    ["no JSON", "{", {}],
    ["no object", '["a"]', {}],
    [
      "what is no text",
      '{"$correlationId":"7","n":1,"o":{"a":null}}',
      { $correlationId: "7", n: "1", o: '{"a":null}' },
    ],
    ["the name of a prototype", '{"__proto__":"a"}', JSON.parse('{"__proto__":"a"}')],
  ])("gives metadata of others that are %s as texts", async (_, metadata, given) => {
    standIn.log.addForeign("s", { id: ID, type: "A", metadata: Buffer.from(metadata) });
    const [event] = await allOf(store.readStream("s"));
    expect(Object.entries(event?.metadata ?? {})).toEqual(Object.entries(given));
  });

  test("finds the position of events that were there already, where the server doesn't tell it", async () => {
    const events = newEvents(2);
    const appended = await store.append("s", events, "no_stream");
    standIn.log.tellsPositionOfRepeated = false;
    expect(await store.append("s", events, "no_stream")).toEqual(appended);
  });

  test("ends at the server what it has ended itself", async () => {
    await store.append("s", newEvents(50), "any");
    await firstOf(1, store.readAll(undefined));
    await firstOf(1, store.subscribe(undefined));
    await store.countAfter(undefined, 1);
    const ended = new AbortController();
    const following = allOf(store.subscribe(undefined, { signal: ended.signal }));
    ended.abort();
    await expect(following).rejects.toMatchObject({ name: "AbortError" });
    for (let tries = 0; standIn.openReads > 0 && tries < 100; tries++) await wait(10);
    expect(standIn.openReads).toBe(0);
  });

  describe("when the server takes calls and never answers", () => {
    test.each<[string, (hasty: KurrentDbEventStore) => Promise<unknown>]>([
      ["append", (hasty) => hasty.append(newStream(), newEvents(1), "any")],
      ["readStream", (hasty) => allOf(hasty.readStream("s"))],
      ["readAll", (hasty) => allOf(hasty.readAll(undefined))],
      ["subscribe", (hasty) => allOf(hasty.subscribe(undefined))],
      ["countAfter", (hasty) => hasty.countAfter(undefined, 10)],
      ["head", (hasty) => hasty.head()],
    ])("%s fails in time, and the server is left with no call", async (_, call) => {
      const hasty = storeAt(standIn.port, ANSWER_MS);
      await hasty.head();
      standIn.misbehaviour = { kind: "hanging" };
      await expect(call(hasty)).rejects.toBeInstanceOf(EventStoreUnavailableError);
      standIn.misbehaviour = undefined;
      await hasty.append(newStream(), newEvents(1), "any");
      for (let tries = 0; standIn.openReads > 0 && tries < 100; tries++) await wait(10);
      expect(standIn.openReads).toBe(0);
      await hasty.close();
    });
  });

  test("a read that the server breaks off fails after what came, and goes on from there", async () => {
    const events = newEvents(10);
    await store.append("s", events, "no_stream");
    standIn.misbehaviour = { kind: "unavailable", after: 4 };
    const seen: StoredEvent[] = [];
    const reading = (async () => {
      for await (const event of store.readAll(undefined)) seen.push(event);
    })();
    await expect(reading).rejects.toBeInstanceOf(EventStoreUnavailableError);
    expect(seen).toHaveLength(4);
    standIn.misbehaviour = undefined;
    seen.push(...(await soon(() => allOf(store.readAll(seen.at(-1)?.position)))));
    expect(idsOf(seen)).toEqual(idsOf(events));
  });

  test("an append that the server is not ready for can be sent again", async () => {
    const events = newEvents(2);
    standIn.misbehaviour = { kind: "unavailable", after: 0 };
    await expect(store.append("s", events, "no_stream")).rejects.toBeInstanceOf(EventStoreUnavailableError);
    standIn.misbehaviour = undefined;
    expect((await soon(() => store.append("s", events, "no_stream"))).revision).toBe(1n);
  });

  test("a reader that is slow holds the server back", async () => {
    for (let index = 0; index < 60; index++) {
      standIn.log.addForeign("s", { id: ID, type: "Large", data: Buffer.alloc(1_000_000) });
    }
    for await (const { revision } of store.readAll(undefined)) {
      if (revision > 0n) break;
      standIn.answers = 0;
      await wait(300);
      expect(standIn.answers).toBeLessThan(30);
    }
  });

  test("goes to the leader that a node names", async () => {
    const leader = await KurrentDbStandIn.start();
    standIn.misbehaviour = { kind: "not leader", leader };
    await expect(store.append("s", newEvents(1), "any")).rejects.toBeInstanceOf(EventStoreUnavailableError);
    await store.append("s", newEvents(1), "any");
    expect(leader.log.after(-1n)).toHaveLength(1);
    leader.stop();
  });

  test("its close lets go of every connection", async () => {
    const taken: Socket[] = [];
    const counter = createServer((client) => {
      const server = connect(standIn.port, standIn.host);
      taken.push(client);
      pipeline(client, server, client, () => undefined);
    });
    counter.listen(0, "127.0.0.1");
    await once(counter, "listening");
    const connections = promisify(counter.getConnections.bind(counter));
    const { port } = counter.address() as AddressInfo;
    const other = new KurrentDbEventStore({ connectionString: `kurrentdb://127.0.0.1:${port}?tls=false` });
    await other.append("s", newEvents(1), "any");
    const following = allOf(other.subscribe(undefined)).catch((error) => error);
    expect(await connections()).toBe(1);
    await other.close();
    expect(await following).toBeInstanceOf(EventStoreUnavailableError);
    // Its end has a way to go.
    for (let tries = 0; (await connections()) > 0 && tries < 100; tries++) await wait(10);
    const left = await connections();
    for (const client of taken) client.destroy();
    counter.close();
    expect(left).toBe(0);
  });
});

const why = whyNoNginx();

(why === undefined ? describe : describe.skip)(`with TLS${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let standIn: KurrentDbStandIn;
  let folder: string;
  let ca: string;
  let otherCa: string;
  const stores: KurrentDbEventStore[] = [];
  const storeOf = (host: string, authority: string, credentials?: () => Promise<KurrentDbCredentials>) => {
    const connectionString = `kurrentdb://${host}:${standIn.port}?tlsCAFile=${authority}`;
    const store = new KurrentDbEventStore({ connectionString, credentials });
    stores.push(store);
    return store;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "kurrentdb-tls-"));
    const authority = certificate(folder, "authority");
    const pair = certificate(folder, "localhost", authority);
    ca = authority.cert;
    otherCa = certificate(folder, "another").cert;
    standIn = await KurrentDbStandIn.start({ key: readFileSync(pair.key), cert: readFileSync(pair.cert) });
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });
  afterAll(() => {
    standIn.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("sends credentials with each call, and the new ones once they have changed", async () => {
    let password = "first:@/";
    const store = storeOf("localhost", ca, async () => ({ username: "commands", password }));
    await store.append("s", newEvents(1), "any");
    password = "second";
    await store.head();
    const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
    expect(standIn.authorizations).toEqual([basic("commands:first:@/"), basic("commands:second")]);
  });

  test.each([
    ["of another authority", () => storeOf("localhost", otherCa)],
    ["that names another host", () => storeOf("127.0.0.1", ca)],
  ])("refuses a server with a certificate %s", async (_, store) => {
    await expect(store().head()).rejects.toBeInstanceOf(EventStoreUnavailableError);
  });

  test("fails a call whose credentials can't be had, and is well once they can", async () => {
    const credentials = jest
      .fn(async () => ({ username: "commands", password: "x" }))
      .mockRejectedValueOnce(new Error("no secret"));
    const store = storeOf("localhost", ca, credentials);
    await expect(store.head()).rejects.toBeInstanceOf(EventStoreUnavailableError);
    await soon(() => store.head());
  });
});
