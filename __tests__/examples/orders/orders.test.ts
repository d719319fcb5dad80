import { randomBytes } from "node:crypto";
import {
  DataKeys,
  FieldEncryption,
  type MessageContext,
  RejectedError,
  type Snapshot,
  Snapshots,
} from "@cdktf-cqrs/runtime";
import { LocalKeys } from "@cdktf-cqrs/runtime/adapters/local/local-keys";
import { MemorySubjectKeys } from "@cdktf-cqrs/runtime/adapters/local/memory-subject-keys";
import { commandHandlers } from "../../../examples/orders/command-api";
import { fulfilment } from "../../../examples/orders/command-processors";
import { available, type Inventory } from "../../../examples/orders/domain/inventory";
import type { Order, OrderEvent } from "../../../examples/orders/domain/order";
import { inventories, orders } from "../../../examples/orders/events";
import type { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { allOf } from "../../runtime/event-store/events";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";

const why = whyNoPostgres();
const customer = { email: "ada@example.com", creditCard: "4111 1111 1111 1111", ssn: "078-05-1120" };

(why === undefined ? describe : describe.skip)(`the reference service${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningPostgres;
  let store: PostgresEventStore;
  let schemas = 0;
  const wrappingKeys = LocalKeys.fromEnvironment({ NODE_ENV: "test", LOCAL_KEY: randomBytes(32).toString("base64") });
  const keys = new DataKeys({ wrappingKeys, subjectKeys: new MemorySubjectKeys() });
  const fields = new FieldEncryption({ keys });
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    store = await storeOn(server, `orders_${++schemas}`);
  });
  afterEach(() => store.close());

  const context: MessageContext = {
    correlationId: "c-1",
    principal: { subject: "customer-7", roles: ["user"] },
    signal: new AbortController().signal,
  };
  const send = (type: string, message: Readonly<Record<string, unknown>>) =>
    commandHandlers(store, fields)[type]?.(message, context);
  const create = (orderId: string, sku: string, quantity: number) =>
    send("CreateOrder", { orderId, customer, items: [{ sku, quantity }] });
  const process = async (times = 1) => {
    for (let time = 0; time < times; time++)
      for (const event of await allOf(store.readAll(undefined)))
        if (["OrderCreated", "OrderCancelled"].includes(event.type))
          await fulfilment(store, fields)(event, context.signal);
  };
  async function stateOf<State, Event>(
    stream: string,
    fold: { initial: State; after(state: State, event: Event): State },
  ) {
    const events = await allOf(store.readStream(stream));
    return events.reduce(
      (state, { type, data }) => fold.after(state, { type, data: JSON.parse(`${Buffer.from(data)}`) } as Event),
      fold.initial,
    );
  }
  const order = (id: string) => stateOf<Order | undefined, OrderEvent>(`order-${id}`, orders(fields));
  const left = async (sku: string) => available((await stateOf(`inventory-${sku}`, inventories)) as Inventory);

  test("an order for what is there is confirmed, and it is put aside", async () => {
    await send("UpdateInventory", { sku: "chair", onHand: 3 });
    await create("1", "chair", 2);
    await process();
    expect([(await order("1"))?.status, await left("chair")]).toEqual(["confirmed", 1]);
  });

  test("an order for more than there is is rejected, and nothing stays put aside", async () => {
    await send("UpdateInventory", { sku: "chair", onHand: 1 });
    await send("UpdateInventory", { sku: "table", onHand: 5 });
    await send("CreateOrder", {
      orderId: "1",
      customer,
      items: [
        { sku: "table", quantity: 5 },
        { sku: "chair", quantity: 2 },
      ],
    });
    await process();
    expect([(await order("1"))?.status, await left("table"), await left("chair")]).toEqual(["rejected", 5, 1]);
  });

  test("an order that is cancelled gives back what was put aside", async () => {
    await send("UpdateInventory", { sku: "chair", onHand: 3 });
    await create("1", "chair", 2);
    await process();
    await send("CancelOrder", { orderId: "1" });
    await process();
    expect([(await order("1"))?.status, await left("chair")]).toEqual(["cancelled", 3]);
  });

  test("an inventory is decided on from its snapshots as from its events", async () => {
    // A fake: a store in memory.
    const kept = new Map<string, Snapshot>();
    const failed = jest.fn();
    const snapshots = new Snapshots({
      store: {
        load: async (stream, version) => kept.get(`${version} ${stream}`),
        save: async (stream, version, snapshot) => void kept.set(`${version} ${stream}`, snapshot),
      },
      every: 1,
      failed,
    });
    const handlers = commandHandlers(store, fields, snapshots);
    await handlers.UpdateInventory?.({ sku: "chair", onHand: 3 }, context);
    for (const id of ["1", "2", "3", "4"]) await create(id, "chair", 1);
    for (const event of await allOf(store.readAll(undefined)))
      if (event.type === "OrderCreated") await fulfilment(store, fields, snapshots)(event, context.signal);
    expect(await Promise.all(["1", "2", "3", "4"].map(async (id) => (await order(id))?.status))).toEqual([
      ...["confirmed", "confirmed", "confirmed", "rejected"],
    ]);
    expect(kept.get("2 inventory-chair")?.revision).toBeGreaterThan(0n);
    expect(failed).not.toHaveBeenCalled();
  });

  test("everything done three times is done once", async () => {
    await send("UpdateInventory", { sku: "chair", onHand: 3 });
    for (let time = 0; time < 3; time++) await create("1", "chair", 2);
    await process(3);
    expect((await allOf(store.readStream("order-1"))).map(({ type }) => type)).toEqual([
      "OrderCreated",
      "OrderConfirmed",
    ]);
    expect((await allOf(store.readStream("inventory-chair"))).map(({ type }) => type)).toEqual([
      "InventoryUpdated",
      "InventoryReserved",
    ]);
  });

  test("two processors at once put nothing aside twice", async () => {
    await send("UpdateInventory", { sku: "chair", onHand: 10 });
    for (let id = 0; id < 10; id++) await create(`${id}`, "chair", 1);
    await Promise.all([process(), process()]);
    expect(await left("chair")).toBe(0);
  }, 20_000);

  test("what is told of a customer stands in no event", async () => {
    await create("1", "chair", 1);
    const [created] = await allOf(store.readStream("order-1"));
    const text = `${Buffer.from(created?.data ?? [])}`;
    for (const value of Object.values(customer)) expect(text).not.toContain(value);
    expect(JSON.parse(text).customer).toEqual({
      email: expect.stringMatching(/^\$enc:1:/),
      creditCard: expect.stringMatching(/^\$enc:1:/),
      ssn: expect.stringMatching(/^\$enc:1:/),
    });
  });

  test("an order that there isn't can't be cancelled", async () => {
    await expect(send("CancelOrder", { orderId: "9" })).rejects.toThrow(RejectedError);
  });
});
