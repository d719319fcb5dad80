import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How the stub is to fail: with this many answers of the kind, or with all. */
export type KmsFault = "throttling" | "outage" | "denied" | "hanging" | "reset" | "garbage" | "empty";

interface KmsCall {
  readonly KeyId?: string;
  readonly SourceKeyId?: string;
  readonly DestinationKeyId?: string;
  readonly CiphertextBlob?: string;
  readonly EncryptionContext?: Record<string, string>;
  readonly SourceEncryptionContext?: Record<string, string>;
  readonly DestinationEncryptionContext?: Record<string, string>;
}

/** A refusal by its name, as KMS puts it. */
class Refusal extends Error {}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * A test double: not KMS, but three of its calls (GenerateDataKey, Decrypt, ReEncrypt) as the AWS SDK speaks them, on
 * loopback, with a secret of its own for each key; a multi-Region key's replicas have the same. It checks no signature. What KMS answers to a wrong context or key is
 * as its API reference has it.
 */
export class KmsStub {
  /** Names of the calls that came, in their order. */
  readonly calls: string[] = [];
  private readonly secrets = new Map<string, Buffer>();
  private readonly lost = new Set<string>();
  private fault: { readonly kind: KmsFault; left: number } | undefined;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<KmsStub> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const stub = new KmsStub(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", (request, response) => stub.answer(request, response));
    return stub;
  }

  fail(kind: KmsFault, times = Number.POSITIVE_INFINITY): void {
    this.fault = { kind, left: times };
  }

  recover(): void {
    this.fault = undefined;
  }

  /** From now on nobody answers for the keys of a Region. */
  lose(region: string): void {
    this.lost.add(region);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, name = ""] = `${request.headers["x-amz-target"]}`.split(".");
    this.calls.push(name);
    const chunks = await request.toArray();
    if (this.fault !== undefined && this.fault.left-- > 0) return failed(this.fault.kind, request, response);
    try {
      const call: KmsCall = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      const region = call.KeyId?.split(":")[3] ?? "";
      if (this.lost.has(region)) return failed("outage", request, response);
      send(response, 200, this.done(name, call));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(response, 400, { __type: error.message, message: "as the stub has it" });
    }
  }

  private done(name: string, call: KmsCall): object {
    if (name === "GenerateDataKey") {
      const key = randomBytes(32);
      const CiphertextBlob = this.wrap(call.KeyId, key, call.EncryptionContext);
      return { KeyId: call.KeyId, Plaintext: key.toString("base64"), CiphertextBlob };
    }
    if (name === "Decrypt") {
      const key = this.unwrap(call.KeyId, call.CiphertextBlob, call.EncryptionContext);
      return { KeyId: call.KeyId, Plaintext: key.toString("base64"), EncryptionAlgorithm: "SYMMETRIC_DEFAULT" };
    }
    const key = this.unwrap(call.SourceKeyId, call.CiphertextBlob, call.SourceEncryptionContext);
    const CiphertextBlob = this.wrap(call.DestinationKeyId, key, call.DestinationEncryptionContext);
    return { KeyId: call.DestinationKeyId, SourceKeyId: call.SourceKeyId, CiphertextBlob };
  }

  private wrap(keyId = "", key: Buffer, context: object = {}): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.secretOf(keyId), iv);
    cipher.setAAD(Buffer.from(JSON.stringify(context)));
    const encrypted = Buffer.concat([cipher.update(key), cipher.final()]);
    const named = Buffer.from(`${keyId}\n`);
    return Buffer.concat([named, iv, cipher.getAuthTag(), encrypted]).toString("base64");
  }

  private unwrap(keyId: string | undefined, blob = "", context: object = {}): Buffer {
    const bytes = Buffer.from(blob, "base64");
    const end = bytes.indexOf("\n");
    const wrappedBy = bytes.toString("utf8", 0, end);
    const isKnown = this.secrets.has(keyNameOf(wrappedBy));
    if (keyNameOf(`${keyId}`) !== keyNameOf(wrappedBy) && isKnown) throw new Refusal("IncorrectKeyException");
    const iv = bytes.subarray(end + 1, end + 1 + IV_BYTES);
    const rest = bytes.subarray(end + 1 + IV_BYTES);
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.secretOf(wrappedBy), iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(JSON.stringify(context))).setAuthTag(rest.subarray(0, TAG_BYTES));
      return Buffer.concat([decipher.update(rest.subarray(TAG_BYTES)), decipher.final()]);
    } catch {
      throw new Refusal("InvalidCiphertextException");
    }
  }

  private secretOf(keyId: string): Buffer {
    const name = keyNameOf(keyId);
    const secret = this.secrets.get(name) ?? randomBytes(32);
    this.secrets.set(name, secret);
    return secret;
  }
}

/** The same for all replicas of a multi-Region key. */
const keyNameOf = (arn: string): string => arn.replace(/:kms:[a-z0-9-]+:(?=\d+:key\/mrk-)/, ":kms::");

function failed(kind: KmsFault, request: IncomingMessage, response: ServerResponse): void {
  if (kind === "hanging") return;
  if (kind === "reset") request.socket.destroy();
  else if (kind === "throttling") send(response, 400, { __type: "ThrottlingException", message: "Rate exceeded" });
  else if (kind === "denied") send(response, 400, { __type: "AccessDeniedException", message: "not you" });
  else if (kind === "outage") send(response, 503, { __type: "KMSInternalException", message: "internal" });
  else if (kind === "empty") send(response, 200, {});
  else response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end("<html>");
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
}
