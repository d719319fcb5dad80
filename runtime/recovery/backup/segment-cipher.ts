import { finished } from "node:stream/promises";
import type * as Decrypting from "@aws-crypto/decrypt-node";
import type * as Encrypting from "@aws-crypto/encrypt-node";
import type * as Materials from "@aws-crypto/material-management-node";
import type * as RawAes from "@aws-crypto/raw-aes-keyring-node";
import { through } from "./through";

/** Names of ours for the data key of a backup, as the messages' headers carry them. */
const NAMESPACE = "cqrs-ops";
/** One message is one segment. Bytes that are held back until their tag was compared. */
const FRAME_BYTES = 256 * 1024;
const PLACE = "cqrs:segment";

type EncryptionSdk = typeof Decrypting & typeof Encrypting & typeof Materials & typeof RawAes;

/** Loads the optional packages on first use, because they take 0.1 seconds and only backups need them. */
async function loadSdk(): Promise<EncryptionSdk> {
  return {
    ...(await import("@aws-crypto/decrypt-node")),
    ...(await import("@aws-crypto/encrypt-node")),
    ...(await import("@aws-crypto/material-management-node")),
    ...(await import("@aws-crypto/raw-aes-keyring-node")),
  };
}

/**
 * Encrypts segments under a backup's data key, in the AWS Encryption SDK's own message format: AES-256-GCM in frames, with a
 * commitment to the key, and the segment's place authenticated with them. A segment that was cut, changed or put into the
 * place of another does not open.
 */
export class SegmentCipher {
  private constructor(
    private readonly sdk: EncryptionSdk,
    private readonly keyring: RawAes.RawAesKeyringNode,
    private readonly backup: string,
  ) {}

  /** @param backup its id. @param key 32 bytes, which are copied. */
  static async create(backup: string, key: Uint8Array): Promise<SegmentCipher> {
    // The SDK takes an array whose buffer is its own.
    const unencryptedMasterKey = new Uint8Array(key);
    const sdk = await loadSdk();
    const keyring = new sdk.RawAesKeyringNode({
      keyName: backup,
      keyNamespace: NAMESPACE,
      unencryptedMasterKey,
      wrappingSuite: sdk.RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    });
    return new SegmentCipher(sdk, keyring, backup);
  }

  /**
   * Its stream is ended, and never destroyed: in the middle of a message it would throw then where nobody can catch it, and so
   * end the process, instead of what the reader or the bytes have failed by.
   * @throws what `bytes` throws.
   */
  async *encrypt(segment: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const { buildEncrypt, AlgorithmSuiteIdentifier } = this.sdk;
    const stream = buildEncrypt({ commitmentPolicy: this.policy }).encryptStream(this.keyring, {
      suiteId: AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY,
      encryptionContext: this.contextOf(segment),
      frameLength: FRAME_BYTES,
    });
    const made: Uint8Array[] = [];
    stream.on("data", (piece: Uint8Array) => made.push(piece));
    const ended = finished(stream);
    // Told below, or by nobody where nobody reads any more.
    ended.catch(() => undefined);
    try {
      for await (const piece of bytes) {
        await Promise.race([ended, new Promise<unknown>((resolve) => stream.write(piece, resolve))]);
        yield* made.splice(0);
      }
      stream.end();
      await ended;
      yield* made.splice(0);
    } finally {
      stream.end();
    }
  }

  /**
   * @throws {SegmentRefusedError} as soon as a frame is not what was written there; frames before it were given.
   * @throws what `bytes` throws.
   */
  async *decrypt(segment: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const stream = this.sdk.buildDecrypt({ commitmentPolicy: this.policy }).decryptUnsignedMessageStream(this.keyring);
    const wanted = this.contextOf(segment);
    let isOfThisPlace = false;
    stream.on("MessageHeader", ({ encryptionContext: got }: { encryptionContext: Record<string, string> }) => {
      isOfThisPlace = Object.entries(wanted).every(([name, value]) => got[name] === value);
    });
    const source = new Watched(bytes);
    try {
      for await (const piece of through(source, stream)) {
        if (!isOfThisPlace) throw new Error("it is another segment");
        yield piece;
      }
    } catch (error) {
      throw source.failure ?? new SegmentRefusedError(segment, error);
    }
  }

  private get policy(): Materials.CommitmentPolicy {
    return this.sdk.CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT;
  }

  private contextOf(segment: string): Record<string, string> {
    return { "cqrs:backup": this.backup, [PLACE]: segment };
  }
}

/** Far more than a header has before its keys. */
export const HEADER_BYTES = 1024;

/** Where a segment says that it belongs: by its header, which anybody may have written. Undefined where it says nothing. */
export function placeIn(header: Buffer): string | undefined {
  // A name and its value, each with its length in two bytes before it.
  const length = header.indexOf(PLACE) + PLACE.length;
  if (length < PLACE.length || header.length < length + 2) return undefined;
  return header.toString("utf8", length + 2, length + 2 + header.readUInt16BE(length));
}

/** What was read is not what was written: cut, changed, of another place, or under another key. */
export class SegmentRefusedError extends Error {
  override readonly name = "SegmentRefusedError";

  constructor(
    readonly segment: string,
    cause: unknown,
  ) {
    super(`${segment} does not open as what it is said to be`, { cause });
  }
}

/**
 * Where bytes come from, so that what goes wrong there is told from what becomes of them: a stream throws that into a generator
 * that it reads, which would be the same.
 */
class Watched implements AsyncIterable<Uint8Array> {
  failure: unknown;

  constructor(private readonly source: AsyncIterable<Uint8Array>) {}

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const iterator = this.source[Symbol.asyncIterator]();
    return {
      next: () =>
        iterator.next().catch((error) => {
          this.failure = error;
          throw error;
        }),
      return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
    };
  }
}
