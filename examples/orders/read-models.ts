import { fromJson, put, remove, set } from "@cdktf-cqrs/runtime";
import { tableProjection } from "@cdktf-cqrs/runtime/adapters/postgres/table-projection";
import type { InventoryEvent } from "./domain/inventory";
import type { OrderEvent } from "./domain/order";

/** Tables that queries read. A customer's fields stay encrypted, as they were in their event. */
export const TABLES = [
  "create table if not exists orders (order_id text primary key, customer_id text not null, customer jsonb not null, items jsonb not null, status text not null)",
  "create table if not exists inventory (sku text primary key, on_hand int not null default 0)",
  "create table if not exists reservations (sku text not null, order_id text not null, quantity int not null, primary key (sku, order_id))",
];

const setStatus = (orderId: string, status: string) => [set("orders", { order_id: orderId }, { status })];

export const orderRows = tableProjection({
  name: "orders",
  types: ["OrderCreated", "OrderConfirmed", "OrderRejected", "OrderCancelled"],
  changes: async (stored) => {
    const event = await fromJson<OrderEvent>(stored);
    const { orderId } = event.data;
    if (event.type === "OrderConfirmed") return setStatus(orderId, "confirmed");
    if (event.type === "OrderRejected") return setStatus(orderId, "rejected");
    if (event.type === "OrderCancelled") return setStatus(orderId, "cancelled");
    const { customerId, customer, items } = event.data;
    return [put("orders", { order_id: orderId }, { customer_id: customerId, customer, items, status: "created" })];
  },
});

export const inventoryRows = tableProjection({
  name: "inventory",
  types: ["InventoryUpdated", "InventoryReserved", "InventoryReleased"],
  changes: async (stored) => {
    const event = await fromJson<InventoryEvent>(stored);
    const { sku } = event.data;
    if (event.type === "InventoryUpdated") return [put("inventory", { sku }, { on_hand: event.data.onHand })];
    const key = { sku, order_id: event.data.orderId };
    if (event.type === "InventoryReserved") return [put("reservations", key, { quantity: event.data.quantity })];
    return [remove("reservations", key)];
  },
});
