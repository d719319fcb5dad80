import type * as S3 from "@aws-sdk/client-s3";
import type { Waiting } from "../../keys/wrapping-keys";
import {
  type BackupStorage,
  BackupStorageError,
  checkKey,
  ObjectExistsError,
  ObjectMissingError,
  type StoredObject,
  type Writing,
  type WrittenObject,
} from "../../recovery/backup/backup-storage";
import type { S3StorageSettings } from "./s3-storage-settings";
import { MIN_PART_BYTES, upload } from "./s3-upload";

export interface S3StorageOptions {
  /** Of an upload, 5 MiB at least. @default 8388608 */
  readonly partBytes?: number;
  /** Parts that are under way at a time: as many, and one, are in memory. @default 3 */
  readonly atOnce?: number;
  /** Tries of one request, with back-off between. @default 5 */
  readonly tries?: number;
  /** How long a connection may say nothing. @default 30000 */
  readonly silenceMilliseconds?: number;
  /** Another address of S3: an interface endpoint, or a test's. @default - the Region's */
  readonly endpoint?: string;
}

const DEFAULT_PART_BYTES = 8 * 1024 * 1024;
const DEFAULT_AT_ONCE = 3;
const DEFAULT_TRIES = 5;
const DEFAULT_SILENCE_MILLISECONDS = 30_000;
const CONNECT_MILLISECONDS = 3_000;
/** Of one read: each goes on where the one before it broke off. */
const READS = 5;

/** Objects of a bucket. Its encryption, versions and locks are the bucket's own, as the platform makes it. */
export class S3Storage implements BackupStorage {
  readonly place: string;

  private constructor(
    private readonly s3: typeof S3,
    private readonly client: S3.S3Client,
    private readonly settings: S3StorageSettings,
    private readonly options: Required<Pick<S3StorageOptions, "partBytes" | "atOnce">>,
  ) {
    this.place = `s3://${settings.bucket}/${settings.prefix ?? ""}`;
  }

