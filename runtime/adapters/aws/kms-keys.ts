import type * as Kms from "@aws-sdk/client-kms";
import { within } from "../../deadline";
import { Circuit, type CircuitLimits } from "../../keys/circuit";
import {
  DATA_KEY_BYTES,
  type KeyContext,
  KeyRefusedError,
  KeyServiceUnavailableError,
  type NewDataKey,
  type Waiting,
  type WrappedKey,
  type WrappingKeys,
} from "../../keys/wrapping-keys";
import { checkKmsKeySettings, type KmsKeySettings, keyNameOf, regionOf } from "./kms-key-settings";

export interface KmsKeysOptions {
  /** What one call may take, with its retries. @default 5000 */
  readonly limitMilliseconds?: number;
  /** What one try may take. @default 1500 */
  readonly tryMilliseconds?: number;
  /** Tries of one call, with back-off between; the SDK tries again after throttling and what may pass. @default 3 */
  readonly tries?: number;
  /** @default - five failures, five seconds of rest */
  readonly circuit?: CircuitLimits;
  /** Another address of KMS: an interface endpoint, or a test's. @default - the Region's */
  readonly endpoint?: string;
}

/** Between hosts of one Region, with TLS: a connection that takes longer will not come. */
const CONNECT_MILLISECONDS = 1000;
/** What KMS says of a wrapped key that was changed, is of another context, or is another key's. */
const REFUSALS = ["InvalidCiphertextException", "IncorrectKeyException"];
const FIRST_SERVER_ERROR = 500;
const THROTTLED = /thrott|TooManyRequests|LimitExceeded/i;

/** Data keys wrapped by a key of AWS KMS. Its keys never leave it, and CloudTrail has each use. */
export class KmsKeys implements WrappingKeys {
  readonly current: string;
  private readonly circuit: Circuit;
  /** Keys that may open, by what is the same for all replicas of one. */
  private readonly trusted: ReadonlyMap<string, string>;

  private constructor(
    private readonly kms: typeof Kms,
    private readonly client: Kms.KMSClient,
    { keyId, formerKeyIds = [] }: KmsKeySettings,
    private readonly limitMilliseconds: number,
    circuit: CircuitLimits | undefined,
  ) {
    this.current = keyId;
    this.circuit = new Circuit(circuit);
    this.trusted = new Map([...formerKeyIds, keyId].map((id) => [keyNameOf(id), id]));
  }

  /**
   * Asks nothing yet. Credentials come as the SDK finds them: on EKS, those of the pod.
   * @throws {SettingsError} for what is no key's ARN.
   */
  static async create(settings: KmsKeySettings, options: KmsKeysOptions = {}): Promise<KmsKeys> {
    checkKmsKeySettings(settings);
    const { limitMilliseconds = 5000, tryMilliseconds = 1500, tries = 3, circuit, endpoint } = options;
    const kms = await import("@aws-sdk/client-kms");
    const client = new kms.KMSClient({
      region: regionOf(settings.keyId),
      endpoint,
      maxAttempts: tries,
      retryMode: "standard",
      requestHandler: {
        connectionTimeout: CONNECT_MILLISECONDS,
        requestTimeout: tryMilliseconds,
        throwOnRequestTimeout: true,
      },
    });
    return new KmsKeys(kms, client, settings, limitMilliseconds, circuit);
  }

  async generate(context: KeyContext, waiting?: Waiting): Promise<NewDataKey> {
    const command = new this.kms.GenerateDataKeyCommand({
      KeyId: this.current,
      KeySpec: "AES_256",
      EncryptionContext: { ...context },
    });
    return this.ask(waiting, async (abortSignal) => {
      const answer = await this.client.send(command, { abortSignal });
      return { plaintext: dataKeyOf(answer.Plaintext), wrapped: this.wrappedOf(answer.CiphertextBlob) };
    });
  }

  async unwrap(wrapped: WrappedKey, context: KeyContext, waiting?: Waiting): Promise<Buffer> {
    const command = new this.kms.DecryptCommand({
      KeyId: this.trustedOf(wrapped),
      CiphertextBlob: wrapped.bytes,
      EncryptionContext: { ...context },
    });
    return this.ask(waiting, async (abortSignal) => {
      const { Plaintext } = await this.client.send(command, { abortSignal });
      return dataKeyOf(Plaintext);
    });
  }

  async rewrap(wrapped: WrappedKey, context: KeyContext, waiting?: Waiting): Promise<WrappedKey> {
    const command = new this.kms.ReEncryptCommand({
      SourceKeyId: this.trustedOf(wrapped),
      DestinationKeyId: this.current,
      CiphertextBlob: wrapped.bytes,
      SourceEncryptionContext: { ...context },
      DestinationEncryptionContext: { ...context },
    });
    return this.ask(waiting, async (abortSignal) => {
      const { CiphertextBlob } = await this.client.send(command, { abortSignal });
      return this.wrappedOf(CiphertextBlob);
    });
  }

  close(): void {
    this.client.destroy();
  }

  /** The key that is asked to open it: who could write to the store of keys must not choose it. */
  private trustedOf({ wrappedBy }: WrappedKey): string {
    const id = this.trusted.get(keyNameOf(wrappedBy));
    if (id === undefined) throw new KeyRefusedError(new Error(`wrapped by ${wrappedBy}, which is not configured`));
    return id;
  }

  private wrappedOf(bytes: Uint8Array | undefined): WrappedKey {
    if (bytes === undefined || bytes.length === 0) throw new Error("KMS answered without a wrapped key");
    return { wrappedBy: this.current, bytes };
  }

  private async ask<Answer>({ signal }: Waiting = {}, call: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    signal?.throwIfAborted();
    if (!this.circuit.mayAsk()) throw new KeyServiceUnavailableError(new Error("KMS did not answer, and rests"));
    try {
      const answer = await within({ limitMs: this.limitMilliseconds, signals: [signal] }, call);
      this.circuit.answered();
      return answer;
    } catch (error) {
      // Its end was the caller's wish, and says nothing of KMS.
      signal?.throwIfAborted();
      throw this.errorOf(error);
    }
  }

  private errorOf(error: unknown): Error {
    const answer = error instanceof this.kms.KMSServiceException ? error : undefined;
    const isOurs =
      answer !== undefined &&
      (answer.$metadata.httpStatusCode ?? FIRST_SERVER_ERROR) < FIRST_SERVER_ERROR &&
      !THROTTLED.test(answer.name);
    // An answer to this one question, as a refusal by a policy is, must not keep away others.
    if (isOurs) this.circuit.answered();
    else this.circuit.failed();
    return answer !== undefined && REFUSALS.includes(answer.name)
      ? new KeyRefusedError(error)
      : new KeyServiceUnavailableError(error);
  }
}

/** The key in a buffer of its own; the SDK's is zeroed. */
function dataKeyOf(plaintext: Uint8Array | undefined): Buffer {
  if (plaintext?.length !== DATA_KEY_BYTES) throw new Error(`KMS answered without a key of ${DATA_KEY_BYTES} bytes`);
  const key = Buffer.from(plaintext);
  plaintext.fill(0);
  return key;
}
