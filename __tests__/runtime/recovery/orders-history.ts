import { createHash } from "node:crypto";
import type { NewEvent } from "../../../runtime/event-store/event-store";

/** What was appended to one stream. */
export interface History {
  readonly stream: string;
  readonly events: readonly NewEvent[];
}

const SKUS = 40;

export interface HistorySize {
  /** Each of two or three events. */
  readonly orders: number;
  /** Events of each of 40 things in stock. */
  readonly changes: number;
}

/** The reference service's events, always the same. */
export function ordersHistory({ orders, changes }: HistorySize): readonly History[] {
  const inventory = Array.from({ length: SKUS }, (_, sku) => inventoryOf(`sku-${sku}`, changes));
  return [...inventory, ...Array.from({ length: orders }, (_, order) => orderOf(order))];
}

const eventOf = (stream: string, number: number, type: string, data: object): NewEvent => ({
  id: idOf(`${stream} ${number}`),
  type,
  data: Buffer.from(JSON.stringify(data)),
  metadata: { correlationId: idOf(stream) },
});

function inventoryOf(sku: string, changes: number): History {
  const stream = `inventory-${sku}`;
  const events = Array.from({ length: changes }, (_, number) => {
    const orderId = `order-${number % 97}`;
    if (number % 5 === 0) return eventOf(stream, number, "InventoryUpdated", { sku, onHand: number });
    if (number % 3 === 0) return eventOf(stream, number, "InventoryReleased", { sku, orderId });
    return eventOf(stream, number, "InventoryReserved", { sku, orderId, quantity: number % 7 });
  });
  return { stream, events };
}

const ENDS = ["OrderConfirmed", "OrderRejected", "OrderCancelled"] as const;

function orderOf(number: number): History {
  const orderId = `order-${number}`;
  const customer = { email: `tab\tand "quotes" \\N ${number} ß`, creditCard: "\\x00" };
  const items = [{ sku: `sku-${number % SKUS}`, quantity: 1 + (number % 3) }];
  const created = { orderId, customerId: `customer-${number % 100}`, customer, items };
  const ended = ENDS[number % 4];
  return {
    stream: `order-${orderId}`,
    events: [
      eventOf(orderId, 0, "OrderCreated", created),
      ...(ended === undefined ? [] : [eventOf(orderId, 1, ended, { orderId, sku: `sku-${number % SKUS}` })]),
      // Of a type that no projection takes.
      eventOf(orderId, 2, "OrderSeen", { orderId }),
    ],
  };
}

/** The same for the same text. */
const idOf = (text: string): string =>
  createHash("sha256")
    .update(text)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
