import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { LocalKeys } from "../../runtime/adapters/local/local-keys";
import { MemorySubjectKeys } from "../../runtime/adapters/local/memory-subject-keys";
import { DataKeys } from "../../runtime/keys/data-keys";
import { FieldEncryption } from "../../runtime/security/encryption/field-encryption";
import type { Result } from "./gate";
import { microsecondsOf } from "./timing";

const RUNS = 5000;
const LIMIT_TIMES = 1.5;
const ALGORITHM = "aes-256-gcm";
const TAG = { authTagLength: 16 };
const VALUE = "somebody@example.com";

/**
 * What it costs to encrypt a field and to decrypt it again with a cached key, as a multiple of bare AES-GCM. The bare
 * code handles keys alike: it finds the key by its subject and by its id, makes a random IV, authenticates the place of
 * the value, and joins the parts in one text.
 */
export async function fields(): Promise<readonly Result[]> {
  const environment = { NODE_ENV: "test", LOCAL_KEY: randomBytes(32).toString("base64") };
  const wrappingKeys = LocalKeys.fromEnvironment(environment);
  const keys = new DataKeys({ wrappingKeys, subjectKeys: new MemorySubjectKeys(), cache: { maxUses: 1e9 } });
  const encryption = new FieldEncryption({ keys });
  const bareKeys = new Map([["customer-1", { id: "key-1", bytes: randomBytes(32) }]]);
  const places = Array.from({ length: 64 }, (_, index) => ({
    category: "orders",
    record: `order-${index}`,
    subject: "customer-1",
  }));

  const { bare, field } = await microsecondsOf(
    {
      bare: async (index) => bareRoundTrip(bareKeys, places[index % places.length] ?? places[0]),
      field: async (index) => {
        const place = places[index % places.length] ?? { category: "", record: "", subject: "" };
        const stored = await encryption.encryptValue(VALUE, place, "email");
        if ((await encryption.decryptValue(stored, place, "email")) !== VALUE) throw new Error("not the same value");
      },
    },
    RUNS,
  );
  return [
    { name: "bare AES-GCM, both ways", value: bare, unit: "microseconds" },
    { name: "a field, both ways", value: field, unit: "microseconds" },
    { name: "a field, of bare AES-GCM", value: field / bare, unit: "times", limit: { atMost: LIMIT_TIMES } },
  ];
}

interface Place {
  readonly category: string;
  readonly record: string;
  readonly subject: string;
}

type BareKeys = ReadonlyMap<string, { readonly id: string; readonly bytes: Buffer }>;

function bareRoundTrip(keys: BareKeys, place: Place | undefined): void {
  const key = keys.get(place?.subject ?? "");
  if (key === undefined || place === undefined) throw new Error("no key");
  const bound = Buffer.from(`1|${place.category}|${place.record}|${place.subject}|email`);
  const iv = randomBytes(12);
  const cipher = createCipheriv(ALGORITHM, key.bytes, iv, TAG).setAAD(bound);
  const encrypted = Buffer.concat([cipher.update(JSON.stringify(VALUE), "utf8"), cipher.final()]);
  const text = `1:${key.id}:${Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString("base64url")}`;

  const [, id, encoded = ""] = text.split(":");
  if (id !== key.id) throw new Error("another key");
  const bytes = Buffer.from(encoded, "base64url");
  const decipher = createDecipheriv(ALGORITHM, key.bytes, bytes.subarray(0, 12), TAG).setAAD(bound);
  decipher.setAuthTag(bytes.subarray(12, 28));
  const plaintext = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  if (JSON.parse(plaintext) !== VALUE) throw new Error("not the same value");
}
