import { createHash } from "node:crypto";
import type * as S3 from "@aws-sdk/client-s3";

/** Of a general purpose bucket: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;

export interface UploadTarget {
  readonly s3: typeof S3;
  readonly client: S3.S3Client;
  readonly Bucket: string;
  readonly Key: string;
  readonly ifAbsent: boolean;
  readonly partBytes: number;
  /** Parts that are under way at a time: as many, and one, are in memory. */
  readonly atOnce: number;
  readonly abortSignal: AbortSignal | undefined;
}

export interface Uploaded {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Sends bytes as an object: in one request when they are one part, otherwise in several, which are an object once the last
 * request says so. Each carries its SHA-256, which S3 compares. What fails leaves no parts behind.
 */
export async function upload(target: UploadTarget, bytes: AsyncIterable<Uint8Array>): Promise<Uploaded> {
  const whole = createHash("sha256");
  let length = 0;
  const parts = partsOf(bytes, target.partBytes)[Symbol.asyncIterator]();
  const next = async (): Promise<Buffer | undefined> => {
    const { done, value } = await parts.next();
    if (done === true) return undefined;
    whole.update(value);
    length += value.length;
    return value;
  };
  const first = (await next()) ?? Buffer.alloc(0);
  const second = await next();
  if (second === undefined) await putObject(target, first);
  else await new MultipartUpload(target).send(first, second, next);
  return { bytes: length, sha256: whole.digest("hex") };
}

async function putObject(
  { s3, client, Bucket, Key, ifAbsent, abortSignal }: UploadTarget,
  Body: Buffer,
): Promise<void> {
  const ChecksumSHA256 = sha256Of(Body);
  await client.send(
    new s3.PutObjectCommand({ Bucket, Key, Body, ChecksumSHA256, ...(ifAbsent && { IfNoneMatch: "*" }) }),
    { abortSignal },
  );
}

class MultipartUpload {
  private readonly parts: S3.CompletedPart[] = [];
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly target: UploadTarget) {}

  async send(first: Buffer, second: Buffer, next: () => Promise<Buffer | undefined>): Promise<void> {
    const { s3, client, Bucket, Key, abortSignal } = this.target;
    const { UploadId } = await client.send(
      new s3.CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: "SHA256" }),
      { abortSignal },
    );
    if (UploadId === undefined) throw new Error("no id of an upload");
    try {
      await this.begin(UploadId, first);
      for (let part: Buffer | undefined = second; part !== undefined; part = await next())
        await this.begin(UploadId, part);
      await Promise.all(this.underWay);
      await this.complete(UploadId);
    } catch (error) {
      await Promise.allSettled(this.underWay);
      // With no signal: what was given up is taken away all the same.
      await client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => undefined);
      throw error;
    }
  }

  private async begin(UploadId: string, Body: Buffer): Promise<void> {
    const { s3, client, Bucket, Key, abortSignal, atOnce } = this.target;
    const PartNumber = this.parts.length + 1;
    if (PartNumber > MAX_PARTS) throw new RangeError(`an object must have at most ${MAX_PARTS} parts`);
    const ChecksumSHA256 = sha256Of(Body);
    const part: S3.CompletedPart = { PartNumber, ChecksumSHA256 };
    this.parts.push(part);
    const command = new s3.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumSHA256 });
    // The client sends it again by itself.
    const sending = client.send(command, { abortSignal }).then(({ ETag }) => {
      part.ETag = ETag;
      this.underWay.delete(sending);
    });
    // Told by whoever waits for it next.
    sending.catch(() => undefined);
    this.underWay.add(sending);
    if (this.underWay.size >= atOnce) await Promise.race(this.underWay);
  }

  private async complete(UploadId: string): Promise<void> {
    const { s3, client, Bucket, Key, ifAbsent, abortSignal } = this.target;
    const MultipartUpload = { Parts: this.parts };
    const { ChecksumSHA256: got } = await client.send(
      new s3.CompleteMultipartUploadCommand({
        Bucket,
        Key,
        UploadId,
        MultipartUpload,
        ...(ifAbsent && { IfNoneMatch: "*" }),
      }),
      { abortSignal },
    );
    const hash = createHash("sha256");
    for (const { ChecksumSHA256 = "" } of this.parts) hash.update(Buffer.from(ChecksumSHA256, "base64"));
    const wanted = `${hash.digest("base64")}-${this.parts.length}`;
    if (got !== undefined && got !== wanted) throw new Error(`the object's checksum must be ${wanted}, got ${got}`);
  }
}

async function* partsOf(bytes: AsyncIterable<Uint8Array>, partBytes: number): AsyncGenerator<Buffer> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    for (let at = 0; at < piece.length; ) {
      const taken = piece.subarray(at, at + partBytes - length);
      pieces.push(taken);
      length += taken.length;
      at += taken.length;
      if (length < partBytes) continue;
      yield Buffer.concat(pieces);
      [pieces, length] = [[], 0];
    }
  }
  if (length > 0) yield Buffer.concat(pieces);
}

const sha256Of = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("base64");
