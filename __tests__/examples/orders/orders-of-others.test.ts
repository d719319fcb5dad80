import { randomBytes } from "node:crypto";
import { CachedAnswers, DataKeys, FieldEncryption, type MessageContext } from "@cdktf-cqrs/runtime";
import { LocalKeys } from "@cdktf-cqrs/runtime/adapters/local/local-keys";
import { MemorySubjectKeys } from "@cdktf-cqrs/runtime/adapters/local/memory-subject-keys";
import type { Pool } from "pg";
import { customerPlace } from "../../../examples/orders/events";
import { queryHandlers } from "../../../examples/orders/query-api";
import { TABLES } from "../../../examples/orders/read-models";
import { PostgresReadModels } from "../../../runtime/adapters/postgres/postgres-read-models";
import { poolOn } from "../../support/runtime/read-models-on";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";

const why = whyNoPostgres();
const customer = { email: "ada@example.com", creditCard: "4111 1111 1111 1111" };
const items = [{ sku: "chair", quantity: 2 }];

(why === undefined ? describe : describe.skip)(`an order${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningPostgres;
  let pool: Pool;
  let models: PostgresReadModels;
  const wrappingKeys = LocalKeys.fromEnvironment({ NODE_ENV: "test", LOCAL_KEY: randomBytes(32).toString("base64") });
  const fields = new FieldEncryption({ keys: new DataKeys({ wrappingKeys, subjectKeys: new MemorySubjectKeys() }) });
  // A fake: a cache that never has anything.
  const cache = { get: async () => undefined, set: async () => {}, delete: async () => {}, close: async () => {} };
  beforeAll(async () => {
    server = await startPostgres();
    pool = poolOn(server);
    models = new PostgresReadModels({ primary: poolOn(server) });
    await models.migrate(TABLES);
    const encrypted = await fields.encrypt(customer, customerPlace("1", "customer-7"));
    await pool.query("insert into read_models.orders values ('1', 'customer-7', $1, $2, 'confirmed')", [
      JSON.stringify(encrypted),
      JSON.stringify(items),
    ]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([pool.end(), models.close()]);
    await server.stop();
  });

  const asked = (orderId: string, subject: string, ...roles: readonly string[]) => {
    const { signal } = new AbortController();
    const context: MessageContext = { correlationId: "c-1", principal: { subject, roles }, signal };
    return queryHandlers(models, new CachedAnswers({ cache }), fields).GetOrder?.({ orderId }, context);
  };
  const order = { orderId: "1", customerId: "customer-7", items, status: "confirmed", customer };

  test("is its customer's and an administrator's to see, with the customer's fields", async () => {
    expect(await asked("1", "customer-7", "user")).toEqual(order);
    expect(await asked("1", "admin-1", "admin")).toEqual(order);
  });

  test("is for any other user as one that does not exist", async () => {
    expect(await asked("1", "customer-8", "user")).toBe(await asked("2", "customer-8", "user"));
  });
});
