import {
  fromJson,
  ProductionMetrics,
  type Projection,
  ProjectionWorker,
  partitionSettings,
  projectionProbe,
  serviceLog,
  serviceSettings,
  startService,
} from "@cdktf-cqrs/runtime";
import type { SqlTransaction } from "@cdktf-cqrs/runtime/adapters/postgres/postgres-read-models";
import type { InventoryEvent } from "./domain/inventory";
import type { OrderEvent } from "./domain/order";
import { eventStoreOf, readModelsOf } from "./stores";

/** Tables that queries read. A customer's fields stay encrypted, as they were in their event. */
export const TABLES = [
  "create table if not exists orders (order_id text primary key, customer_id text not null, customer jsonb not null, items jsonb not null, status text not null)",
  "create table if not exists inventory (sku text primary key, on_hand int not null default 0)",
  "create table if not exists reservations (sku text not null, order_id text not null, quantity int not null, primary key (sku, order_id))",
];

const setStatus = (transaction: SqlTransaction, orderId: string, status: string) =>
  transaction.query("update orders set status = $2 where order_id = $1", [orderId, status]);

export const orderRows: Projection<SqlTransaction> = {
  name: "orders",
  types: ["OrderCreated", "OrderConfirmed", "OrderRejected", "OrderCancelled"],
  handle: async (stored, transaction) => {
    const event = await fromJson<OrderEvent>(stored);
    const { orderId } = event.data;
    if (event.type === "OrderCreated") {
      const { customerId, customer, items } = event.data;
      await transaction.query(
        "insert into orders (order_id, customer_id, customer, items, status) values ($1, $2, $3, $4, 'created')",
        [orderId, customerId, JSON.stringify(customer), JSON.stringify(items)],
      );
    } else if (event.type === "OrderConfirmed") await setStatus(transaction, orderId, "confirmed");
    else if (event.type === "OrderRejected") await setStatus(transaction, orderId, "rejected");
    else await setStatus(transaction, orderId, "cancelled");
  },
};

export const inventoryRows: Projection<SqlTransaction> = {
  name: "inventory",
  types: ["InventoryUpdated", "InventoryReserved", "InventoryReleased"],
  handle: async (stored, transaction) => {
    const event = await fromJson<InventoryEvent>(stored);
    const { sku } = event.data;
    if (event.type === "InventoryUpdated")
      await transaction.query(
        "insert into inventory (sku, on_hand) values ($1, $2) on conflict (sku) do update set on_hand = excluded.on_hand",
        [sku, event.data.onHand],
      );
    else if (event.type === "InventoryReserved")
      await transaction.query("insert into reservations (sku, order_id, quantity) values ($1, $2, $3)", [
        sku,
        event.data.orderId,
        event.data.quantity,
      ]);
    else
      await transaction.query("delete from reservations where sku = $1 and order_id = $2", [sku, event.data.orderId]);
  },
};

async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const service = "projections";
  const log = serviceLog({ service, version: environment.VERSION ?? "0" });
  const metrics = new ProductionMetrics({ commandTypes: [], queryTypes: [] });
  const store = await eventStoreOf(environment, service);
  const readModels = readModelsOf(environment, service);
  await readModels.migrate(TABLES);
  const settings = partitionSettings(environment);
  const workers = [orderRows, inventoryRows].map((projection) => ({
    name: projection.name,
    worker: new ProjectionWorker({ projection, store, readModels, settings, log }),
  }));
  const probes = workers.map(({ name, worker }) => {
    const checkpoints = async () => worker.checkpoints;
    return [name, projectionProbe({ eventStore: store, checkpoints })] as const;
  });
  await startService({
    settings: serviceSettings(environment),
    probes: { projections: Object.fromEntries(probes) },
    work: {
      start: () => {
        for (const { worker } of workers) worker.start();
      },
      stop: async () => void (await Promise.all(workers.map(({ worker }) => worker.stop()))),
    },
    close: async () => void (await Promise.all([store.close(), readModels.close()])),
    ...{ metrics, log },
  });
}

if (require.main === module) void main(process.env);
