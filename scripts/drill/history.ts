import type { Pool } from "pg";
import { inventoryStream, NO_INVENTORY, reserve, updateInventory } from "../../examples/orders/domain/inventory";
import { afterOrderEvent, createOrder, orderStream, settleOrder } from "../../examples/orders/domain/order";
import { orders } from "../../examples/orders/events";
import { PostgresEventImport } from "../../runtime/adapters/postgres/postgres-event-import";
import type { DomainEvent } from "../../runtime/event-store/decision";
import { toJson } from "../../runtime/event-store/decision";
import { derivedEventId } from "../../runtime/event-store/event-id";
import type { StoredEvent } from "../../runtime/event-store/event-store";
import type { FieldEncryption } from "../../runtime/security/encryption/field-encryption";
import { CUSTOMER } from "./reference-service";

const BATCH = 5_000;
const ORDERS_PER_SKU = 20;
const CUSTOMERS = 500;
const BEGUN = Date.UTC(2026, 0, 1);
const SECOND = 1000;

/**
 * Years of the reference service: what its domain decides and as its folds write it, customers encrypted, put into the store by
 * COPY because appending it one by one would take longer than all else. @returns how many events there are.
 */
export async function loadHistory(pool: Pool, fields: FieldEncryption, atLeast: number): Promise<number> {
  const events = new PostgresEventImport({ pool });
  await events.begin("history");
  const history = new History();
  let batch: StoredEvent[] = [];
  const fold = orders(fields);
  for (let order = 0; history.events < atLeast; order++) {
    const [orderId, sku] = [`old-${order}`, `old-${Math.floor(order / ORDERS_PER_SKU)}`];
    const inventory = inventoryStream(sku);
    const data = {
      orderId,
      customerId: `customer-${order % CUSTOMERS}`,
      customer: CUSTOMER,
      items: [{ sku, quantity: 1 }],
    };
    if (order % ORDERS_PER_SKU === 0)
      for (const event of updateInventory(sku, ORDERS_PER_SKU)) batch.push(await history.add(inventory, event, toJson));
    const created = createOrder(undefined, data);
    const reserved = reserve({ ...NO_INVENTORY, onHand: ORDERS_PER_SKU }, sku, orderId, 1);
    const settled = created[0] && settleOrder(afterOrderEvent(undefined, created[0]), orderId, undefined);
    for (const event of created) batch.push(await history.add(orderStream(orderId), event, fold.write ?? toJson));
    for (const event of reserved) batch.push(await history.add(inventory, event, toJson));
    for (const event of settled ?? []) batch.push(await history.add(orderStream(orderId), event, toJson));
    if (batch.length < BATCH) continue;
    await events.write(batch);
    batch = [];
  }
  await events.write(batch);
  await events.finish("history", { head: undefined, others: [] });
  return history.events;
}

/** Gives events what a store would: revisions, positions, times. */
class History {
  events = 0;
  private readonly revisions = new Map<string, bigint>();

  async add<Event extends DomainEvent>(
    stream: string,
    event: Event,
    write: (event: Event) => Promise<Uint8Array>,
  ): Promise<StoredEvent> {
    const number = BigInt(++this.events);
    const revision = (this.revisions.get(stream) ?? -1n) + 1n;
    this.revisions.set(stream, revision);
    const metadata = { correlationId: `history-${stream}`, causationId: derivedEventId("history", stream) };
    return {
      ...{ stream, revision, type: event.type, data: await write(event), metadata },
      id: derivedEventId("history", `${stream} ${revision}`),
      position: { major: number, minor: number },
      created: new Date(BEGUN + this.events * SECOND),
    };
  }
}
