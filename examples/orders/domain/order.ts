import { RejectedError } from "@cdktf-cqrs/runtime";

export interface Item {
  readonly sku: string;
  readonly quantity: number;
}

/** Personal data of the customer. Each field is encrypted before it is in any event. */
export interface Customer {
  readonly email: string;
  readonly creditCard: string;
  readonly ssn?: string;
}

/** What was ordered, by whom. */
export interface OrderData {
  readonly orderId: string;
  readonly customerId: string;
  readonly customer: Customer;
  readonly items: readonly Item[];
}

export type OrderEvent =
  | { readonly type: "OrderCreated"; readonly data: OrderData }
  | { readonly type: "OrderConfirmed"; readonly data: { readonly orderId: string } }
  | { readonly type: "OrderRejected"; readonly data: { readonly orderId: string; readonly sku: string } }
  | { readonly type: "OrderCancelled"; readonly data: { readonly orderId: string } };

/** An order, with what has become of it. The customer's fields are encrypted, as they are in the event. */
export interface Order extends OrderData {
  readonly status: "created" | "confirmed" | "rejected" | "cancelled";
}

const STATUSES = {
  OrderCreated: "created",
  OrderConfirmed: "confirmed",
  OrderRejected: "rejected",
  OrderCancelled: "cancelled",
} as const satisfies Readonly<Record<OrderEvent["type"], Order["status"]>>;

export const orderStream = (orderId: string): string => `order-${orderId}`;

export function afterOrderEvent(order: Order | undefined, event: OrderEvent): Order {
  const status = STATUSES[event.type];
  if (event.type === "OrderCreated") return { ...event.data, status };
  if (order === undefined) throw new Error(`${event.type} of an order that was never created`);
  return { ...order, status };
}

/** Appends nothing if the order exists. Whether it is the same order can't be decided here: the customer's fields are encrypted. */
export function createOrder(order: Order | undefined, data: OrderData): readonly OrderEvent[] {
  return order === undefined ? [{ type: "OrderCreated", data }] : [];
}

export function cancelOrder(order: Order | undefined, orderId: string): readonly OrderEvent[] {
  if (order === undefined) throw new RejectedError("no_such_order", `there is no order ${orderId}`);
  if (order.status === "cancelled") return [];
  if (order.status === "rejected") throw new RejectedError("order_rejected", "what was rejected can't be cancelled");
  return [{ type: "OrderCancelled", data: { orderId } }];
}

/** Whether the order was rejected or cancelled: nothing may stay reserved for it. */
export const isOver = ({ status }: Order): boolean => status === "rejected" || status === "cancelled";

/** Once its articles are reserved, or one is missing. An order that was cancelled meanwhile stays cancelled. */
export function settleOrder(
  order: Order | undefined,
  orderId: string,
  missing: string | undefined,
): readonly OrderEvent[] {
  if (order?.status !== "created") return [];
  return missing === undefined
    ? [{ type: "OrderConfirmed", data: { orderId } }]
    : [{ type: "OrderRejected", data: { orderId, sku: missing } }];
}
