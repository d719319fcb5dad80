import { MemorySubjectKeys } from "../../../../runtime/adapters/local/memory-subject-keys";
import { FORGOTTEN } from "../../../../runtime/keys/subject-keys";
import { bytesOfJson } from "../../../../runtime/recovery/backup/json-object";
import { DeletedSubjects } from "../../../../runtime/recovery/subjects/deleted-subjects";
import { entryKey } from "../../../../runtime/recovery/subjects/ledger";
import { MemoryStorage } from "../memory-storage";

let storage: MemoryStorage;
let keys: MemorySubjectKeys;
let deletedSubjects: DeletedSubjects;

beforeEach(() => {
  storage = new MemoryStorage();
  keys = new MemorySubjectKeys();
  deletedSubjects = new DeletedSubjects(storage, keys);
});

/** What can be no person's id, and what is said of it. */
const NOBODY: readonly (readonly [string, string, string])[] = [
  [
    "the blind index's own name",
    "$blind-index",
    `must not begin with $, as keys do that are no person's, got "$blind-index"`,
  ],
  ["no text", "", "must have 1 to 256 characters, none of them NUL or half of a surrogate pair, got 0"],
  [
    "a document",
    "x".repeat(257),
    "must have 1 to 256 characters, none of them NUL or half of a surrogate pair, got 257",
  ],
  ...["a\0b", "half \ud800"].map((subject): readonly [string, string, string] => [
    `what no database keeps as it is, ${JSON.stringify(subject)},`,
    subject,
    `must have 1 to 256 characters, none of them NUL or half of a surrogate pair, got ${JSON.stringify(subject)}`,
  ]),
];

test.each(NOBODY)("%s is neither written down nor deleted", async (_, subject, message) => {
  const deleted = jest.spyOn(keys, "delete");
  const refusal = new RangeError(`subject: ${message}`);
  await expect(deletedSubjects.record(subject)).rejects.toEqual(refusal);
  await expect(deletedSubjects.recordAnew(subject)).rejects.toEqual(refusal);
  expect([storage.objects.size, deleted.mock.calls]).toEqual([0, []]);
});

test.each(NOBODY)("an entry of %s is damaged: the keys of all others are deleted again", async (_, subject) => {
  const wrapped = { wrappedBy: "key", bytes: Buffer.from("wrapped") };
  for (const each of [subject, "customer-1"])
    await keys.putIfAbsent({ id: `key of ${each}`, subject: each, generation: 1, wrapped });
  await storage.write(entryKey(subject), bytesOfJson({ subject }));
  await deletedSubjects.record("customer-1");

  await expect(deletedSubjects.deleteAgain()).rejects.toMatchObject({
    findings: [{ kind: "ledger entry damaged", where: entryKey(subject) }],
  });
  expect(await keys.newest(subject)).toMatchObject({ id: `key of ${subject}` });
  expect(await keys.newest("customer-1")).toBe(FORGOTTEN);
});
