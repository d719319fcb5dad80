import { KmsKeys, type KmsKeysOptions } from "../../../../runtime/adapters/aws/kms-keys";
import { MemorySubjectKeys } from "../../../../runtime/adapters/local/memory-subject-keys";
import { DataKeys } from "../../../../runtime/keys/data-keys";
import { KeyRefusedError, KeyServiceUnavailableError, type WrappedKey } from "../../../../runtime/keys/wrapping-keys";
import { FieldEncryption } from "../../../../runtime/security/encryption/field-encryption";
import { KmsStub } from "../../../support/servers/kms-stub";
import { emptyMoto, whyNoMoto } from "../../../support/servers/running-moto";
import { wrappingKeysContract } from "../../keys/wrapping-keys-contract";

const REGION = "eu-central-1";
const arnOf = (id: string, region = REGION) => `arn:aws:kms:${region}:123456789012:key/${id}`;
const FIRST = arnOf("11111111-1111-1111-1111-111111111111");
const SECOND = arnOf("22222222-2222-2222-2222-222222222222");
/** What stub and moto take from anybody. */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
const before = { ...process.env };
const open: KmsKeys[] = [];

async function kmsKeys(
  endpoint: string,
  keyId: string,
  formerKeyIds: readonly string[] = [],
  options: KmsKeysOptions = {},
): Promise<KmsKeys> {
  const keys = await KmsKeys.create({ keyId, formerKeyIds }, { endpoint, ...options });
  open.push(keys);
  return keys;
}

beforeAll(() => {
  Object.assign(process.env, CREDENTIALS);
});
afterAll(() => {
  for (const name of Object.keys(CREDENTIALS)) delete process.env[name];
  Object.assign(process.env, before);
  for (const keys of open) keys.close();
});

const why = whyNoMoto();
(why === undefined ? describe : describe.skip)(
  `KMS as moto has it${why === undefined ? "" : `, skipped: ${why}`}`,
  () => {
    let moto: string;
    let keys: KmsKeys;
    let successor: KmsKeys;

    beforeAll(async () => {
      moto = await emptyMoto();
      const { CreateKeyCommand, KMSClient } = await import("@aws-sdk/client-kms");
      const client = new KMSClient({ region: REGION, endpoint: moto });
      const newKey = async () => `${(await client.send(new CreateKeyCommand({}))).KeyMetadata?.Arn}`;
      const [first, second] = [await newKey(), await newKey()];
      client.destroy();
      keys = await kmsKeys(moto, first);
      successor = await kmsKeys(moto, second, [first]);
    }, 90_000);

    wrappingKeysContract(() => ({ keys, successor }));
  },
);

