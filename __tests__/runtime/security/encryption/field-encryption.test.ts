import { FieldEncryption } from "../../../../runtime/security/encryption/field-encryption";
import { REDACTED } from "../../../../runtime/security/encryption/redacted";
import { newSubjects, type Subjects } from "./subjects";

const PLACE = { category: "customers", record: "c-1", subject: "ada" };
const CUSTOMER = {
  id: "c-1",
  email: "ada@example.com",
  ssn: "123-45-6789",
  creditCard: "4111 1111 1111 1111",
  age: 36,
};
let subjects: Subjects;
let fields: FieldEncryption;

beforeEach(() => {
  subjects = newSubjects();
  fields = new FieldEncryption({ keys: subjects.keys });
});
afterEach(() => subjects.close());

test("encrypts the seed's fields and leaves the others, and reads them all back", async () => {
  const stored = await fields.encrypt(CUSTOMER, PLACE);
  expect(stored).toMatchObject({ id: "c-1", age: 36 });
  for (const field of ["email", "ssn", "creditCard"] as const) {
    expect(stored[field]).toMatch(/^\$enc:1:[\w-]{16}:[\w-]+$/);
    expect(JSON.stringify(stored)).not.toContain(CUSTOMER[field]);
  }
  expect(await fields.decrypt<typeof CUSTOMER>(stored, PLACE)).toEqual(CUSTOMER);
});

test("what was encrypted in one process is read in another, after JSON", async () => {
  const stored = JSON.parse(JSON.stringify(await fields.encrypt(CUSTOMER, PLACE)));
  const elsewhere = new FieldEncryption({ keys: subjects.another() });
  expect(await elsewhere.decrypt(stored, PLACE)).toEqual(CUSTOMER);
});

test("leaves what it was given as it was", async () => {
  const given = structuredClone({ ...CUSTOMER, contact: { email: "x@example.com" } });
  await fields.encrypt(given, PLACE);
  expect(given).toEqual({ ...CUSTOMER, contact: { email: "x@example.com" } });
});

test("finds the fields at any depth, in lists too", async () => {
  const record = { "a/b": { email: "a@b.c" }, cards: [{ creditCard: "1" }, { creditCard: "2" }], ssn: { number: "3" } };
  const stored = await fields.encrypt(record, PLACE);
  expect(JSON.stringify(stored).match(/\$enc:1:/g)).toHaveLength(4);
  expect(await fields.decrypt<typeof record>(stored, PLACE)).toEqual(record);
});

test("encrypts fields that are named, and then no others", async () => {
  const it = new FieldEncryption({ keys: subjects.keys, fields: ["phone"] });
  const stored = await it.encrypt({ phone: "1", email: "a@b.c" }, PLACE);
  expect(stored).toEqual({ phone: expect.stringMatching(/^\$enc:/), email: "a@b.c" });
});

test.each<[string, unknown]>([
  ["empty", ""],
  ["of 1 MB", "ä".repeat(500_000)],
  ["of many scripts", "\u{1f469}\u200d\u{1f680} Zoë Ω ‮ \0"],
  ["half a character", "\ud83d"],
  ["a number", 123456789],
  ["zero", 0],
  ["false", false],
  ["a list", ["a@b.c", null]],
  ["an object", { local: "a", $redacted: "forgotten" }],
  ["like the marker", "[redacted]"],
])("a value that is %s comes back as it was", async (_, email) => {
  const stored = await fields.encrypt({ email }, PLACE);
  expect(stored.email).toMatch(/^\$enc:1:/);
  expect(await fields.decrypt(stored, PLACE)).toEqual({ email });
});

test("a value that is nothing stays nothing, and needs no key", async () => {
  const record = { email: null, ssn: undefined };
  const stored = await fields.encrypt(record, PLACE);
  expect(stored).toStrictEqual(record);
  expect(await fields.decrypt(stored, PLACE)).toStrictEqual(record);
  expect(subjects.wrappingKeys.calls).toEqual([]);
});

test("the same value is never the same text twice", async () => {
  const texts = await Promise.all(Array.from({ length: 100 }, () => fields.encryptValue("x", PLACE, "/email")));
  expect(new Set(texts).size).toBe(100);
});

test("what is encrypted already is not encrypted again", async () => {
  const stored = await fields.encrypt(CUSTOMER, PLACE);
  expect(await fields.encrypt(stored, PLACE)).toEqual(stored);
});

