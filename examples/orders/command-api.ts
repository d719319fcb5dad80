import {
  Authenticator,
  decideOn,
  type EventStore,
  eventStoreProbe,
  type FieldEncryption,
  MessageApi,
  type MessageHandler,
  Permissions,
  ProductionMetrics,
  readAuthDocument,
  type Snapshots,
  serviceLog,
  serviceSettings,
  startService,
} from "@cdktf-cqrs/runtime";
import { inventoryStream, updateInventory } from "./domain/inventory";
import { cancelOrder, createOrder, orderStream } from "./domain/order";
import { inventories, orders } from "./events";
import { customerIn, idIn, itemsIn, quantityIn } from "./messages";
import { eventStoreOf, fieldsOf, snapshotsOf } from "./stores";

/** The seed's commands: each decides on one stream. */
export const commandHandlers = (
  store: EventStore,
  fields: FieldEncryption,
  snapshots?: Snapshots,
): Readonly<Record<string, MessageHandler>> => ({
  CreateOrder: async (message, context) => {
    const orderId = idIn(message, "orderId");
    const data = {
      orderId,
      // Whoever orders is whose keys encrypt what he tells of himself.
      customerId: context.principal.subject,
      customer: customerIn(message),
      items: itemsIn(message),
    };
    await decideOn(store, orderStream(orderId), orders(fields), (order) => createOrder(order, data), context);
    return { orderId };
  },
  CancelOrder: async (message, context) => {
    const orderId = idIn(message, "orderId");
    await decideOn(store, orderStream(orderId), orders(fields), (order) => cancelOrder(order, orderId), context);
    return { orderId };
  },
  UpdateInventory: async (message, context) => {
    const [sku, onHand] = [idIn(message, "sku"), quantityIn(message, "onHand", 0)];
    const decide = () => updateInventory(sku, onHand);
    await decideOn(store, inventoryStream(sku), inventories, decide, { ...context, snapshots });
    return { sku };
  },
});

async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const service = "command-api";
  const { authentication, commandPermissions } = readAuthDocument(environment.AUTH_DOCUMENT);
  const log = serviceLog({ service, version: environment.VERSION ?? "0" });
  const metrics = new ProductionMetrics({ commandTypes: Object.keys(commandPermissions), queryTypes: [] });
  const store = await eventStoreOf(environment, service);
  const { fields, close } = await fieldsOf(environment, service);
  const kept = await snapshotsOf(environment, service, log);
  const authenticator = await Authenticator.create(authentication);
  const api = new MessageApi({
    kind: "command",
    handlers: commandHandlers(store, fields, kept.snapshots),
    permissions: new Permissions(commandPermissions),
    ...{ authenticator, metrics, log },
  });
  await startService({
    settings: serviceSettings(environment),
    probes: { writeSide: { eventStore: eventStoreProbe(store) } },
    authorize: async (token) => (await authenticator.authenticate(token)).roles.includes("admin"),
    close: async () => void (await Promise.all([store.close(), close(), kept.close()])),
    ...{ api, metrics, log },
  });
}

if (require.main === module) void main(process.env);
