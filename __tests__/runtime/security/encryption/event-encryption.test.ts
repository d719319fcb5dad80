import {
  ForgottenSubjectError,
  TamperedValueError,
  UnencryptedValueError,
  UnknownFormatError,
  UnknownKeyError,
} from "../../../../runtime/security/encryption/encryption-errors";
import { EventEncryption, type EventPlace } from "../../../../runtime/security/encryption/event-encryption";
import { FieldEncryption } from "../../../../runtime/security/encryption/field-encryption";
import { REDACTED } from "../../../../runtime/security/encryption/redacted";
import { flippedAt, newSubjects, resealed, type Subjects } from "./subjects";

const PLACE = { stream: "customer-1", id: "8a2f3c1e-0000-4000-8000-000000000001", subject: "ada" };
const DATA = Buffer.from('{ "email":"ada@example.com",  "id":9007199254740993 }');
let subjects: Subjects;
let events: EventEncryption;

beforeEach(() => {
  subjects = newSubjects();
  events = new EventEncryption({ keys: subjects.keys });
});
afterEach(() => subjects.close());

/** The payload as a text, and back. */
const textOf = (data: Uint8Array): string => Buffer.from(data).toString("utf8");
const changed = (data: Uint8Array, change: (text: string) => string): Buffer => {
  const { $encrypted } = JSON.parse(textOf(data));
  return Buffer.from(JSON.stringify({ $encrypted: change($encrypted) }));
};
const refusal = (data: Uint8Array, place: EventPlace = PLACE): Promise<unknown> =>
  events.decrypt(data, place).catch((error: unknown) => error);

test.each<[string, Buffer]>([
  ["JSON, with its spaces and long numbers", DATA],
  ["an empty one", Buffer.alloc(0)],
  ["one of 1 MB", Buffer.alloc(1_000_000, "é")],
  ["bytes that are no text", Buffer.from([0xff, 0x00, 0xfe])],
  ["one whose field is only named like ours", Buffer.from('{"$encrypted":"no"}')],
])("gives back a payload byte for byte: %s", async (_, data) => {
  const stored = await events.encrypt(data, PLACE);
  const read = await new EventEncryption({ keys: subjects.another() }).decrypt(stored, PLACE);
  expect(Buffer.compare(read as Uint8Array, data)).toBe(0);
});

test("what is stored is JSON, and nothing of the payload is in it", async () => {
  const stored = await events.encrypt(DATA, PLACE);
  expect(Object.keys(JSON.parse(textOf(stored)))).toEqual(["$encrypted"]);
  expect(textOf(stored)).not.toContain("ada");
});

test("a store may write the JSON anew", async () => {
  const stored = await events.encrypt(DATA, PLACE);
  const anew = Buffer.from(`\n ${JSON.stringify(JSON.parse(textOf(stored)), undefined, 2)}\n`);
  expect(await events.decrypt(anew, PLACE)).toEqual(DATA);
});

test("a payload within a longer buffer is that part alone", async () => {
  const long = Buffer.concat([Buffer.from("before"), DATA, Buffer.from("after")]);
  const stored = await events.encrypt(new Uint8Array(long.buffer, long.byteOffset + 6, DATA.length), PLACE);
  expect(await events.decrypt(stored, PLACE)).toEqual(DATA);
});

test("what is encrypted already is not encrypted again", async () => {
  const stored = await events.encrypt(DATA, PLACE);
  expect(await events.encrypt(stored, PLACE)).toBe(stored);
});

test.each<[string, EventPlace]>([
  ["another stream", { ...PLACE, stream: "customer-2" }],
  ["another event of its stream", { ...PLACE, id: "8a2f3c1e-0000-4000-8000-000000000002" }],
  ["a stream and an id that are cut otherwise", { ...PLACE, stream: `${PLACE.stream}8`, id: PLACE.id.slice(1) }],
])("does not read a payload as that of %s", async (_, place) => {
  const stored = await events.encrypt(DATA, PLACE);
  expect(await refusal(stored, place)).toEqual(new TamperedValueError("data"));
  await expect(events.encrypt(stored, place)).rejects.toThrow(TamperedValueError);
});

test("does not read a payload as another subject's, forgotten or not", async () => {
  const stored = await events.encrypt(DATA, PLACE);
  expect(await refusal(stored, { ...PLACE, subject: "bob" })).toEqual(new UnknownKeyError("data"));
  await subjects.keys.forget("ada");
  expect(await refusal(stored, { ...PLACE, subject: "bob" })).toEqual(new UnknownKeyError("data"));
});

test.each([
  ["IV", 0],
  ["tag", 12],
  ["ciphertext", 28],
])("does not read a payload with a flipped bit in its %s", async (_, index) => {
  const stored = changed(await events.encrypt(DATA, PLACE), (text) => resealed(text, flippedAt(index)));
  expect(await refusal(stored)).toEqual(new TamperedValueError("data"));
});

test.each([4, 8, 12])("does not read an empty payload whose tag was cut to %d bytes", async (length) => {
  const stored = await events.encrypt(Buffer.alloc(0), PLACE);
  const cut = changed(stored, (text) => resealed(text, (bytes) => bytes.subarray(0, 12 + length)));
  expect(await refusal(cut)).toEqual(new TamperedValueError("data"));
});

test("does not read an unknown version, or by an unknown key", async () => {
  const stored = await events.encrypt(DATA, PLACE);
  expect(await refusal(changed(stored, (text) => text.replace("$enc:1:", "$enc:2:")))).toEqual(
    new UnknownFormatError("data"),
  );
  const unknown = changed(stored, (text) => text.replace(/:[\w-]{16}:/, `:${"A".repeat(16)}:`));
  expect(await refusal(unknown)).toEqual(new UnknownKeyError("data"));
});

test("does not read a field as a payload, or a payload as a field", async () => {
  const fields = new FieldEncryption({ keys: subjects.keys });
  const place = { category: "", record: PLACE.stream, subject: PLACE.subject };
  const field = await fields.encryptValue("x", place, PLACE.id);
  expect(await refusal(Buffer.from(JSON.stringify({ $encrypted: field })))).toEqual(new TamperedValueError("data"));
  const { $encrypted } = JSON.parse(textOf(await events.encrypt(DATA, PLACE)));
  await expect(fields.decryptValue($encrypted, place, PLACE.id)).rejects.toThrow(TamperedValueError);
});

test.each([
  ["plain", DATA],
  ["empty", Buffer.alloc(0)],
  ["encrypted with more beside it", Buffer.from('{"$encrypted":"$enc:1:a:b","more":1}')],
  ["cut in its middle", Buffer.from('{"$encrypted":"$enc:1:a')],
  ["of garbage", Buffer.from([0xff, 0xfe])],
])("reads a payload that is %s only where that was asked for", async (_, data) => {
  expect(await refusal(data)).toEqual(new UnencryptedValueError("data"));
  const lenient = new EventEncryption({ keys: subjects.keys, acceptUnencrypted: true });
  expect(await lenient.decrypt(data, PLACE)).toBe(data);
});

test("a forgotten subject's events are read as redacted, and no new one is written", async () => {
  const stored = await events.encrypt(DATA, PLACE);
  await subjects.keys.forget("ada");
  expect(await events.decrypt(stored, PLACE)).toBe(REDACTED);
  await expect(events.encrypt(DATA, { ...PLACE, id: "another" })).rejects.toThrow(ForgottenSubjectError);
});
