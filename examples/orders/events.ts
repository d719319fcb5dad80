import {
  type FieldEncryption,
  type Fold,
  fromJson,
  isRedacted,
  type RecordPlace,
  RejectedError,
  toJson,
} from "@cdktf-cqrs/runtime";
import { afterInventoryEvent, type Inventory, type InventoryEvent, NO_INVENTORY } from "./domain/inventory";
import { afterOrderEvent, type Order, type OrderEvent } from "./domain/order";

/** The processor of orders, as its streams and metrics name it. */
export const FULFILMENT = "fulfilment";

/** Where a customer's fields are: they open nowhere else, and for nobody once the customer was forgotten. */
export const customerPlace = (orderId: string, customerId: string): RecordPlace => ({
  category: "order",
  record: orderId,
  subject: customerId,
});

/** Orders. What is told of customers is encrypted before it is an event's; to decide on an order, nobody needs it. */
export const orders = (fields: FieldEncryption): Fold<Order | undefined, OrderEvent> => ({
  initial: undefined,
  after: afterOrderEvent,
  read: fromJson,
  write: async (event) => {
    if (event.type !== "OrderCreated") return toJson(event);
    const { customer, ...data } = event.data;
    const encrypted = await fields.encrypt(customer, customerPlace(data.orderId, data.customerId));
    // Without the customer's keys the event would lack what was ordered for.
    if (Object.values(encrypted).some(isRedacted))
      throw new RejectedError(
        "customer_forgotten",
        "the personal data of this customer was deleted: nothing can be ordered",
      );
    return toJson({ type: event.type, data: { ...data, customer: encrypted } });
  },
});

/** An inventory has as many events as orders: it is worth snapshots. */
export const inventories: Fold<Inventory, InventoryEvent> = {
  initial: NO_INVENTORY,
  after: afterInventoryEvent,
  // Another one with each change of `Inventory` or `afterInventoryEvent`.
  snapshot: { version: "2" },
};
