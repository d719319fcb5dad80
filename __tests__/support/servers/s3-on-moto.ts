import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import type { S3Settings } from "../../../runtime/adapters/aws/s3-settings";
import { S3Storage, type S3StorageOptions } from "../../../runtime/adapters/aws/s3-storage";
import { FaultyS3Proxy } from "./faulty-s3-proxy";
import { emptyMoto } from "./running-moto";

export const S3_SETTINGS: S3Settings = { bucket: "backups-of-tests", region: "eu-central-1", prefix: "orders/test" };
/** What moto takes from anybody. */
export const S3_CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
/** S3's least, and quick to try again. */
export const SMALL_PARTS: S3StorageOptions = { partBytes: 5 * 1024 * 1024, backoffMilliseconds: 5 };

/** S3 as moto has it, behind a proxy that fails as it is told, with an empty bucket. */
export class S3OnMoto {
  private readonly storages: S3Storage[] = [];

  private constructor(
    readonly url: string,
    readonly proxy: FaultyS3Proxy,
    /** Past the proxy, to see what is there. */
    readonly client: S3Client,
    private readonly before: NodeJS.ProcessEnv,
  ) {}

  static async start(): Promise<S3OnMoto> {
    const before = { ...process.env };
    Object.assign(process.env, S3_CREDENTIALS);
    const url = await emptyMoto();
    const client = new S3Client({ region: S3_SETTINGS.region, endpoint: url, forcePathStyle: true });
    const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const;
    await client.send(new CreateBucketCommand({ Bucket: S3_SETTINGS.bucket, CreateBucketConfiguration }));
    return new S3OnMoto(url, await FaultyS3Proxy.start(url), client, before);
  }

  async storage(options: S3StorageOptions = {}, settings: Partial<S3Settings> = {}): Promise<S3Storage> {
    const all = { ...SMALL_PARTS, endpoint: this.proxy.url, ...options };
    const storage = await S3Storage.create({ ...S3_SETTINGS, ...settings }, all);
    this.storages.push(storage);
    return storage;
  }

  /** The keys in S3 of what was begun and not ended. */
  async unfinished(): Promise<readonly (string | undefined)[]> {
    const { Uploads = [] } = await this.client.send(new ListMultipartUploadsCommand({ Bucket: S3_SETTINGS.bucket }));
    return Uploads.map(({ Key }) => Key);
  }

  async stop(): Promise<void> {
    for (const storage of this.storages) storage.close();
    this.client.destroy();
    await this.proxy.stop();
    for (const name of Object.keys(S3_CREDENTIALS)) delete process.env[name];
    Object.assign(process.env, this.before);
  }
}
