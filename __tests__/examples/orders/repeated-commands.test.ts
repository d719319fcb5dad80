import { randomBytes } from "node:crypto";
import { DataKeys, FieldEncryption, type MessageContext, RejectedError } from "@cdktf-cqrs/runtime";
import { LocalKeys } from "@cdktf-cqrs/runtime/adapters/local/local-keys";
import { MemorySubjectKeys } from "@cdktf-cqrs/runtime/adapters/local/memory-subject-keys";
import { commandHandlers } from "../../../examples/orders/command-api";
import type { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { answerTo } from "../../../runtime/service/answers";
import { allOf } from "../../runtime/event-store/events";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";

const why = whyNoPostgres();
const customer = { email: "ada@example.com", creditCard: "4111 1111 1111 1111", ssn: "078-05-1120" };
const { ssn: _, ...withoutSsn } = customer;
const items = [
  { sku: "chair", quantity: 2 },
  { sku: "table", quantity: 1 },
];
const order = { orderId: "1", customer, items };

const by = (subject: string): MessageContext => ({
  correlationId: "c-1",
  principal: { subject, roles: ["user"] },
  signal: new AbortController().signal,
});

(why === undefined ? describe : describe.skip)(`commands sent again${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningPostgres;
  let store: PostgresEventStore;
  let schemas = 0;
  const subjectKeys = new MemorySubjectKeys();
  const wrappingKeys = LocalKeys.fromEnvironment({ NODE_ENV: "test", LOCAL_KEY: randomBytes(32).toString("base64") });
  const keys = new DataKeys({ wrappingKeys, subjectKeys });
  const fields = new FieldEncryption({ keys });
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    store = await storeOn(server, `repeated_${++schemas}`);
  });
  afterEach(() => store.close());

  const send = async (type: string, message: object, context = by("customer-7")) =>
    commandHandlers(store, fields)[type]?.({ ...message }, context);
  const events = async () => (await allOf(store.readAll(undefined))).map(({ type }) => type);
  const refusalOf = (sent: Promise<unknown>) =>
    sent.then(
      () => undefined,
      (error: unknown) => error,
    );

  test("the same order sent again is answered as it was the first time, also once it is cancelled", async () => {
    const first = await send("CreateOrder", order);
    const { orderId, customer: person, items: same } = JSON.parse(JSON.stringify(order));
    const { email, creditCard, ssn } = person;
    expect(await send("CreateOrder", { items: same, customer: { ssn, creditCard, email }, orderId })).toEqual(first);
    await send("CancelOrder", { orderId });
    expect(await send("CreateOrder", order)).toEqual(first);
    expect(await send("CancelOrder", { orderId })).toEqual({ orderId });
    expect(await events()).toEqual(["OrderCreated", "OrderCancelled"]);
  });

  test.each<[string, object]>([
    ["another quantity", { ...order, items: [{ sku: "chair", quantity: 3 }, items[1]] }],
    ["another article", { ...order, items: [{ sku: "lamp", quantity: 2 }, items[1]] }],
    ["one article less", { ...order, items: [items[0]] }],
    ["another card", { ...order, customer: { ...customer, creditCard: "5500 0000 0000 0004" } }],
    ["another e-mail", { ...order, customer: { ...customer, email: "eve@example.com" } }],
    ["another number", { ...order, customer: { ...customer, ssn: "219-09-9999" } }],
    ["no number", { ...order, customer: withoutSsn }],
  ])("an order of that id with %s is refused", async (_name, other) => {
    await send("CreateOrder", order);
    const error = await refusalOf(send("CreateOrder", other));
    expect(error).toBeInstanceOf(RejectedError);
    expect(answerTo(error)).toMatchObject({ status: 422, outcome: "rejected" });
    expect(await events()).toEqual(["OrderCreated"]);
  });

  test("an order of that id by another customer is refused, and nothing tells whose it is", async () => {
    await send("CreateOrder", order);
    const sameContent = answerTo(await refusalOf(send("CreateOrder", order, by("customer-8"))));
    const another = answerTo(await refusalOf(send("CreateOrder", { ...order, items: [items[0]] })));
    expect(sameContent).toMatchObject({ status: 422, outcome: "rejected" });
    expect(sameContent).toEqual(another);
    expect(sameContent.body).not.toContain("customer-7");
  });

  test("of two different orders of one id that come at once, one is answered 200", async () => {
    const others = Array.from({ length: 5 }, (_each, index) => by(`customer-${index}`));
    const answers = await Promise.allSettled(others.map((context) => send("CreateOrder", order, context)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const answer of answers) if (answer.status === "rejected") expect(answer.reason).toBeInstanceOf(RejectedError);
  });

  test("a customer who was forgotten orders nothing: neither anew nor again", async () => {
    const forgotten = by("customer-9");
    await send("CreateOrder", order, forgotten);
    await keys.forget("customer-9");
    for (const orderId of ["1", "2"])
      expect(answerTo(await refusalOf(send("CreateOrder", { ...order, orderId }, forgotten)))).toMatchObject({
        status: 422,
        outcome: "rejected",
      });
    expect(await events()).toEqual(["OrderCreated"]);
  });

  test("a number of articles that is set again is set", async () => {
    for (const onHand of [3, 4, 3]) await send("UpdateInventory", { sku: "chair", onHand });
    const last = await store.readLast("inventory-chair");
    expect(JSON.parse(`${Buffer.from(last?.data ?? [])}`)).toMatchObject({ onHand: 3 });
  });
});
