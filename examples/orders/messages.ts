import { BadMessageError, type Message } from "@cdktf-cqrs/runtime";
import type { Customer, Item } from "./domain/order";

/** What a name of an order, a customer or an article is made of: it becomes a part of a stream's name. */
const ID = /^[\w-]{1,64}$/;
const MAX_ITEMS = 100;
const MAX_QUANTITY = 1_000_000;
const MAX_TEXT = 254;

export const idIn = (message: Message, key: string): string => {
  const value = message[key];
  if (typeof value === "string" && ID.test(value)) return value;
  throw new BadMessageError(`${key}: must be 1 to 64 letters, digits, '_' and '-'`);
};

export const quantityIn = (message: Message, key: string, least: number): number => {
  const value = message[key];
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= MAX_QUANTITY)
    return value as number;
  throw new BadMessageError(`${key}: must be a whole number from ${least} to ${MAX_QUANTITY}`);
};

/** Its value is never repeated: it may be what must not be in a log. */
const textIn = (message: Message, key: string): string => {
  const value = message[key];
  if (typeof value === "string" && value.length > 0 && value.length <= MAX_TEXT) return value;
  throw new BadMessageError(`${key}: must be a text of at most ${MAX_TEXT} characters`);
};

const objectIn = (value: unknown, path: string): Message => {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Message;
  throw new BadMessageError(`${path}: must be an object`);
};

export function customerIn(message: Message): Customer {
  const customer = objectIn(message.customer, "customer");
  return {
    email: textIn(customer, "email"),
    creditCard: textIn(customer, "creditCard"),
    ...(customer.ssn !== undefined && { ssn: textIn(customer, "ssn") }),
  };
}

export function itemsIn({ items }: Message): readonly Item[] {
  if (!Array.isArray(items) || items.length < 1 || items.length > MAX_ITEMS)
    throw new BadMessageError(`items: must be a list of 1 to ${MAX_ITEMS}`);
  const all = items.map((each, index) => {
    const item = objectIn(each, `items[${index}]`);
    return { sku: idIn(item, "sku"), quantity: quantityIn(item, "quantity", 1) };
  });
  if (new Set(all.map(({ sku }) => sku)).size < all.length) throw new BadMessageError("items: must have each sku once");
  return all;
}
