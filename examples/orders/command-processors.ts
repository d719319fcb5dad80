import {
  decideOn,
  EventProcessor,
  type EventStore,
  eventStoreProbe,
  type FieldEncryption,
  fromJson,
  ProductionMetrics,
  processorProbe,
  type Snapshots,
  type StoredEvent,
  serviceLog,
  serviceSettings,
  startService,
} from "@cdktf-cqrs/runtime";
import { inventoryStream, isReserved, release, reserve } from "./domain/inventory";
import { type OrderEvent, orderStream, settleOrder } from "./domain/order";
import { FULFILMENT, inventories, orders } from "./events";
import { eventStoreOf, fieldsOf, snapshotsOf } from "./stores";

/**
 * What follows from orders: each item is put aside, and then the order is confirmed, or rejected for what was missing. It may
 * be done twice, by two processors or after a restart: each decision looks at what is there, and its events have one id.
 */
export const fulfilment =
  (store: EventStore, fields: FieldEncryption, snapshots?: Snapshots) =>
  async (stored: StoredEvent, signal: AbortSignal): Promise<void> => {
    const event = await fromJson<OrderEvent>(stored);
    const { orderId } = event.data;
    const from = { correlationId: stored.metadata.correlationId ?? stored.id, causationId: stored.id, signal };
    const releaseAll = async (skus: readonly string[]): Promise<void> => {
      for (const sku of skus)
        await decideOn(store, inventoryStream(sku), inventories, (inventory) => release(inventory, sku, orderId), {
          ...from,
          snapshots,
        });
    };
    if (event.type === "OrderCreated") {
      const missing = await reserveAll(store, event.data, { ...from, snapshots });
      const settled = await decideOn(
        store,
        orderStream(orderId),
        orders(fields),
        (order) => settleOrder(order, orderId, missing),
        from,
      );
      if (missing !== undefined && settled.length > 0) await releaseAll(event.data.items.map(({ sku }) => sku));
    } else if (event.type === "OrderCancelled") {
      const skus: string[] = [];
      for await (const each of store.readStream(stored.stream, { signal })) {
        const earlier = await fromJson<OrderEvent>(each);
        if (earlier.type === "OrderCreated") skus.push(...earlier.data.items.map(({ sku }) => sku));
      }
      await releaseAll(skus);
    }
  };

/** @returns the first article of which there is not enough. */
async function reserveAll(
  store: EventStore,
  { orderId, items }: Extract<OrderEvent, { type: "OrderCreated" }>["data"],
  from: Parameters<typeof decideOn>[4],
): Promise<string | undefined> {
  for (const { sku, quantity } of items) {
    let isThere = false;
    await decideOn(
      store,
      inventoryStream(sku),
      inventories,
      (inventory) => {
        const decided = reserve(inventory, sku, orderId, quantity);
        isThere = decided.length > 0 || isReserved(inventory, orderId);
        return decided;
      },
      from,
    );
    if (!isThere) return sku;
  }
  return undefined;
}

async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const service = "command-processors";
  const log = serviceLog({ service, version: environment.VERSION ?? "0" });
  const metrics = new ProductionMetrics({ commandTypes: [], queryTypes: [] });
  const store = await eventStoreOf(environment, service);
  const { fields, close } = await fieldsOf(environment, service);
  const kept = await snapshotsOf(environment, service, log);
  const handle = fulfilment(store, fields, kept.snapshots);
  const types = ["OrderCreated", "OrderCancelled"];
  const processor = new EventProcessor({ name: FULFILMENT, store, types, handle, log });
  await startService({
    settings: serviceSettings(environment),
    probes: {
      writeSide: { processors: { [FULFILMENT]: processorProbe({ eventStore: store, processor }) } },
      eventStore: { connection: eventStoreProbe(store) },
    },
    work: processor,
    close: async () => void (await Promise.all([store.close(), close(), kept.close()])),
    ...{ metrics, log },
  });
}

if (require.main === module) void main(process.env);
