import { randomBytes } from "node:crypto";
import {
  CachedAnswers,
  DataKeys,
  FieldEncryption,
  MessageApi,
  Permissions,
  ProductionMetrics,
} from "@cdktf-cqrs/runtime";
import { LocalKeys } from "@cdktf-cqrs/runtime/adapters/local/local-keys";
import { MemorySubjectKeys } from "@cdktf-cqrs/runtime/adapters/local/memory-subject-keys";
import { commandHandlers } from "../../../examples/orders/command-api";
import { queryHandlers } from "../../../examples/orders/query-api";
import { TABLES } from "../../../examples/orders/read-models";
import type { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresReadModels } from "../../../runtime/adapters/postgres/postgres-read-models";
import { ApiServer } from "../../../runtime/service/api-server";
import { poolOn } from "../../support/runtime/read-models-on";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";

const why = whyNoPostgres();

const TEXTS = {
  NUL: "\0",
  "NUL within": "ada\0@example.com",
  "a lone high surrogate": "\ud800",
  "a lone low surrogate": "ada\udfff",
  "the mark of encrypted values": "$enc:",
  "what looks encrypted": "$enc:1:7b0e:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "another version of encryption": "$enc:2:x",
} as const;
const OBJECTS = {
  "the mark of redacted values": { $redacted: "forgotten" },
  "the mark of encrypted payloads": { $encrypted: "$enc:1:x:y" },
} as const;

const order = () => ({
  orderId: "o-1",
  customer: { email: "ada@example.com", creditCard: "4111 1111 1111 1111", ssn: "078-05-1120" } as Record<
    string,
    unknown
  >,
  items: [{ sku: "chair", quantity: 1 }] as Record<string, unknown>[],
  note: "" as unknown,
});
type Order = ReturnType<typeof order>;
const inOrder = (put: (message: Order, value: unknown) => unknown) => (value: unknown) => {
  const message = order();
  put(message, value);
  return message;
};
/** Every text field of every command: a message that has the value there. One that no schema has is a field, too. */
const COMMANDS: readonly (readonly [type: string, path: string, message: (value: unknown) => object])[] = [
  ["CreateOrder", "orderId", inOrder((message, value) => Object.assign(message, { orderId: value }))],
  ...["email", "creditCard", "ssn"].map(
    (key) => ["CreateOrder", `customer.${key}`, inOrder(({ customer }, value) => (customer[key] = value))] as const,
  ),
  ["CreateOrder", "items[0].sku", inOrder(({ items }, value) => Object.assign(items[0] ?? {}, { sku: value }))],
  ["CreateOrder", "note", inOrder((message, value) => (message.note = value))],
  ["CancelOrder", "orderId", (value) => ({ orderId: value })],
  ["UpdateInventory", "sku", (value) => ({ sku: value, onHand: 1 })],
];
const QUERIES = [
  ["GetOrder", "orderId"],
  ["GetAllOrders", "after"],
  ["GetInventory", "sku"],
] as const;
/** `URLSearchParams` writes no half of a character. */
const IN_URLS = Object.entries(TEXTS).filter(([, text]) => encodable(text));

function encodable(text: string): boolean {
  try {
    return encodeURIComponent(text) !== "";
  } catch {
    return false;
  }
}

