import { createCipheriv } from "node:crypto";
import { MemorySubjectKeys } from "../../../../runtime/adapters/local/memory-subject-keys";
import { DataKeys } from "../../../../runtime/keys/data-keys";
import { KeyServiceUnavailableError } from "../../../../runtime/keys/wrapping-keys";
import {
  TamperedValueError,
  UnencryptedValueError,
  UnknownFormatError,
  UnknownKeyError,
} from "../../../../runtime/security/encryption/encryption-errors";
import { FieldEncryption } from "../../../../runtime/security/encryption/field-encryption";
import type { RecordPlace } from "../../../../runtime/security/encryption/place";
import { REDACTED } from "../../../../runtime/security/encryption/redacted";
import { flippedAt, newSubjects, resealed, type Subjects } from "./subjects";

const PLACE = { category: "customers", record: "c-1", subject: "ada" };
const SECRET = "ada@example.com";
const IV_BYTES = 12;
const TAG_BYTES = 16;
let subjects: Subjects;
let fields: FieldEncryption;
let sealed: string;

const sealedAt = async (place: RecordPlace, path = "/email") => `${await fields.encryptValue(SECRET, place, path)}`;
/** What comes of reading it, at hand and in another process alike. */
async function reading(stored: unknown, place: RecordPlace = PLACE, path = "/email"): Promise<unknown> {
  const attempts = [subjects.keys, subjects.another()].map((keys) =>
    new FieldEncryption({ keys }).decryptValue(stored, place, path).catch((error: unknown) => error),
  );
  const [warm, cold] = await Promise.all(attempts);
  expect(cold).toEqual(warm);
  return warm;
}

beforeEach(async () => {
  subjects = newSubjects();
  fields = new FieldEncryption({ keys: subjects.keys });
  sealed = await sealedAt(PLACE);
  await sealedAt({ ...PLACE, subject: "bob" });
});
afterEach(() => subjects.close());

test("reads what nobody has attacked", async () => {
  expect(await reading(sealed)).toBe(SECRET);
});

test.each<[string, RecordPlace, string]>([
  ["record", { ...PLACE, record: "c-2" }, "/email"],
  ["category", { ...PLACE, category: "suppliers" }, "/email"],
  ["field", PLACE, "/ssn"],
  ["place in the record", PLACE, "/contact/email"],
  ["place in a list", PLACE, "/0/email"],
  ["place whose parts are cut otherwise", { ...PLACE, category: "customersc", record: "-1" }, "/email"],
])("does not read a value in another %s", async (_, place, path) => {
  expect(await reading(sealed, place, path)).toEqual(new TamperedValueError(path));
});

test("does not read a value for another subject, whose key it is not", async () => {
  expect(await reading(sealed, { ...PLACE, subject: "bob" })).toEqual(new UnknownKeyError("/email"));
});

test("does not read a value for a forgotten subject as another's, nor as redacted for who was not forgotten", async () => {
  await subjects.keys.forget("ada");
  expect(await reading(sealed)).toBe(REDACTED);
  expect(await reading(sealed, { ...PLACE, subject: "bob" })).toEqual(new UnknownKeyError("/email"));
});

test("two places whose parts are one text when they are joined are two", async () => {
  const joined = await sealedAt({ ...PLACE, record: "c-1|ada" });
  const other = { ...PLACE, category: "customers|c-1", record: "ada" };
  expect(await reading(joined, other)).toEqual(new TamperedValueError("/email"));
});

test("two places that differ by half characters alone are two", async () => {
  const halves = await sealedAt({ ...PLACE, record: "\ud800" });
  expect(await reading(halves, { ...PLACE, record: "\ud801" })).toBeInstanceOf(TamperedValueError);
});

test.each<[string, number]>([
  ["IV", 0],
  ["IV's end", IV_BYTES - 1],
  ["tag", IV_BYTES],
  ["tag's end", IV_BYTES + TAG_BYTES - 1],
  ["ciphertext", IV_BYTES + TAG_BYTES],
])("does not read a value with a flipped bit in its %s", async (_, index) => {
  expect(await reading(resealed(sealed, flippedAt(index)))).toEqual(new TamperedValueError("/email"));
});

test("does not read a value with any one bit flipped", async () => {
  const bytes = Buffer.from(sealed.slice(sealed.lastIndexOf(":") + 1), "base64url");
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    const stored = resealed(sealed, () => changed);
    await expect(fields.decryptValue(stored, PLACE, "/email")).rejects.toThrow(TamperedValueError);
  }
});

test.each([0, 4, 8, 12, 15])("does not read a value whose tag was cut to %d bytes", async (length) => {
  const cut = (bytes: Buffer) =>
    Buffer.concat([bytes.subarray(0, IV_BYTES + length), bytes.subarray(IV_BYTES + TAG_BYTES)]);
  expect(await reading(resealed(sealed, cut))).toEqual(new TamperedValueError("/email"));
});

test.each([4, 8, 12])("does not read a value that its own key made with a tag of %d bytes", async (authTagLength) => {
  const key = await subjects.keys.newest("ada");
  if (key === "forgotten") throw new Error("forgotten");
  // Of the right key and with nothing at all in it: Node alone would take such a tag.
  const iv = Buffer.alloc(IV_BYTES, 1);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, iv, { authTagLength });
  cipher.final();
  const short = resealed(sealed, () => Buffer.concat([iv, cipher.getAuthTag()]));
  expect(await reading(short)).toEqual(new TamperedValueError("/email"));
});