test("dates stay dates", async () => {
  const record = { since: new Date(0), email: "a@b.c" };
  const stored = await fields.encrypt(record, PLACE);
  expect(stored.since).toEqual(new Date(0));
});

test.each<[string, object]>([
  ["a Map", { contacts: new Map([["email", "a@b.c"]]) }],
  [
    "a class's",
    {
      contact: new (class Contact {
        readonly email = "a@b.c";
      })(),
    },
  ],
  ["bytes", { photo: Buffer.from("x") }],
])("a record with %s is refused, for what is in it would not be found", async (_, record) => {
  await expect(fields.encrypt(record, PLACE)).rejects.toThrow(/: must be a plain object or a list$/);
});

test("a record that contains itself is refused", async () => {
  const record: Record<string, unknown> = {};
  record.self = record;
  await expect(fields.encrypt(record, PLACE)).rejects.toThrow("must be at most 64 deep");
});

test.each<[string, unknown]>([
  ["a bigint", 123456789n],
  ["a function", () => "123456789"],
])("a value that is %s is refused, and not repeated", async (_, ssn) => {
  await expect(fields.encrypt({ ssn }, PLACE)).rejects.toThrow(/^\/ssn: must be a value of JSON$/);
});

test("a key named __proto__ is a key like others", async () => {
  const record = JSON.parse('{ "__proto__": { "email": "a@b.c" } }');
  const stored = await fields.encrypt(record, PLACE);
  expect(JSON.stringify(stored)).toMatch(/^\{"__proto__":\{"email":"\$enc:/);
  expect(JSON.stringify(await fields.decrypt(stored, PLACE))).toBe('{"__proto__":{"email":"a@b.c"}}');
});

test.each([[[]], [[""]], [["__proto__"]]])("a list of fields can't be %j", (names) => {
  expect(() => new FieldEncryption({ keys: subjects.keys, fields: names })).toThrow(RangeError);
});

test("values of before and after a new key are both read", async () => {
  const before = await fields.encrypt(CUSTOMER, PLACE);
  await subjects.keys.rotate("ada");
  const after = await fields.encrypt(CUSTOMER, PLACE);
  expect(`${after.email}`.split(":")[2]).not.toBe(`${before.email}`.split(":")[2]);
  const mixed = { ...before, email: after.email };
  for (const stored of [before, after, mixed])
    expect(await fields.decrypt<typeof CUSTOMER>(stored, PLACE)).toEqual(CUSTOMER);
});

describe("of a subject that was forgotten", () => {
  test("each field is read as redacted, and the others as they are", async () => {
    const stored = await fields.encrypt({ ...CUSTOMER, ssn: null }, PLACE);
    await subjects.keys.forget("ada");
    const read = await fields.decrypt(stored, PLACE);
    expect(read).toEqual({ id: "c-1", age: 36, ssn: null, email: REDACTED, creditCard: REDACTED });
    expect(JSON.parse(JSON.stringify(read))).toEqual(read);
  });

  test("a process that was not told reads it as redacted, too", async () => {
    const stored = await fields.encrypt(CUSTOMER, PLACE);
    await subjects.keys.forget("ada");
    const elsewhere = new FieldEncryption({ keys: subjects.another() });
    expect(await elsewhere.decrypt(stored, PLACE)).toMatchObject({ email: REDACTED });
  });

  test("redacted is what is written, be it plain, encrypted or redacted before", async () => {
    const stored = await fields.encrypt(CUSTOMER, PLACE);
    await subjects.keys.forget("ada");
    const redacted = { ...CUSTOMER, email: REDACTED, ssn: REDACTED, creditCard: REDACTED };
    for (const record of [CUSTOMER, stored, redacted, JSON.parse(JSON.stringify(redacted))])
      expect(await fields.encrypt(record, PLACE)).toEqual(redacted);
  });

  test("others are read as ever", async () => {
    const place = { ...PLACE, record: "c-2", subject: "bob" };
    const stored = await fields.encrypt(CUSTOMER, place);
    await subjects.keys.forget("ada");
    expect(await fields.decrypt<typeof CUSTOMER>(stored, place)).toEqual(CUSTOMER);
  });
});

test("values from before are read where that was asked for", async () => {
  const lenient = new FieldEncryption({ keys: subjects.keys, acceptUnencrypted: true });
  expect(await lenient.decrypt(CUSTOMER, PLACE)).toEqual(CUSTOMER);
});
