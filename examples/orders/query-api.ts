import {
  Authenticator,
  CachedAnswers,
  cacheProbe,
  type FieldEncryption,
  MessageApi,
  type MessageHandler,
  Permissions,
  ProductionMetrics,
  readAuthDocument,
  serviceLog,
  serviceSettings,
  startService,
  watchedProbe,
} from "@cdktf-cqrs/runtime";
import type { PostgresReadModels } from "@cdktf-cqrs/runtime/adapters/postgres/postgres-read-models";
import type { Customer, Item } from "./domain/order";
import { customerPlace } from "./events";
import { QUERIES } from "./messages";
import { checked } from "./schema";
import { cacheOf, fieldsOf, readModelsOf } from "./stores";

interface OrderRow {
  readonly order_id: string;
  readonly customer_id: string;
  readonly customer: Customer;
  readonly items: readonly Item[];
  readonly status: string;
}

const ORDER = "select order_id, customer_id, customer, items, status from orders";
const INVENTORY = `select sku, on_hand - coalesce((select sum(quantity) from reservations r where r.sku = i.sku), 0)::int as available
  from inventory i where sku = $1`;
/** Projections are behind by as much anyway. */
const INVENTORY_SECONDS = 1;
const PAGE = 100;
/** A replica's name may lead elsewhere. One login of each connection in this time is no load. */
const REPLICA_MILLISECONDS = 30_000;

/** The queries of the reference architecture. An order is shown to its customer and to administrators only. */
export const queryHandlers = (
  readModels: PostgresReadModels,
  answers: CachedAnswers,
  fields: FieldEncryption,
): Readonly<Record<string, MessageHandler>> => ({
  GetOrder: checked(QUERIES.GetOrder, async ({ orderId }, { principal, signal }) => {
    const [row] = await readModels.query<OrderRow>(`${ORDER} where order_id = $1`, [orderId], { signal });
    if (row === undefined) return undefined;
    const { customer_id: customerId, items, status } = row;
    // As if there was none: that there is one is nothing to others.
    if (principal.subject !== customerId && !principal.roles.includes("admin")) return undefined;
    const customer = await fields.decrypt<Customer>(row.customer, customerPlace(orderId, customerId), { signal });
    return { orderId, customerId, items, status, customer };
  }),
  GetAllOrders: checked(QUERIES.GetAllOrders, async ({ after = "" }, { signal }) => {
    const page = `${ORDER} where order_id > $1 order by order_id limit ${PAGE}`;
    const rows = await readModels.query<OrderRow>(page, [after], { signal });
    return rows.map(({ order_id: orderId, customer_id: customerId, items, status }) => ({
      orderId,
      customerId,
      items,
      status,
    }));
  }),
  GetInventory: checked(QUERIES.GetInventory, async ({ sku }) => {
    // Without the signal: others wait for the same answer.
    const rows = await answers.getOrLoad(`inventory ${sku}`, INVENTORY_SECONDS, () =>
      readModels.query<{ sku: string; available: number }>(INVENTORY, [sku]),
    );
    return rows[0];
  }),
});

async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const service = "query-api";
  const { authentication, queryPermissions } = readAuthDocument(environment.AUTH_DOCUMENT);
  const log = serviceLog({ service, version: environment.VERSION ?? "0" });
  const metrics = new ProductionMetrics({ commandTypes: [], queryTypes: Object.keys(queryPermissions) });
  const readModels = readModelsOf(environment, service, REPLICA_MILLISECONDS);
  const cache = cacheOf(environment);
  const { fields, close } = await fieldsOf(environment, service);
  const authenticator = await Authenticator.create(authentication);
  const api = new MessageApi({
    kind: "query",
    handlers: queryHandlers(readModels, new CachedAnswers({ cache }), fields),
    permissions: new Permissions(queryPermissions),
    ...{ authenticator, metrics, log },
  });
  await startService({
    settings: serviceSettings(environment),
    probes: {
      readSide: {
        postgresReplicas: [
          watchedProbe(readModels, async (signal) => {
            await readModels.query("select 1 from checkpoints limit 1", [], { signal });
          }),
        ],
        redis: cacheProbe(cache),
      },
    },
    authorize: async (token) => (await authenticator.authenticate(token)).roles.includes("admin"),
    close: async () => void (await Promise.all([readModels.close(), cache.close(), close()])),
    ...{ api, metrics, log },
  });
}

if (require.main === module) void main(process.env);
