import {
  type DecisionOptions,
  decideOn,
  EventProcessor,
  type EventStore,
  eventStoreProbe,
  type FieldEncryption,
  fromJson,
  ProductionMetrics,
  processorProbe,
  readState,
  type Snapshots,
  type StoredEvent,
  serviceLog,
  serviceSettings,
  startService,
} from "@cdktf-cqrs/runtime";
import { type Inventory, type InventoryEvent, inventoryStream, isReserved, release, reserve } from "./domain/inventory";
import { isOver, type Order, type OrderEvent, orderStream, settleOrder } from "./domain/order";
import { FULFILMENT, inventories, orders } from "./events";
import { eventStoreOf, fieldsOf, snapshotsOf } from "./stores";

/**
 * Reserves the articles of each order, and then confirms it, or rejects it for the article that is missing. The reservations of a
 * rejected or cancelled order are released by the order's status, not by what was appended here: the answer to an append may be
 * lost, and each event may be handled again, or by two processors at once.
 */
export const fulfilment =
  (store: EventStore, fields: FieldEncryption, snapshots?: Snapshots) =>
  async (stored: StoredEvent, signal: AbortSignal): Promise<void> => {
    const { orderId } = (await fromJson<OrderEvent>(stored)).data;
    const [stream, fold] = [orderStream(orderId), orders(fields)];
    const from = { correlationId: stored.metadata.correlationId ?? stored.id, causationId: stored.id, signal };
    const onStock = { ...from, snapshots };
    const current = async (): Promise<Order> => {
      const order = await readState(store, stream, fold, { signal });
      if (order === undefined) throw new Error("an event of an order that is not there");
      return order;
    };

    const order = await current();
    if (order.status === "created") {
      const missing = await reserveAll(store, order, onStock);
      await decideOn(store, stream, fold, (latest) => settleOrder(latest, orderId, missing), from);
    }
    // It may have been cancelled in the meantime.
    if (isOver(await current()))
      for (const { sku } of order.items)
        await decideOn(store, inventoryStream(sku), inventories, (stock) => release(stock, sku, orderId), onStock);
  };

/** @returns the first article of which there is not enough. */
async function reserveAll(
  store: EventStore,
  { orderId, items }: Order,
  options: DecisionOptions,
): Promise<string | undefined> {
  for (const { sku, quantity } of items) {
    let isThere = false;
    const decide = (stock: Inventory): readonly InventoryEvent[] => {
      const decided = reserve(stock, sku, orderId, quantity);
      isThere = decided.length > 0 || isReserved(stock, orderId);
      return decided;
    };
    await decideOn(store, inventoryStream(sku), inventories, decide, options);
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
