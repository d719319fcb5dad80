import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { Pool } from "pg";
import { cqrsOps, opsEnvironment } from "../../../support/runtime/cqrs-ops";
import { KmsStub } from "../../../support/servers/kms-stub";
import { storeOn } from "../../../support/servers/postgres-store";
import { emptyMoto, whyNoMoto } from "../../../support/servers/running-moto";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { newEvents, newStream } from "../../event-store/events";

const FIRST = "eu-central-1";
const SECOND = "eu-west-1";
/** The first Region's key, and its replica in the second. */
const PRIMARY = `arn:aws:kms:${FIRST}:123456789012:key/mrk-1`;
const REPLICA = `arn:aws:kms:${SECOND}:123456789012:key/mrk-1`;
/** What a platform has that is deployed anew in the second Region. */
const NEW = `arn:aws:kms:${SECOND}:123456789012:key/mrk-2`;
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

const why = whyNoPostgres() ?? whyNoMoto();
const suite = why === undefined ? describe : describe.skip;

// KMS is a stub: moto's multi-Region keys open nothing (5.2.1 keeps 36 letters of their longer ids).
suite(`exports in the second Region, with S3 as moto has it${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let postgres: RunningPostgres;
  let moto: string;
  let kms: KmsStub;
  let pool: Pool;
  let inSecond: Readonly<Record<string, string>>;
  const s3In = (region: string) => new S3Client({ region, endpoint: moto, credentials, forcePathStyle: true });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };

  beforeAll(async () => {
    [postgres, moto, kms] = await Promise.all([startPostgres(), emptyMoto(), KmsStub.start()]);
    pool = new Pool({ connectionString: postgres.url });
    const store = await storeOn(postgres, "event_store");
    await createBucket("exports", FIRST);
    await createBucket("copies", SECOND);

    const at = { AWS_ENDPOINT_URL: moto, AWS_ENDPOINT_URL_KMS: kms.url };
    const environment = { ...opsEnvironment(postgres), ...CREDENTIALS, ...at };
    inSecond = { ...environment, AWS_REGION: SECOND, BACKUP_BUCKET: "copies" };
    const inFirst = { ...environment, AWS_REGION: FIRST, BACKUP_BUCKET: "exports", BACKUP_KMS_KEY_ID: PRIMARY };
    await store.append(newStream(), newEvents(20), "no_stream");
    expect(await cqrsOps(["backup"], inFirst)).toMatchObject({ code: 0 });
    await store.append(newStream(), newEvents(5), "no_stream");
    expect(await cqrsOps(["backup"], inFirst)).toMatchObject({ code: 0 });
    await copyAll();
    kms.lose(FIRST);
    await store.close();
  }, 180_000);
  afterAll(async () => {
    await pool.end();
    await Promise.all([kms.stop(), postgres.stop()]);
  });

  async function createBucket(Bucket: string, region: typeof FIRST | typeof SECOND): Promise<void> {
    const s3 = s3In(region);
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
    s3.destroy();
  }

  /** As S3's replication does. */
  async function copyAll(): Promise<void> {
    const [from, to] = [s3In(FIRST), s3In(SECOND)];
    const { Contents = [] } = await from.send(new ListObjectsV2Command({ Bucket: "exports" }));
    for (const { Key } of Contents) {
      const { Body } = await from.send(new GetObjectCommand({ Bucket: "exports", Key }));
      await to.send(new PutObjectCommand({ Bucket: "copies", Key, Body: await Body?.transformToByteArray() }));
    }
    from.destroy();
    to.destroy();
  }

  const report = async (args: readonly string[], keys: Readonly<Record<string, string>>) => {
    const { code, out } = await cqrsOps(["--json", ...args], { ...inSecond, ...keys });
    return { code, ...JSON.parse(out) };
  };

  test("open by a replica of the key that they were made by, whose Region is lost", async () => {
    expect(await report(["verify"], { BACKUP_KMS_KEY_ID: REPLICA })).toMatchObject({ code: 0, events: 25 });
  }, 60_000);

  test("open to a platform with a key of its own, of which the replica is a former one, and restore", async () => {
    const keys = { BACKUP_KMS_KEY_ID: NEW, BACKUP_FORMER_KMS_KEY_IDS: REPLICA };
    expect(await report(["verify"], keys)).toMatchObject({ code: 0, events: 25 });
    await pool.query("drop schema event_store cascade");
    expect(await report(["restore"], keys)).toMatchObject({ code: 0, events: 25 });
    expect(await report(["backup"], keys)).toMatchObject({ code: 0 });
    expect(await report(["verify", "--store"], keys)).toMatchObject({ code: 0, findings: [] });
  }, 120_000);

  test("do not open by another key alone", async () => {
    expect(await report(["verify"], { BACKUP_KMS_KEY_ID: NEW })).not.toMatchObject({ code: 0 });
  }, 60_000);
});
