import { BadMessageError, type MessageContext, type MessageHandler } from "@cdktf-cqrs/runtime";
import { commandHandlers } from "../../../examples/orders/command-api";
import { queryHandlers } from "../../../examples/orders/query-api";

/** A fake: whatever is asked of a store, which no handler may do with a message that it refuses. */
const untouched = <Store>(): Store =>
  new Proxy({} as object, {
    get: (_, name) => () => {
      throw new Error(`a store was asked: ${String(name)}`);
    },
  }) as Store;

const commands = commandHandlers(untouched(), untouched());
const queries = queryHandlers(untouched(), untouched(), untouched());
const order = {
  orderId: "1",
  customer: { email: "ada@example.com", creditCard: "4111 1111 1111 1111" },
  items: [{ sku: "chair", quantity: 1 }],
};
/** One good message of each type; a type that is missing here fails the first test. */
const GOOD: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  CreateOrder: order,
  CancelOrder: { orderId: "1" },
  UpdateInventory: { sku: "chair", onHand: 1 },
  GetOrder: { orderId: "1" },
  GetAllOrders: { after: "1" },
  GetInventory: { sku: "chair" },
};
const handlers: readonly (readonly [type: string, handler: MessageHandler])[] = Object.entries({
  ...commands,
  ...queries,
});
const context: MessageContext = {
  correlationId: "c-1",
  principal: { subject: "customer-7", roles: ["admin"] },
  signal: new AbortController().signal,
};
const refusal = async (type: string, message: object): Promise<unknown> => {
  const [, handler] = handlers.find(([name]) => name === type) ?? [];
  try {
    await handler?.({ ...message }, context);
  } catch (error) {
    return error instanceof BadMessageError ? error.message : `not refused: ${error}`;
  }
  return "not refused";
};
const ID = "must be 1 to 64 letters, digits, '_' and '-'";

test("each command and query has a message to try here", () => {
  expect(handlers.map(([type]) => type).sort()).toEqual(Object.keys(GOOD).sort());
});

test.each(Object.entries(GOOD))("%s takes its message, and no key more", async (type, message) => {
  expect(await refusal(type, message)).toMatch(/^not refused/);
  const allowed = Object.keys(message).join(", ");
  for (const key of ["amount", "__proto__", "constructor"]) {
    const more = JSON.parse(`{"${key}":1}`);
    expect(await refusal(type, { ...message, ...Object.fromEntries(Object.entries(more)) })).toBe(
      `${key}: is not a key here, allowed are ${allowed}`,
    );
  }
});

test.each(
  Object.entries(GOOD).flatMap(([type, message]) =>
    Object.keys(message).flatMap((key) =>
      [null, true, 1.5, {}, [], "", "a b", "x".repeat(65)].map((value) => [type, key, value] as const),
    ),
  ),
)("%s with %s of %j is refused by its path", async (type, key, value) => {
  expect(await refusal(type, { ...GOOD[type], [key]: value })).toMatch(new RegExp(`^${key}\\S*: must be `));
});

test.each<[string, object, string]>([
  ["CreateOrder", { ...order, orderId: undefined }, `orderId: ${ID}`],
  ["CreateOrder", { ...order, orderId: "../1" }, `orderId: ${ID}`],
  ["CreateOrder", { ...order, customer: undefined }, "customer: must be an object"],
  ["CreateOrder", { ...order, customer: [] }, "customer: must be an object"],
  [
    "CreateOrder",
    { ...order, customer: { ...order.customer, email: "" } },
    "customer.email: must be a text of 1 to 254 characters",
  ],
  [
    "CreateOrder",
    { ...order, customer: { ...order.customer, ssn: null } },
    "customer.ssn: must be a text of 1 to 254 characters",
  ],
  [
    "CreateOrder",
    { ...order, customer: { ...order.customer, phone: "1" } },
    "customer.phone: is not a key here, allowed are email, creditCard, ssn",
  ],
  ["CreateOrder", { ...order, items: [] }, "items: must be a list of 1 to 100"],
  ["CreateOrder", { ...order, items: [1] }, "items[0]: must be an object"],
  [
    "CreateOrder",
    { ...order, items: [{ sku: "a", quantity: 0 }] },
    "items[0].quantity: must be a whole number from 1 to 1000000",
  ],
  [
    "CreateOrder",
    { ...order, items: [{ sku: "a", quantity: 1, price: 1 }] },
    "items[0].price: is not a key here, allowed are sku, quantity",
  ],
  [
    "CreateOrder",
    {
      ...order,
      items: [
        { sku: "a", quantity: 1 },
        { sku: "a", quantity: 2 },
      ],
    },
    "items: must have each sku once",
  ],
  ["UpdateInventory", { sku: "a", onHand: -1 }, "onHand: must be a whole number from 0 to 1000000"],
  ["GetAllOrders", { after: "\0" }, `after: ${ID}`],
])("%s is refused: %#", async (type, message, said) => {
  expect(await refusal(type, message)).toBe(said);
});

test("GetAllOrders needs no parameter", async () => {
  expect(await refusal("GetAllOrders", {})).toMatch(/^not refused/);
});
