import type { Readable } from "node:stream";
import type { GetObjectCommand, GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { BackupStorageError } from "../../recovery/backup/backup-storage";
import { PartChecksums } from "./part-checksums";
import type { S3Calls, S3Question } from "./s3-calls";
import { portErrorOf, WrongAnswerError } from "./s3-errors";
import { METADATA, type S3Place } from "./s3-place";

/** After so many bytes it is another interruption, and not the same again. */
const PROGRESS_BYTES = 1024 * 1024;
/** What an object of parts has behind its checksum: how many they were. */
const PARTS = /-(\d+)$/;

/** The object that is read, as the first answer has it. */
interface Begun {
  readonly etag: string | undefined;
  readonly bytes: number;
  /** @default - S3 does not say, or not so that it could be computed: the object was not written through this port */
  readonly expected?: string;
  readonly received: PartChecksums;
}

/** One read of one object: the same object to the end, however often the connection breaks. */
export class S3Download {
  private begun: Begun | undefined;
  private position = 0;

  constructor(
    private readonly calls: S3Calls,
    private readonly place: S3Place,
    private readonly question: S3Question,
    private readonly silenceMilliseconds: number,
  ) {}

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let failures = 1, failedAt = 0; ; failures++) {
      const interruption = yield* this.rest();
      if (interruption === undefined) return;
      if (this.position - failedAt >= PROGRESS_BYTES) failures = 1;
      failedAt = this.position;
      if (!this.calls.mayTryAgain(failures)) throw portErrorOf("read", this.question.key, interruption);
      await this.calls.pause(this.question, failures);
    }
  }

  /** @returns why it did not come to the end, if it did not. */
  private async *rest(): AsyncGenerator<Uint8Array, unknown, undefined> {
    const { signal } = this.question;
    const answer = await this.open();
    this.begun ??= begin(answer);
    // In Node, the SDK's body is the answer of node:http.
    const body = answer.Body as Readable;
    const pieces: AsyncIterator<Uint8Array, undefined> = body[Symbol.asyncIterator]();
    try {
      while (true) {
        const next = await this.calls
          .within(signal, () => pieces.next(), this.silenceMilliseconds)
          .catch((failure: unknown) => ({ failure }));
        signal?.throwIfAborted();
        if ("failure" in next && this.position < this.begun.bytes) return next.failure;
        if ("failure" in next || next.done === true) return this.atEnd(this.begun);
        this.begun.received.update(next.value);
        this.position += next.value.length;
        yield next.value;
        signal?.throwIfAborted();
      }
    } finally {
      body.destroy();
    }
  }

  private atEnd({ bytes, expected, received }: Begun): unknown {
    if (this.position < bytes) return new Error(`ended at ${this.position} of ${bytes} bytes`);
    const checksum = received.digest();
    if (expected !== undefined && checksum !== expected)
      throw new BackupStorageError(
        this.question.key,
        new WrongAnswerError(`sent ${expected}, received ${checksum}`),
        "other bytes came than were written",
      );
    return undefined;
  }

  /** From the position on, and of no other object that has since taken its place. */
  private open(): Promise<GetObjectCommandOutput> {
    const { begun, position } = this;
    const command = new this.calls.s3.GetObjectCommand({
      ...this.place.of(this.question.key),
      ...(begun === undefined ? {} : { Range: `bytes=${position}-`, IfMatch: begun.etag }),
    });
    askChecksum(command);
    return this.calls.ask(this.question, async (options) => {
      const answer = await this.calls.client.send(command, options);
      const isRest = answer.ContentRange === `bytes ${position}-${(begun?.bytes ?? 0) - 1}/${begun?.bytes}`;
      if (answer.ContentLength !== undefined && (begun === undefined || isRest)) return answer;
      (answer.Body as Readable).destroy();
      throw new WrongAnswerError(`other bytes than those from ${position} on`);
    });
  }
}

function begin({ ETag, ContentLength = 0, ChecksumSHA256, ChecksumType, Metadata }: GetObjectCommandOutput): Begun {
  const object = { etag: ETag, bytes: ContentLength };
  const parts = PARTS.exec(ChecksumSHA256 ?? "")?.[1];
  if (parts === undefined && ChecksumType !== "COMPOSITE")
    return { ...object, expected: ChecksumSHA256, received: new PartChecksums(undefined) };
  const partBytes = Number(Metadata?.[METADATA.partBytes]);
  // A copy may be of other parts than its original, and says the same of itself.
  const isOfParts = partBytes > 0 && (parts === undefined || Math.ceil(ContentLength / partBytes) === Number(parts));
  return {
    ...object,
    expected: isOfParts ? ChecksumSHA256?.replace(PARTS, "") : undefined,
    received: new PartChecksums(isOfParts ? partBytes : undefined),
  };
}

/**
 * Asks S3 for the checksum without the SDK's knowledge, which would compare it of each answer: not of objects of parts, not
 * with the rest of an object, and without telling a broken connection.
 */
function askChecksum(command: GetObjectCommand): void {
  command.middlewareStack.add(
    (next) => (step) => {
      const { headers } = step.request as { readonly headers: Record<string, string> };
      headers["x-amz-checksum-mode"] = "ENABLED";
      return next(step);
    },
    { step: "build", name: "askChecksum" },
  );
}