test.each<[string, (text: string) => string]>([
  ["cut in its middle", (text) => text.slice(0, -10)],
  ["nothing behind its key", (text) => text.slice(0, text.lastIndexOf(":") + 1)],
  ["no key", (text) => text.replace(/:[\w-]{16}:/, "::")],
  ["no separator", (text) => text.replace(/:([\w-]{16}):/, ":$1")],
  ["a space in it", (text) => `${text.slice(0, -5)} ${text.slice(-5)}`],
  ["padding", (text) => `${text}=`],
  ["more behind it", (text) => `${text}AAAA`],
  ["base64's own characters", (text) => text.replace(/[^:]+$/, "++++////".repeat(8))],
])("does not read a value with %s", async (_, change) => {
  expect(await reading(change(sealed))).toEqual(new TamperedValueError("/email"));
});

test("one value has one text: bits that base64 leaves over must be zero", async () => {
  const odd = await fields.encryptValue("a".repeat(10), PLACE, "/email");
  const bytes = Buffer.from(`${odd}`.slice(`${odd}`.lastIndexOf(":") + 1), "base64url");
  expect(bytes.length % 3).not.toBe(0);
  const last = `${odd}`.slice(-1);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const sibling = alphabet[alphabet.indexOf(last) + 1];
  expect(await reading(`${odd}`.slice(0, -1) + sibling)).toEqual(new TamperedValueError("/email"));
});

test.each(["$enc:2:", "$enc:0:", "$enc:01:", "$enc:", "$enc:x:"])(
  "does not read a value of version %s",
  async (prefix) => {
    expect(await reading(sealed.replace("$enc:1:", prefix))).toEqual(new UnknownFormatError("/email"));
  },
);

test("does not read a value by a key that nobody knows", async () => {
  const unknown = sealed.replace(/:[\w-]{16}:/, `:${"A".repeat(16)}:`);
  expect(await reading(unknown)).toEqual(new UnknownKeyError("/email"));
});

test("does not read a value by an old key of its subject that it is not of", async () => {
  await subjects.keys.rotate("ada");
  const [, , newId] = (await sealedAt(PLACE)).split(":");
  expect(await reading(sealed.replace(/:[\w-]{16}:/, `:${newId}:`))).toEqual(new TamperedValueError("/email"));
  const [, , oldId] = sealed.split(":");
  const renewed = (await sealedAt(PLACE)).replace(/:[\w-]{16}:/, `:${oldId}:`);
  expect(await reading(renewed)).toEqual(new TamperedValueError("/email"));
});

test("a lost store of keys is not taken for a world that was forgotten", async () => {
  const { wrappingKeys } = subjects;
  const lost = new DataKeys({ wrappingKeys, subjectKeys: new MemorySubjectKeys() });
  await expect(new FieldEncryption({ keys: lost }).decryptValue(sealed, PLACE, "/email")).rejects.toThrow(
    UnknownKeyError,
  );
  lost.close();
});

test("keys that can't be had are neither forgotten nor tampered", async () => {
  subjects.wrappingKeys.first = async () => {
    throw new KeyServiceUnavailableError(new Error("down"));
  };
  const cold = new FieldEncryption({ keys: subjects.another() });
  await expect(cold.decryptValue(sealed, PLACE, "/email")).rejects.toThrow(KeyServiceUnavailableError);
  await expect(cold.encryptValue(SECRET, { ...PLACE, subject: "eve" }, "/email")).rejects.toThrow(
    KeyServiceUnavailableError,
  );
});

test.each<[string, unknown]>([
  ["a plain text", SECRET],
  ["a number", 1],
  ["an object", { $enc: 1, k: "k", c: "c" }],
  ["the marker of a subject that was not forgotten", REDACTED],
  ["the marker after JSON", JSON.parse(JSON.stringify(REDACTED))],
])("does not read %s where only what is encrypted may stand", async (_, stored) => {
  expect(await reading(stored)).toEqual(new UnencryptedValueError("/email"));
});

test.each(["$enc:1:", "$enc:1:AAAAAAAAAAAAAAAA:AAAA", "$enc:9:x", "$enc:"])(
  "a user's text that only looks encrypted is not stored as it is: %s",
  async (email) => {
    await expect(fields.encrypt({ email }, PLACE)).rejects.toThrow(/^\/email: must be/);
  },
);

test("a value of another place is not stored as if it were one of this", async () => {
  await expect(fields.encrypt({ email: sealed }, { ...PLACE, record: "c-2" })).rejects.toThrow(TamperedValueError);
});

test("a user's object that looks like the marker is not stored as one", async () => {
  await expect(fields.encrypt({ email: { $redacted: "forgotten" } }, PLACE)).rejects.toThrow(UnencryptedValueError);
});

test("no error says anything of the value, the key or the record", async () => {
  const errors = await Promise.all([
    reading(resealed(sealed, flippedAt(30))),
    reading(sealed.replace("$enc:1", "$enc:7")),
    reading(sealed, { ...PLACE, subject: "bob" }),
    reading(SECRET),
  ]);
  for (const error of errors) {
    const said = JSON.stringify([String(error), { ...(error as Error) }, (error as Error).cause]);
    for (const secret of [SECRET, "c-1", "ada", "bob", sealed.split(":")[2]]) expect(said).not.toContain(secret);
  }
});

test("a subject can't be one of the platform's own keys", async () => {
  await expect(fields.encryptValue(SECRET, { ...PLACE, subject: "$blind-index" }, "/email")).rejects.toThrow(
    RangeError,
  );
});
