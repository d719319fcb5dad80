import { RejectedError } from "@cdktf-cqrs/runtime";

export interface Item {
  readonly sku: string;
  readonly quantity: number;
}

/** What is told of whoever orders. Encrypted, each by itself, before it is in any event. */
export interface Customer {
  readonly email: string;
  readonly creditCard: string;
  readonly ssn?: string;
}

export type OrderEvent =
  | {
      readonly type: "OrderCreated";
      readonly data: {
        readonly orderId: string;
        readonly customerId: string;
        readonly customer: Customer;
        readonly items: readonly Item[];
      };
    }
  | { readonly type: "OrderConfirmed"; readonly data: { readonly orderId: string } }
  | { readonly type: "OrderRejected"; readonly data: { readonly orderId: string; readonly sku: string } }
  | { readonly type: "OrderCancelled"; readonly data: { readonly orderId: string } };

type Created = Extract<OrderEvent, { type: "OrderCreated" }>;

/** What has become of an order; undefined before it is one. */
export interface Order {
  readonly status: "created" | "confirmed" | "rejected" | "cancelled";
  readonly items: readonly Item[];
}

const STATUSES = {
  OrderCreated: "created",
  OrderConfirmed: "confirmed",
  OrderRejected: "rejected",
  OrderCancelled: "cancelled",
} as const satisfies Readonly<Record<OrderEvent["type"], Order["status"]>>;

export const orderStream = (orderId: string): string => `order-${orderId}`;

export function afterOrderEvent(order: Order | undefined, event: OrderEvent): Order {
  const items = event.type === "OrderCreated" ? event.data.items : (order?.items ?? []);
  return { status: STATUSES[event.type], items };
}

/** The same command sent again is answered as it was the first time. */
export function createOrder(order: Order | undefined, data: Created["data"]): readonly OrderEvent[] {
  return order === undefined ? [{ type: "OrderCreated", data }] : [];
}

export function cancelOrder(order: Order | undefined, orderId: string): readonly OrderEvent[] {
  if (order === undefined) throw new RejectedError("no_such_order", `there is no order ${orderId}`);
  if (order.status === "cancelled") return [];
  if (order.status === "rejected") throw new RejectedError("order_rejected", "what was rejected can't be cancelled");
  return [{ type: "OrderCancelled", data: { orderId } }];
}

/** Once what it asks for was put aside, or was not there. An order that was cancelled meanwhile stays cancelled. */
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
