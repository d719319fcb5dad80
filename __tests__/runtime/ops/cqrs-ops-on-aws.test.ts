import { Pool } from "pg";
import { S3Storage } from "../../../runtime/adapters/aws/s3-storage";
import type { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresSubjectKeys } from "../../../runtime/adapters/postgres/postgres-subject-keys";
import { FORGOTTEN } from "../../../runtime/keys/subject-keys";
import { DeletedSubjects } from "../../../runtime/recovery/subjects/deleted-subjects";
import { cqrsOps, opsEnvironment } from "../../support/runtime/cqrs-ops";
import { cqrsOpsBySchedule } from "../../support/runtime/cqrs-ops-in-process";
import { storeOn } from "../../support/servers/postgres-store";
import { emptyMoto, whyNoMoto } from "../../support/servers/running-moto";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { newEvents, newStream } from "../event-store/events";

const REGION = "eu-central-1";
const BUCKET = "production-exports";
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

const why = whyNoPostgres() ?? whyNoMoto();
const suite = why === undefined ? describe : describe.skip;

suite(`cqrs-ops with S3 and KMS as moto has them${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let postgres: RunningPostgres;
  let moto: string;
  let pool: Pool;
  let store: PostgresEventStore;
  /** What AWS's SDK reads by itself, of the process that it is in. */
  let aws: Readonly<Record<string, string>>;
  let environment: Readonly<Record<string, string>>;
  let before: NodeJS.ProcessEnv;

  beforeAll(async () => {
    [postgres, moto] = await Promise.all([startPostgres(), emptyMoto()]);
    pool = new Pool({ connectionString: postgres.url });
    store = await storeOn(postgres, "event_store");
    const { CreateKeyCommand, KMSClient } = await import("@aws-sdk/client-kms");
    const { CreateBucketCommand, S3Client } = await import("@aws-sdk/client-s3");
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const at = { region: REGION, endpoint: moto, credentials };
    const kms = new KMSClient(at);
    const key = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
    kms.destroy();
    const s3 = new S3Client({ ...at, forcePathStyle: true });
    const location = { LocationConstraint: REGION } as const;
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: location }));
    s3.destroy();
    aws = { ...CREDENTIALS, AWS_REGION: REGION, AWS_ENDPOINT_URL: moto };
    environment = {
      ...opsEnvironment(postgres),
      ...aws,
      BACKUP_BUCKET: BUCKET,
      BACKUP_PREFIX: "orders/",
      BACKUP_KMS_KEY_ID: key,
    };
  }, 120_000);
  afterAll(async () => {
    await store.close();
    await pool.end();
    await postgres.stop();
  });

  beforeEach(() => {
    before = { ...process.env };
    Object.assign(process.env, aws);
  });
  afterEach(() => {
    for (const name of Object.keys(aws)) delete process.env[name];
    Object.assign(process.env, before);
  });

  const reportBy =
    (tool: typeof cqrsOpsBySchedule) =>
    async (args: readonly string[], other: Readonly<Record<string, string>> = {}) => {
      const { code, out, progress } = await tool(["--json", ...args], { ...environment, ...other });
      return { code, progress, ...JSON.parse(out) };
    };
  const report = reportBy(cqrsOpsBySchedule);
  const reportOfProcess = reportBy(cqrsOps);

  test("backs up, lists, verifies and restores", async () => {
    await store.append(newStream(), newEvents(20), "no_stream");
    const full = await reportOfProcess(["backup"]);
    expect(full).toMatchObject({ code: 0, place: `s3://${BUCKET}/orders/`, "events in it": 20 });
    await store.append(newStream(), newEvents(5), "no_stream");
    expect(await report(["backup"])).toMatchObject({ code: 0, "goes on from": full.backup, "events in it": 5 });
    expect((await report(["list"])).backups).toHaveLength(2);
    expect(await report(["verify", "--store"])).toMatchObject({ code: 0, events: 25, findings: [] });
    await pool.query("drop schema event_store cascade");
    expect(await reportOfProcess(["restore"])).toMatchObject({ code: 0, events: 25 });
    expect(await report(["verify", "--store"])).toMatchObject({ code: 0, "events that are the same": 25 });
  }, 60_000);

  describe("with the subjects' keys in a database that a secret names", () => {
    const SUBJECT_KEYS_SECRET = "production/subject-keys";
    const says = async (SecretString: string) => {
      const sdk = await import("@aws-sdk/client-secrets-manager");
      const client = new sdk.SecretsManagerClient({ region: REGION, endpoint: moto });
      await client
        .send(new sdk.CreateSecretCommand({ Name: SUBJECT_KEYS_SECRET, SecretString }))
        .catch(() => client.send(new sdk.PutSecretValueCommand({ SecretId: SUBJECT_KEYS_SECRET, SecretString })));
      client.destroy();
    };

    test.each([["restore"], ["forget"]])(
      "%s forgets again",
      async (command) => {
        await says(postgres.url);
        const keys = new PostgresSubjectKeys({ pool });
        await keys.migrate();
        const storage = await S3Storage.create(
          { bucket: BUCKET, region: REGION, prefix: "orders" },
          { endpoint: moto },
        );
        const subject = `forgotten by ${command}`;
        await new DeletedSubjects(storage, keys).record(subject);
        storage.close();
        await keys.putIfAbsent({
          ...{ id: `key of ${command}`, subject, generation: 1 },
          wrapped: { wrappedBy: "a-key", bytes: Buffer.from("wrapped") },
        });
        await report(["backup"]);
        await pool.query("drop schema if exists event_store cascade");
        expect(await report([command], { SUBJECT_KEYS_SECRET })).toMatchObject({ code: 0 });
        expect(await keys.newest(subject)).toBe(FORGOTTEN);
        await store.migrate();
      },
      60_000,
    );

    test("what the secret says is not said where it is no address", async () => {
      await says("postgres://keys:pass%zzword@localhost/keys");
      const { error, progress } = await report(["forget"], { SUBJECT_KEYS_SECRET });
      expect(error).toBe("SUBJECT_KEYS_SECRET: must be like postgres://user:password@host:5432/database");
      expect(progress).not.toContain("zzword");
    }, 20_000);

    test("a secret that is not there is said to be missing", async () => {
      expect(await report(["forget"], { SUBJECT_KEYS_SECRET: "production/nothing" })).toMatchObject({
        ...{ code: 2, error: expect.stringMatching(/^secret: must be there, is not/) },
      });
    }, 20_000);
  });

  test("says of a bucket that is not there that nothing could be checked", async () => {
    expect(await report(["list"], { BACKUP_BUCKET: "nobodys-bucket" })).toMatchObject({
      ...{ code: 2, outcome: "could not check" },
      error: expect.stringContaining("bucket does not exist"),
    });
  }, 20_000);

  test("says of a key that is not there that nothing could be checked", async () => {
    const other = `arn:aws:kms:${REGION}:123456789012:key/00000000-0000-0000-0000-000000000000`;
    expect(await report(["backup"], { BACKUP_KMS_KEY_ID: other })).toMatchObject({
      code: 2,
      outcome: "could not check",
    });
  }, 30_000);

  test("says all that is wrong with what it is told", async () => {
    const { progress } = await cqrsOpsBySchedule(["list"], {
      ...environment,
      BACKUP_BUCKET: "A",
      AWS_REGION: "here",
      BACKUP_PREFIX: "/",
    });
    expect(progress).toContain(
      "BACKUP_BUCKET must be a bucket's name, not its ARN, got \"A\"; AWS_REGION must be the bucket's Region",
    );
  }, 20_000);
});
