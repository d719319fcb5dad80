import { createHash, randomUUID } from "node:crypto";
import type { CompletedPart } from "@aws-sdk/client-s3";
import { eachWithin, within } from "../../deadline";
import { BackupStorageError, type Writing, type WrittenObject } from "../../recovery/backup/backup-storage";
import { compositeOf } from "./part-checksums";
import { type Part, PartBuffers, partsOf } from "./parts";
import type { S3Calls, S3Question, SendOptions } from "./s3-calls";
import { WrongAnswerError } from "./s3-errors";
import { METADATA, type S3Place } from "./s3-place";

/** S3: of one object. */
const MAX_PARTS = 10_000;
/** What the ending of an upload that has failed may take: its parts cost money until it is ended, and its caller waits. */
const LETTING_GO_MILLISECONDS = 10_000;

/** How parts are sent. */
export interface PartLimits {
  readonly partBytes: number;
  /** In memory, being filled or being sent. */
  readonly partsAtOnce: number;
}

/**
 * One write of one object: by one request, or in parts when it is larger than one. lib-storage's Upload is not used: it does not
 * compare what S3 says it has received, allocates for each part anew, and does not know an answer that was lost from a refusal.
 */
export class S3Upload {
  /** Known by S3 with the object, so that an answer that was lost can be asked for again. */
  private readonly writer = randomUUID();
  private readonly stop = new AbortController();
  private readonly whole = createHash("sha256");
  private readonly sending = new Set<Promise<void>>();
  private readonly completed: CompletedPart[] = [];
  private readonly checksums: Buffer[] = [];
  private bytes = 0;
  private uploadId: string | undefined;

  constructor(
    private readonly calls: S3Calls,
    private readonly place: S3Place,
    private readonly key: string,
    private readonly limits: PartLimits,
    private readonly writing: Writing,
  ) {}

  async write(bytes: AsyncIterable<Uint8Array>): Promise<WrittenObject> {
    const { signal } = this.writing;
    try {
      await within({ signals: [signal] }, () =>
        this.sendAll(this.counted(eachWithin({ signals: [this.stop.signal] }, bytes))),
      );
      return { key: this.key, bytes: this.bytes, sha256: this.whole.digest("hex") };
    } catch (error) {
      this.stop.abort(error);
      await this.discard();
      throw error;
    }
  }

