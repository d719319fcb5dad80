import { isDeepStrictEqual } from "node:util";
import {
  Authenticator,
  decideOn,
  type EventStore,
  eventStoreProbe,
  type FieldEncryption,
  MessageApi,
  type MessageContext,
  type MessageHandler,
  Permissions,
  ProductionMetrics,
  RejectedError,
  readAuthDocument,
  readState,
  type Snapshots,
  serviceLog,
  serviceSettings,
  startService,
} from "@cdktf-cqrs/runtime";
import { inventoryStream, updateInventory } from "./domain/inventory";
import { type Customer, cancelOrder, createOrder, type Order, type OrderData, orderStream } from "./domain/order";
import { customerPlace, inventories, orders } from "./events";
import { COMMANDS } from "./messages";
import { checked } from "./schema";
import { eventStoreOf, fieldsOf, snapshotsOf } from "./stores";

/** The commands of the reference architecture: each decides on one stream. An answer says that the command's effect exists. */
export const commandHandlers = (
  store: EventStore,
  fields: FieldEncryption,
  snapshots?: Snapshots,
): Readonly<Record<string, MessageHandler>> => ({
  CreateOrder: checked(COMMANDS.CreateOrder, async (content, context) => {
    const { orderId } = content;
    // The customer's own keys encrypt the customer's fields.
    const data = { ...content, customerId: context.principal.subject };
    const [stream, fold] = [orderStream(orderId), orders(fields)];
    const created = await decideOn(store, stream, fold, (order) => createOrder(order, data), context);
    if (created.length === 0 && !(await isSame(await readState(store, stream, fold, context), data, fields, context)))
      throw new RejectedError("order_exists", "there is another order of this id: choose a new id");
    return { orderId };
  }),
  CancelOrder: checked(COMMANDS.CancelOrder, async ({ orderId }, context) => {
    await decideOn(store, orderStream(orderId), orders(fields), (order) => cancelOrder(order, orderId), context);
    return { orderId };
  }),
  UpdateInventory: checked(COMMANDS.UpdateInventory, async ({ sku, onHand }, context) => {
    const decide = () => updateInventory(sku, onHand);
    await decideOn(store, inventoryStream(sku), inventories, decide, { ...context, snapshots });
    return { sku };
  }),
});

/**
 * Whether a command that was sent before has made this order. The customer's fields are compared after decryption. A hash of them
 * in the event would outlive the customer's keys, and a hash of a card number can be guessed.
 */
async function isSame(
  order: Order | undefined,
  { orderId, customerId, customer, items }: OrderData,
  fields: FieldEncryption,
  { signal }: MessageContext,
): Promise<boolean> {
  if (order?.customerId !== customerId || !isDeepStrictEqual(order.items, items)) return false;
  const place = customerPlace(orderId, customerId);
  return isDeepStrictEqual(await fields.decrypt<Customer>(order.customer, place, { signal }), customer);
}

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
