import { BadMessageError, type Message, type MessageHandler } from "@cdktf-cqrs/runtime";

/**
 * Reads a value of a message, or refuses it with its path. The value itself is never repeated: it may be what must not be in a log.
 * @throws {BadMessageError}
 */
export type Schema<Value> = (value: unknown, path: string) => Value;

type Fields = Readonly<Record<string, Schema<unknown>>>;
type ObjectOf<Keys extends Fields> = { readonly [Key in keyof Keys]: ReturnType<Keys[Key]> };

/** Characters of an unknown key that are repeated: its sender chose them. */
const MAX_KEY = 64;

const must = (path: string, rule: string): BadMessageError => new BadMessageError(`${path}: must ${rule}`);

export const text =
  (rule: string, isAllowed: (text: string) => boolean): Schema<string> =>
  (value, path) => {
    if (typeof value === "string" && isAllowed(value)) return value;
    throw must(path, rule);
  };

export const wholeNumber =
  (least: number, most: number): Schema<number> =>
  (value, path) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw must(path, `be a whole number from ${least} to ${most}`);
  };

/** A key that may be missing. */
export const optional =
  <Value>(schema: Schema<Value>): Schema<Value | undefined> =>
  (value, path) =>
    value === undefined ? undefined : schema(value, path);

export const listOf =
  <Item>(schema: Schema<Item>, most: number): Schema<readonly Item[]> =>
  (value, path) => {
    if (!Array.isArray(value) || value.length < 1 || value.length > most) throw must(path, `be a list of 1 to ${most}`);
    return value.map((item, index) => schema(item, `${path}[${index}]`));
  };

/** Refuses unknown keys, because their sender would take them for done. */
export const object =
  <Keys extends Fields>(fields: Keys): Schema<ObjectOf<Keys>> =>
  (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw must(path, "be an object");
    const message = value as Message;
    const pathOf = (key: string) => (path === "" ? key : `${path}.${key}`);
    const unknown = Object.keys(message).find((key) => !Object.hasOwn(fields, key));
    if (unknown !== undefined)
      throw new BadMessageError(
        `${pathOf(unknown.slice(0, MAX_KEY))}: is not a key here, allowed are ${Object.keys(fields).join(", ")}`,
      );
    const read = Object.entries(fields).map(([key, schema]) => [key, schema(message[key], pathOf(key))] as const);
    return Object.fromEntries(read.filter(([, each]) => each !== undefined)) as ObjectOf<Keys>;
  };

/** A handler that gets only messages of its schema. */
export const checked =
  <Content>(
    schema: Schema<Content>,
    handle: (content: Content, context: Parameters<MessageHandler>[1]) => ReturnType<MessageHandler>,
  ): MessageHandler =>
  async (message, context) =>
    handle(schema(message, ""), context);