  private async *counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of bytes) {
      this.whole.update(piece);
      this.bytes += piece.length;
      yield piece;
    }
  }

  private async sendAll(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const { signal } = this.stop;
    const buffers = new PartBuffers(this.limits.partBytes, this.limits.partsAtOnce);
    for await (const part of partsOf(bytes, buffers, signal)) {
      if (part.isLast && part.number === 1) return this.settled(() => this.put(part));
      this.uploadId ??= await this.begin();
      if (part.number > MAX_PARTS) throw this.tooLarge();
      const sent = this.send(part).catch((error) => this.stop.abort(error));
      this.sending.add(sent);
      sent.then(() => this.sending.delete(sent));
    }
    await Promise.all(this.sending);
    signal.throwIfAborted();
    await this.settled(() => this.complete());
  }

  private put({ bytes, sha256 }: Part): Promise<void> {
    const ChecksumSHA256 = sha256.toString("base64");
    const command = new this.calls.s3.PutObjectCommand({
      ...this.place.of(this.key),
      ...this.place.encryption,
      Body: bytes,
      ChecksumAlgorithm: "SHA256",
      ChecksumSHA256,
      IfNoneMatch: this.ifNoneMatch,
      Metadata: { [METADATA.writer]: this.writer },
    });
    return this.ask(async (options) => {
      checkAnswer((await this.calls.client.send(command, options)).ChecksumSHA256, ChecksumSHA256);
    });
  }

  private begin(): Promise<string> {
    const command = new this.calls.s3.CreateMultipartUploadCommand({
      ...this.place.of(this.key),
      ...this.place.encryption,
      ChecksumAlgorithm: "SHA256",
      // S3 has no other type for SHA-256, which can't be computed of a whole from its parts.
      ChecksumType: "COMPOSITE",
      Metadata: { [METADATA.writer]: this.writer, [METADATA.partBytes]: `${this.limits.partBytes}` },
    });
    return this.ask(async (options) => {
      const { UploadId } = await this.calls.client.send(command, options);
      if (UploadId === undefined) throw new WrongAnswerError("an upload began without an id");
      return UploadId;
    });
  }

  private async send({ number: PartNumber, bytes, sha256, release }: Part): Promise<void> {
    const ChecksumSHA256 = sha256.toString("base64");
    const command = new this.calls.s3.UploadPartCommand({
      ...this.place.of(this.key),
      UploadId: this.uploadId,
      PartNumber,
      Body: bytes,
      ChecksumAlgorithm: "SHA256",
      ChecksumSHA256,
    });
    this.checksums[PartNumber - 1] = sha256;
    this.completed[PartNumber - 1] = await this.ask(async (options) => {
      const answer = await this.calls.client.send(command, options);
      checkAnswer(answer.ChecksumSHA256, ChecksumSHA256);
      return { PartNumber, ETag: answer.ETag, ChecksumSHA256 };
    });
    release();
  }

  private complete(): Promise<void> {
    const command = new this.calls.s3.CompleteMultipartUploadCommand({
      ...this.place.of(this.key),
      UploadId: this.uploadId,
      // S3 compares each with what it has received, and their sizes with that of all.
      MultipartUpload: { Parts: this.completed },
      MpuObjectSize: this.bytes,
      IfNoneMatch: this.ifNoneMatch,
    });
    return this.ask(async (options) => {
      const [checksum] = `${(await this.calls.client.send(command, options)).ChecksumSHA256 ?? ""}`.split("-");
      checkAnswer(checksum === "" ? undefined : checksum, compositeOf(this.checksums));
    });
  }

  /** The last step. When its answer was lost, the next try may be refused because it was done: the object says by whom. */
  private async settled(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.stop.signal.throwIfAborted();
      const isWrong = error instanceof BackupStorageError && error.cause instanceof WrongAnswerError;
      if (isWrong || !(await this.isThere().catch(() => false))) throw error;
    }
  }

  private async isThere(): Promise<boolean> {
    const command = new this.calls.s3.HeadObjectCommand(this.place.of(this.key));
    const { Metadata, ContentLength } = await this.calls.ask({ ...this.question, action: "read" }, (options) =>
      this.calls.client.send(command, options),
    );
    return Metadata?.[METADATA.writer] === this.writer && ContentLength === this.bytes;
  }

  /** What remains is for `discardUnfinished` and the bucket's lifecycle. */
  private async discard(): Promise<void> {
    // A part that comes after the end would be kept, and paid for.
    await Promise.all(this.sending);
    if (this.uploadId === undefined) return;
    const command = new this.calls.s3.AbortMultipartUploadCommand({
      ...this.place.of(this.key),
      UploadId: this.uploadId,
    });
    await within({ limitMs: LETTING_GO_MILLISECONDS }, (signal) =>
      this.calls.ask({ ...this.question, signal }, (options) => this.calls.client.send(command, options)),
    ).catch(() => {});
  }

  private ask<Answer>(send: (options: SendOptions) => Promise<Answer>): Promise<Answer> {
    return this.calls.ask(this.question, send);
  }

  private get question(): S3Question {
    return { action: "write", key: this.key, signal: this.stop.signal };
  }

  private get ifNoneMatch(): string | undefined {
    return this.writing.ifAbsent === true ? "*" : undefined;
  }

  private tooLarge(): Error {
    const most = MAX_PARTS * this.limits.partBytes;
    return new BackupStorageError(
      this.key,
      undefined,
      `it is larger than ${most} bytes: make parts larger, or objects smaller`,
    );
  }
}

/** Whether what has come is what was sent. Other storages with S3's protocol may not say. */
function checkAnswer(received: string | undefined, sent: string): void {
  if (received !== undefined && received !== sent) throw new WrongAnswerError(`received ${received}, sent ${sent}`);
}
