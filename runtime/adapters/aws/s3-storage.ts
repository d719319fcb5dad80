import type { ListMultipartUploadsCommandOutput } from "@aws-sdk/client-s3";
import type { Waiting } from "../../keys/wrapping-keys";
import {
  type BackupStorage,
  checkKey,
  isKey,
  type StoredObject,
  type Writing,
  type WrittenObject,
} from "../../recovery/backup/backup-storage";
import { SettingsError } from "../../settings";
import { S3Calls, type S3Limits } from "./s3-calls";
import { S3Download } from "./s3-download";
import { nameOf } from "./s3-errors";
import { S3Place } from "./s3-place";
import { checkS3Settings, type S3Settings } from "./s3-settings";
import { S3Upload } from "./s3-upload";

export interface S3StorageOptions extends S3Limits {
  /** Of each part but the last. S3 takes 10,000 of an object: of 8 MiB, 78 GiB. @default 8 MiB */
  readonly partBytes?: number;
  /** Parts of one write in memory, being filled or sent: a write holds so many times `partBytes`, however large it is. @default 4 */
  readonly partsAtOnce?: number;
  /** How long a read waits for the next bytes before it asks for the rest anew. @default 30000 */
  readonly silenceMilliseconds?: number;
  /** Another address of S3: an interface endpoint, or a test's. @default - the Region's */
  readonly endpoint?: string;
}

const MEBIBYTE = 1024 * 1024;
/** S3: at least 5 MiB. At most what is still sensible to send again as a whole. */
const PART_BYTES = { least: 5 * MEBIBYTE, most: 1024 * MEBIBYTE, default: 8 * MEBIBYTE };
const PARTS_AT_ONCE = { least: 1, most: 64, default: 4 };
/** S3 answers from within the Region: a connection that takes longer will not come. */
const CONNECT_MILLISECONDS = 5000;

/** Backups in a bucket of S3, or of a storage with S3's protocol that knows conditional writes. */
export class S3Storage implements BackupStorage {
  readonly place: string;

  private constructor(
    private readonly calls: S3Calls,
    private readonly keys: S3Place,
    private readonly options: S3StorageOptions,
  ) {
    this.place = `${keys}`;
  }

  /**
   * Asks nothing yet. Credentials come as the SDK finds them: on EKS, those of the pod.
   * @throws {SettingsError} with everything that is wrong.
   */
  static async create(settings: S3Settings, options: S3StorageOptions = {}): Promise<S3Storage> {
    checkS3Settings(settings);
    checkOptions(options);
    const s3 = await import("@aws-sdk/client-s3");
    const { endpoint } = options;
    const client = new s3.S3Client({
      region: settings.region,
      endpoint,
      forcePathStyle: endpoint !== undefined,
      // S3Calls tries again, and knows more: what was damaged on its way, and what is the caller's wish.
      maxAttempts: 1,
      // Each answer that has a checksum is compared where it is known of what.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      // It would cost a connection for each part.
      expectContinueHeader: false,
      requestHandler: { connectionTimeout: CONNECT_MILLISECONDS },
    });
    return new S3Storage(new S3Calls(s3, client, options), new S3Place(settings), options);
  }

  /** When the answers to its last step are lost, and S3 can't be asked any more, an object may be there that is said not to be. */
  async write(key: string, bytes: AsyncIterable<Uint8Array>, options: Writing = {}): Promise<WrittenObject> {
    checkKey(key);
    options.signal?.throwIfAborted();
    const { partBytes = PART_BYTES.default, partsAtOnce = PARTS_AT_ONCE.default } = this.options;
    return new S3Upload(this.calls, this.keys, key, { partBytes, partsAtOnce }, options).write(bytes);
  }

  async *read(key: string, { signal }: Waiting = {}): AsyncGenerator<Uint8Array, void, undefined> {
    checkKey(key);
    const { silenceMilliseconds = 30_000 } = this.options;
    yield* new S3Download(this.calls, this.keys, { action: "read", key, signal }, silenceMilliseconds).read();
  }

  async *list(prefix: string, { signal }: Waiting = {}): AsyncGenerator<StoredObject, void, undefined> {
    let next: string | undefined;
    do {
      const command = new this.calls.s3.ListObjectsV2Command({ ...this.keys.below(prefix), ContinuationToken: next });
      const page = await this.calls.ask({ action: "list", key: prefix, signal }, (options) =>
        this.calls.client.send(command, options),
      );
      for (const { Key, Size = 0 } of page.Contents ?? []) {
        const key = this.keys.keyOf(Key);
        if (isKey(key)) yield { key, bytes: Size };
        signal?.throwIfAborted();
      }
      next = page.NextContinuationToken;
    } while (next !== undefined);
  }

  async delete(key: string, { signal }: Waiting = {}): Promise<void> {
    const command = new this.calls.s3.DeleteObjectCommand(this.keys.of(checkKey(key)));
    await this.calls.ask({ action: "delete", key, signal }, (options) => this.calls.client.send(command, options));
  }

  async discardUnfinished(prefix: string, { signal }: Waiting = {}): Promise<void> {
    const question = { action: "discard", key: prefix, signal } as const;
    let after: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } | undefined = {};
    while (after !== undefined) {
      const list = { ...this.keys.below(prefix), ...after };
      const page: ListMultipartUploadsCommandOutput = await this.calls.ask(question, (options) =>
        this.calls.client.send(new this.calls.s3.ListMultipartUploadsCommand(list), options),
      );
      for (const { Key, UploadId } of page.Uploads ?? []) {
        const abort = new this.calls.s3.AbortMultipartUploadCommand({ Bucket: list.Bucket, Key, UploadId });
        await this.calls.ask(question, (options) => this.calls.client.send(abort, options).catch(unlessEnded));
      }
      const { IsTruncated, NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      after = IsTruncated === true ? { KeyMarker, UploadIdMarker } : undefined;
    }
  }

  close(): void {
    this.calls.close();
  }
}

/** It was finished or ended meanwhile. */
function unlessEnded(error: unknown): undefined {
  if (nameOf(error) !== "NoSuchUpload") throw error;
}

function checkOptions({ partBytes, partsAtOnce }: S3StorageOptions): void {
  const problem = (name: string, value: number, { least, most }: { least: number; most: number }) =>
    Number.isInteger(value) && value >= least && value <= most
      ? []
      : [`${name}: must be a whole number from ${least} to ${most}, got ${value}`];
  const problems = [
    ...problem("partBytes", partBytes ?? PART_BYTES.default, PART_BYTES),
    ...problem("partsAtOnce", partsAtOnce ?? PARTS_AT_ONCE.default, PARTS_AT_ONCE),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
}