(why === undefined ? describe : describe.skip)(`what no field may hold${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningPostgres;
  let store: PostgresEventStore;
  let models: PostgresReadModels;
  let metrics: ProductionMetrics;
  const servers: ApiServer[] = [];
  const bases = { command: "", query: "" };

  beforeAll(async () => {
    server = await startPostgres();
    store = await storeOn(server, "event_store");
    models = new PostgresReadModels({ primary: poolOn(server) });
    await models.migrate(TABLES);
    const wrappingKeys = LocalKeys.fromEnvironment({ NODE_ENV: "test", LOCAL_KEY: randomBytes(32).toString("base64") });
    const fields = new FieldEncryption({ keys: new DataKeys({ wrappingKeys, subjectKeys: new MemorySubjectKeys() }) });
    // A fake: a cache that never has anything.
    const cache = { get: async () => undefined, set: async () => {}, delete: async () => {}, close: async () => {} };
    const handlers = {
      command: commandHandlers(store, fields),
      query: queryHandlers(models, new CachedAnswers({ cache }), fields),
    };
    const types = { command: Object.keys(handlers.command), query: Object.keys(handlers.query) };
    metrics = new ProductionMetrics({ commandTypes: types.command, queryTypes: types.query });
    const silent = () => {};
    for (const kind of ["command", "query"] as const) {
      const api = new MessageApi({
        ...{ kind, handlers: handlers[kind], metrics, log: { info: silent, warn: silent, error: silent } },
        permissions: new Permissions(Object.fromEntries(types[kind].map((type) => [type, ["user"]]))),
        // A fake: tokens have tests of their own.
        authenticator: { authenticate: async () => ({ subject: "customer-7", roles: ["user"] }) },
      });
      const health = () => {};
      const made = new ApiServer({ api, port: 0, host: "127.0.0.1", healthPath: "/health", health, closeLimitMs: 200 });
      servers.push(made);
      bases[kind] = `http://127.0.0.1:${await made.listen()}`;
    }
  }, 60_000);
  afterAll(async () => {
    await Promise.all(servers.map((each) => each.close()));
    await Promise.all([store.close(), models.close()]);
    await server.stop();
  });

  const send = (type: string, message: object) =>
    fetch(`${bases.command}/commands/${type}`, {
      method: "POST",
      headers: { Authorization: "Bearer x", "Content-Type": "application/json" },
      body: JSON.stringify(message),
    });
  const failures = async () =>
    (await metrics.exposition()).body
      .split("\n")
      .filter((line) => /^cqrs_\w+_total{.*status="failure"/.test(line) && !line.endsWith(" 0"));
  const answered = async (response: Response) => {
    const { error } = (await response.json()) as { error?: { code: string; message: string } };
    return { status: response.status, code: error?.code, message: error?.message };
  };

  test.each(
    COMMANDS.flatMap(([type, path, message]) =>
      Object.entries({ ...TEXTS, ...OBJECTS }).map(([name, value]) => [type, path, name, message(value)] as const),
    ),
  )("%s with %s of %s is 400, and names it", async (type, path, _, message) => {
    const got = await answered(await send(type, message));
    expect(got).toMatchObject({ status: 400, code: "bad_message" });
    expect(got.message?.startsWith(`${path}: must `)).toBe(true);
    expect(await failures()).toEqual([]);
  });

  test.each(QUERIES.flatMap(([type, key]) => IN_URLS.map(([name, value]) => [type, key, name, value] as const)))(
    "%s with %s of %s is 400, and names it",
    async (type, key, _, value) => {
      const parameters = new URLSearchParams({ [key]: value });
      const headers = { Authorization: "Bearer x" };
      const got = await answered(await fetch(`${bases.query}/queries/${type}?${parameters}`, { headers }));
      expect(got).toMatchObject({ status: 400, code: "bad_message" });
      expect(got.message?.startsWith(`${key}: must `)).toBe(true);
      expect(await failures()).toEqual([]);
    },
  );

  test.each(
    QUERIES.flatMap(([type, key]) =>
      ["%ED%A0%80", "ada%ED%BF%BF", "%ff", "%C0%80", "%"].map((escapes) => [type, key, escapes] as const),
    ),
  )("%s with %s of the escapes %s, which are no UTF-8, is 400", async (type, key, escapes) => {
    const headers = { Authorization: "Bearer x" };
    const response = await fetch(`${bases.query}/queries/${type}?${key}=${escapes}`, { headers });
    expect(await answered(response)).toMatchObject({ status: 400, code: "bad_message" });
    expect(await failures()).toEqual([]);
  });

  test.each(Object.entries(TEXTS))("a key of %s is 400", async (_, key) => {
    expect(await answered(await send("CreateOrder", { ...order(), [key]: 1 }))).toMatchObject({ status: 400 });
  });

  test("a message deeper than any record is 400", async () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100; depth++) deep = [deep];
    expect(await answered(await send("CreateOrder", { ...order(), note: deep }))).toMatchObject({ status: 400 });
  });

  test("what only looks alike is taken: whole characters, the mark within a text, a dollar", async () => {
    const { note: _, ...message } = order();
    const customer = { ...message.customer, email: "😀 $enc: $redacted", creditCard: "$5 and \u0001" };
    expect((await send("CreateOrder", { ...message, customer })).status).toBe(200);
    expect(await failures()).toEqual([]);
  });
});