describe("KMS as a stub has it", () => {
  let kms: KmsStub;
  /** Quick to give up, so that the tests are. */
  const HASTY: KmsKeysOptions = { limitMilliseconds: 1500, tryMilliseconds: 200, tries: 2 };
  const hasty = (more: KmsKeysOptions = {}) => kmsKeys(kms.url, FIRST, [], { ...HASTY, ...more });

  beforeEach(async () => {
    kms = await KmsStub.start();
  });
  afterEach(() => kms.stop());

  describe("wrapping keys", () => {
    let keys: KmsKeys;
    let successor: KmsKeys;
    beforeEach(async () => {
      keys = await kmsKeys(kms.url, FIRST);
      successor = await kmsKeys(kms.url, SECOND, [FIRST]);
    });
    wrappingKeysContract(() => ({ keys, successor }));
  });

  test("a throttled call is made again, and answered", async () => {
    const keys = await kmsKeys(kms.url, FIRST);
    kms.fail("throttling", 2);
    await expect(keys.generate({})).resolves.toMatchObject({ wrapped: { wrappedBy: FIRST } });
    expect(kms.calls).toHaveLength(3);
  });

  test.each(["throttling", "outage", "hanging", "reset"] as const)(
    "with %s there is no key, after as many tries as are allowed",
    async (fault) => {
      const keys = await hasty();
      kms.fail(fault);
      await expect(keys.generate({})).rejects.toThrow(KeyServiceUnavailableError);
      expect(kms.calls).toHaveLength(2);
    },
  );

  test.each(["garbage", "empty", "denied"] as const)(
    "with %s there is no key, and it is not asked again",
    async (fault) => {
      const keys = await hasty();
      kms.fail(fault);
      await expect(keys.generate({})).rejects.toThrow(KeyServiceUnavailableError);
      expect(kms.calls).toHaveLength(1);
    },
  );

  test.each(["throttling", "outage", "hanging", "reset", "garbage", "empty", "denied"] as const)(
    "%s is never taken for a key that does not open",
    async (fault) => {
      const keys = await hasty();
      const { wrapped } = await keys.generate({});
      kms.fail(fault);
      await expect(keys.unwrap(wrapped, {})).rejects.toThrow(KeyServiceUnavailableError);
    },
  );

  test("what was wrong says nothing of hosts or keys in its message", async () => {
    const keys = await hasty();
    kms.fail("outage");
    await expect(keys.generate({})).rejects.toThrow(/^the service that wraps data keys can't be used$/);
  });

  test("a call ends within its limit, whatever KMS does", async () => {
    const keys = await hasty({ limitMilliseconds: 100, tryMilliseconds: 60_000 });
    kms.fail("hanging");
    const start = performance.now();
    await expect(keys.generate({})).rejects.toThrow(KeyServiceUnavailableError);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test("a caller that goes is let go with its own reason, and it is no failure of KMS", async () => {
    const keys = await hasty({ circuit: { failures: 1, restMilliseconds: 60_000 } });
    kms.fail("hanging");
    const reason = new Error("gone");
    const caller = new AbortController();
    setTimeout(() => caller.abort(reason), 20);
    await expect(keys.generate({}, { signal: caller.signal })).rejects.toBe(reason);
    await expect(keys.generate({}, { signal: caller.signal })).rejects.toBe(reason);
    kms.recover();
    await expect(keys.generate({})).resolves.toBeDefined();
  });

  test("an outage is not asked on and on, and is over when KMS answers again", async () => {
    const keys = await hasty({ tries: 1, circuit: { failures: 3, restMilliseconds: 200 } });
    kms.fail("outage");
    for (let times = 0; times < 20; times++)
      await expect(keys.generate({})).rejects.toThrow(KeyServiceUnavailableError);
    expect(kms.calls).toHaveLength(3);
    kms.recover();
    await new Promise((resolve) => setTimeout(resolve, 250));
    await expect(keys.generate({})).resolves.toBeDefined();
    await expect(keys.generate({})).resolves.toBeDefined();
    expect(kms.calls).toHaveLength(5);
  });

  test("after the rest one call tries, and the others do not wait for it", async () => {
    const keys = await hasty({ tries: 1, circuit: { failures: 1, restMilliseconds: 100 } });
    kms.fail("outage");
    await expect(keys.generate({})).rejects.toThrow(KeyServiceUnavailableError);
    await new Promise((resolve) => setTimeout(resolve, 120));
    await Promise.allSettled(Array.from({ length: 10 }, () => keys.generate({})));
    expect(kms.calls).toHaveLength(2);
  });

  test("refusals keep nobody else from asking", async () => {
    // Not hasty: a try that a busy machine answers late would be made again, and not be refused.
    const keys = await kmsKeys(kms.url, FIRST, [], { circuit: { failures: 1, restMilliseconds: 60_000 } });
    const { wrapped } = await keys.generate({});
    await expect(keys.unwrap(wrapped, { other: "context" })).rejects.toThrow(KeyRefusedError);
    kms.fail("denied", 1);
    await expect(keys.unwrap(wrapped, {})).rejects.toThrow(KeyServiceUnavailableError);
    await expect(keys.unwrap(wrapped, {})).resolves.toHaveLength(32);
  });

  test("a hundred who encrypt and read a subject's first value at once ask KMS once", async () => {
    const keys = new DataKeys({ wrappingKeys: await hasty(), subjectKeys: new MemorySubjectKeys() });
    const fields = new FieldEncryption({ keys });
    const place = { category: "customers", record: "c-1", subject: "ada" };
    const values = Array.from({ length: 100 }, async (_, index) => {
      const stored = await fields.encryptValue(index, place, "/ssn");
      return fields.decryptValue(stored, place, "/ssn");
    });
    expect(await Promise.all(values)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(kms.calls).toEqual(["GenerateDataKey"]);
    keys.close();
  });

  test("a key that another one wrapped is refused, not unavailable", async () => {
    const keys = await hasty();
    const successor = await kmsKeys(kms.url, SECOND, [FIRST]);
    const { wrapped } = await keys.generate({});
    await expect(successor.unwrap({ ...wrapped, wrappedBy: SECOND }, {})).rejects.toThrow(KeyRefusedError);
  });

  test("a key that is not configured is not even asked", async () => {
    const keys = await hasty();
    const foreign: WrappedKey = { wrappedBy: SECOND, bytes: Buffer.from("x") };
    await expect(keys.unwrap(foreign, {})).rejects.toThrow(KeyRefusedError);
    await expect(keys.rewrap(foreign, {})).rejects.toThrow(KeyRefusedError);
    expect(kms.calls).toEqual([]);
  });

  test("a replica of a multi-Region key is asked for what the key of the other Region wrapped", async () => {
    const replica = arnOf("mrk-1", "eu-west-1");
    const wrapped = { wrappedBy: arnOf("mrk-1"), bytes: Buffer.from("x") };
    const keys = await kmsKeys(kms.url, replica);
    await expect(keys.unwrap(wrapped, {})).rejects.toThrow(KeyRefusedError);
    expect(kms.calls).toEqual(["Decrypt"]);
  });

  test.each([
    ["the key that wraps", (replica: string) => kmsKeys(kms.url, replica)],
    ["a former one", (replica: string) => kmsKeys(kms.url, arnOf("mrk-2", "eu-west-1"), [replica])],
  ])("a replica that is %s opens what its primary wrapped, whose Region is lost", async (_, there) => {
    const primary = await kmsKeys(kms.url, arnOf("mrk-1"));
    const { wrapped, plaintext } = await primary.generate({ "cqrs:purpose": "backup" });
    kms.lose(REGION);
    await expect(primary.unwrap(wrapped, { "cqrs:purpose": "backup" })).rejects.toThrow(KeyServiceUnavailableError);
    const keys = await there(arnOf("mrk-1", "eu-west-1"));
    await expect(keys.unwrap(wrapped, { "cqrs:purpose": "backup" })).resolves.toEqual(plaintext);
  });
});