  /** Asks nothing yet. Credentials come as the SDK finds them: on EKS, those of the pod. @throws {RangeError} for small parts. */
  static async create(settings: S3StorageSettings, options: S3StorageOptions = {}): Promise<S3Storage> {
    const { partBytes = DEFAULT_PART_BYTES, atOnce = DEFAULT_AT_ONCE, tries = DEFAULT_TRIES, endpoint } = options;
    if (partBytes < MIN_PART_BYTES)
      throw new RangeError(`partBytes: must be at least ${MIN_PART_BYTES}, got ${partBytes}`);
    const s3 = await import("@aws-sdk/client-s3");
    const requestTimeout = options.silenceMilliseconds ?? DEFAULT_SILENCE_MILLISECONDS;
    const client = new s3.S3Client({
      region: settings.region,
      endpoint,
      // A bucket's name as a host is no name of a test's server.
      forcePathStyle: endpoint !== undefined,
      maxAttempts: tries,
      requestHandler: {
        connectionTimeout: CONNECT_MILLISECONDS,
        requestTimeout,
        socketTimeout: requestTimeout,
        throwOnRequestTimeout: true,
      },
      // What an object's bytes should be is known by its manifest; parts carry theirs.
      responseChecksumValidation: "WHEN_REQUIRED",
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
    return new S3Storage(s3, client, settings, { partBytes, atOnce });
  }

  async write(
    key: string,
    bytes: AsyncIterable<Uint8Array>,
    { ifAbsent = false, signal }: Writing = {},
  ): Promise<WrittenObject> {
    const source = new Source(bytes);
    const { s3, client, options } = this;
    try {
      const target = { s3, client, ...this.at(key), ...options, ifAbsent, abortSignal: signal };
      return { key, ...(await upload(target, source.bytes())) };
    } catch (error) {
      if (source.failure !== undefined) throw source.failure.error;
      throw this.errorOf(key, error, signal);
    }
  }

  async *read(key: string, { signal }: Waiting = {}): AsyncGenerator<Uint8Array> {
    const { s3, client } = this;
    let [read, total, version] = [0, Number.POSITIVE_INFINITY, undefined as string | undefined];
    for (let tries = 1; read < total; tries++) {
      try {
        // The same object to its end, whatever takes its place meanwhile.
        const rest = read > 0 ? { Range: `bytes=${read}-`, IfMatch: version } : {};
        const answer = await client.send(new s3.GetObjectCommand({ ...this.at(key), ...rest }), {
          abortSignal: signal,
        });
        version = answer.ETag;
        total = read + (answer.ContentLength ?? 0);
        for await (const piece of answer.Body as AsyncIterable<Uint8Array>) {
          read += piece.length;
          yield piece;
        }
        if (read < total) throw new Error(`it broke off after ${read} of ${total} bytes`);
      } catch (error) {
        const told = this.errorOf(key, error, signal);
        if (tries === READS || !(told instanceof BackupStorageError) || !hasBrokenOff(error)) throw told;
      }
    }
  }

  async *list(prefix: string, { signal }: Waiting = {}): AsyncGenerator<StoredObject> {
    const { s3, client, settings } = this;
    const before = settings.prefix ?? "";
    const asked = { Bucket: settings.bucket, Prefix: `${before}${prefix}` };
    for (let ContinuationToken: string | undefined, more = true; more; ) {
      const command = new s3.ListObjectsV2Command({ ...asked, ContinuationToken });
      const page = await this.told(prefix, signal, client.send(command, { abortSignal: signal }));
      for (const { Key = "", Size = 0 } of page.Contents ?? []) yield { key: Key.slice(before.length), bytes: Size };
      ContinuationToken = page.NextContinuationToken;
      more = ContinuationToken !== undefined;
    }
  }

  async delete(key: string, { signal }: Waiting = {}): Promise<void> {
    const command = new this.s3.DeleteObjectCommand(this.at(key));
    await this.told(key, signal, this.client.send(command, { abortSignal: signal }));
  }

  async discardUnfinished(prefix: string, { signal }: Waiting = {}): Promise<void> {
    const { s3, client, settings } = this;
    const { bucket: Bucket, prefix: before = "" } = settings;
    const ask = { abortSignal: signal };
    for (let markers: S3.ListMultipartUploadsCommandInput | undefined = { Bucket }; markers !== undefined; ) {
      const command = new s3.ListMultipartUploadsCommand({ ...markers, Prefix: `${before}${prefix}` });
      const page: S3.ListMultipartUploadsCommandOutput = await this.told(prefix, signal, client.send(command, ask));
      for (const { Key, UploadId } of page.Uploads ?? []) {
        const abort = new s3.AbortMultipartUploadCommand({ Bucket, Key, UploadId });
        await this.told(prefix, signal, client.send(abort, ask));
      }
      const { IsTruncated, NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      markers = IsTruncated === true ? { Bucket, KeyMarker, UploadIdMarker } : undefined;
    }
  }

  close(): void {
    this.client.destroy();
  }

  private at(key: string) {
    const { bucket, prefix = "" } = this.settings;
    return { Bucket: bucket, Key: `${prefix}${checkKey(key)}` };
  }

  private async told<Result>(key: string, signal: AbortSignal | undefined, work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      throw this.errorOf(key, error, signal);
    }
  }

  private errorOf(key: string, error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted === true) return signal.reason;
    const { name, $metadata } = error as { name?: unknown; $metadata?: { httpStatusCode?: number } };
    if (name === "NoSuchKey") return new ObjectMissingError(key);
    const status = $metadata?.httpStatusCode;
    // Of two writers at once, one is told by the second of these.
    if (status === 412 || name === "ConditionalRequestConflict") return new ObjectExistsError(key);
    return new BackupStorageError(key, error);
  }
}

/** An answer that ended before its end, and not one that said no. */
function hasBrokenOff(error: unknown): boolean {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode === undefined;
}

/** Where bytes come from, so that what goes wrong there is not taken for the storage's. */
class Source {
  failure: { readonly error: unknown } | undefined;

  constructor(private readonly from: AsyncIterable<Uint8Array>) {}

  async *bytes(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.from;
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}
