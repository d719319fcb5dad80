import { createHash } from "node:crypto";
import { BlindIndex } from "../../../../runtime/security/encryption/blind-index";
import { REDACTED } from "../../../../runtime/security/encryption/redacted";
import { newSubjects, type Subjects } from "./subjects";

let subjects: Subjects;
let index: BlindIndex;

beforeEach(() => {
  subjects = newSubjects();
  index = new BlindIndex(subjects.keys);
});
afterEach(() => subjects.close());

test("is the same for the same value, in all processes", async () => {
  const elsewhere = new BlindIndex(subjects.another());
  expect(await elsewhere.of("email", "ada@example.com")).toBe(await index.of("email", "ada@example.com"));
});

test.each([
  ["email", "ada@example.com", " Ada@Example.COM\n"],
  ["email", "zo\u00eb@example.com", "zoe\u0308@example.com"],
  ["ssn", "123-45-6789", "123456789"],
  ["ssn", "123-45-6789", "123 45 6789"],
  ["creditCard", "4111 1111 1111 1111", "4111-1111-1111-1111"],
  ["creditCard", "4111111111111111", "\uff14111111111111111"],
  ["phone", "zo\u00eb", "zoe\u0308"],
])("%s: %j and %j are one", async (field, one, other) => {
  expect(await index.of(field, other)).toBe(await index.of(field, one));
});

test.each([
  ["email", "ada@example.com", "adb@example.com"],
  ["ssn", "123-45-6789", "123-45-6780"],
  ["phone", "Ada", "ada"],
])("%s: %j and %j are two", async (field, one, other) => {
  expect(await index.of(field, other)).not.toBe(await index.of(field, one));
});

test("the same digits in two fields are two", async () => {
  expect(await index.of("creditCard", "123456789")).not.toBe(await index.of("ssn", "123456789"));
});

test("a field's name and a value are not one with another field's name and another value", async () => {
  expect(await index.of("a", "|b")).not.toBe(await index.of("a|", "b"));
});

test("says which version and which key it is of, and is no bare hash", async () => {
  const text = await index.of("ssn", "123456789");
  expect(text).toMatch(/^1:[\w-]{16}:[\w-]{43}$/);
  expect(text).not.toContain(createHash("sha256").update("123456789").digest("base64url"));
});

test("two systems with keys of their own have two", async () => {
  const other = newSubjects();
  expect(await new BlindIndex(other.keys).of("ssn", "123456789")?.then((text) => text?.split(":")[2])).not.toBe(
    (await index.of("ssn", "123456789"))?.split(":")[2],
  );
  other.close();
});

test.each([null, undefined, REDACTED])("there is none for %j", async (value) => {
  expect(await index.of("email", value)).toBeUndefined();
});

test.each([
  ["ssn", "12345678"],
  ["ssn", "12345678a"],
  ["ssn", ""],
  ["creditCard", "4111x"],
  ["email", "ada"],
  ["email", "ada @example.com"],
])("%s: %j can't be looked for, and is not repeated", async (field, value) => {
  await expect(index.of(field, value)).rejects.toThrow(
    new RangeError(`${field}: must be like one to be looked for, and is not`),
  );
});

test("a field named like what every object has is a field like others", async () => {
  expect(await index.of("constructor", "x")).toMatch(/^1:/);
  expect(await index.of("__proto__", "x")).toMatch(/^1:/);
});

test("its key is bound to its purpose, apart from those of data", async () => {
  const generate = jest.spyOn(subjects.wrappingKeys, "generate");
  await index.of("ssn", "123456789");
  expect(generate.mock.calls[0]?.[0]).toMatchObject({ "cqrs:purpose": "blind-index" });
});
