import { BadMessageError } from "@cdktf-cqrs/runtime";
import type { Item } from "./domain/order";
import { listOf, object, optional, type Schema, text, wholeNumber } from "./schema";

const MAX_ITEMS = 100;
const MAX_QUANTITY = 1_000_000;
const MAX_TEXT = 254;

/** What a name of an order or an article is made of: it becomes a part of a stream's name. */
const id = text("be 1 to 64 letters, digits, '_' and '-'", (value) => /^[\w-]{1,64}$/.test(value));
const personal = text(`be a text of 1 to ${MAX_TEXT} characters`, ({ length }) => length > 0 && length <= MAX_TEXT);
const listOfItems = listOf(object({ sku: id, quantity: wholeNumber(1, MAX_QUANTITY) }), MAX_ITEMS);
const items: Schema<readonly Item[]> = (value, path) => {
  const all = listOfItems(value, path);
  if (new Set(all.map(({ sku }) => sku)).size === all.length) return all;
  throw new BadMessageError(`${path}: must have each sku once`);
};

export const COMMANDS = {
  CreateOrder: object({
    orderId: id,
    customer: object({ email: personal, creditCard: personal, ssn: optional(personal) }),
    items,
  }),
  CancelOrder: object({ orderId: id }),
  UpdateInventory: object({ sku: id, onHand: wholeNumber(0, MAX_QUANTITY) }),
} as const;

export const QUERIES = {
  GetOrder: object({ orderId: id }),
  /** Orders after this one, in the order of their ids. @default - from the first one on */
  GetAllOrders: object({ after: optional(id) }),
  GetInventory: object({ sku: id }),
} as const;
