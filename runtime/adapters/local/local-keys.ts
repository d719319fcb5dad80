import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  DATA_KEY_BYTES,
  type KeyContext,
  KeyRefusedError,
  KeyServiceUnavailableError,
  type NewDataKey,
  type WrappedKey,
  type WrappingKeys,
} from "../../keys/wrapping-keys";
import { SettingsError } from "../../settings";

const ALGORITHM = "aes-256-gcm";
/** NIST SP 800-38D: the IV that GCM is made for, and the whole tag. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** Where it may run. Not "anywhere but in production": an image that says nothing must not pass for a developer's machine. */
const MAY_RUN_IN = ["development", "test"];
/** What EKS, ECS and IAM roles for service accounts give to pods: where one is, KMS can be had. */
const AWS_IDENTITY = [
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_ROLE_ARN",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/**
 * A wrapping key of one's own, for a developer's machine and for tests. Whoever can read the process can read the key, nobody
 * writes down its uses, and it can't be taken back: it does not start where KMS is to be used.
 */
export class LocalKeys implements WrappingKeys {
  readonly current: string;

  private constructor(
    private readonly keys: Map<string, Buffer>,
    current: Buffer,
  ) {
    this.current = nameOf(current);
  }

  /**
   * From `LOCAL_KEY`, or from the file that `LOCAL_KEY_FILE` names: 32 bytes in base64, as `openssl rand -base64 32` makes
   * them. Further keys behind it, with commas between, are former ones that still open.
   * @param kmsName of the setting that names a key of KMS instead.
   * @throws {SettingsError} with everything that is wrong, without a value.
   */
  static fromEnvironment(environment: NodeJS.ProcessEnv, kmsName = "KMS_KEY_ID"): LocalKeys {
    const problems = [...placeProblems(environment, kmsName)];
    const texts = keyTexts(environment);
    if (typeof texts === "string") problems.push(texts);
    const keys = typeof texts === "string" ? [] : texts.map((text) => Buffer.from(text, "base64"));
    if (keys.some(({ length }) => length !== KEY_BYTES))
      problems.push(`the local key must be ${KEY_BYTES} bytes in base64, as \`openssl rand -base64 32\` makes them`);
    const [current] = keys;
    if (problems.length > 0 || current === undefined) throw new SettingsError(problems);
    return new LocalKeys(new Map(keys.map((key) => [nameOf(key), key])), current);
  }

  async generate(context: KeyContext): Promise<NewDataKey> {
    const plaintext = randomBytes(DATA_KEY_BYTES);
    return { plaintext, wrapped: this.wrap(plaintext, context) };
  }

  async unwrap({ wrappedBy, bytes }: WrappedKey, context: KeyContext): Promise<Buffer> {
    const key = this.keys.get(wrappedBy);
    if (key === undefined || bytes.length !== IV_BYTES + TAG_BYTES + DATA_KEY_BYTES) throw new KeyRefusedError();
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(bytesOf(context)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const plaintext = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
    try {
      decipher.final();
      return plaintext;
    } catch (error) {
      plaintext.fill(0);
      throw new KeyRefusedError(error);
    }
  }

  async rewrap(wrapped: WrappedKey, context: KeyContext): Promise<WrappedKey> {
    const plaintext = await this.unwrap(wrapped, context);
    const again = this.wrap(plaintext, context);
    plaintext.fill(0);
    return again;
  }

  close(): void {
    for (const key of this.keys.values()) key.fill(0);
    // Nothing must ever be wrapped by zeros.
    this.keys.clear();
  }

  private wrap(plaintext: Buffer, context: KeyContext): WrappedKey {
    const key = this.keys.get(this.current);
    if (key === undefined) throw new KeyServiceUnavailableError(new Error("the local keys are closed"));
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
    const encrypted = cipher.setAAD(bytesOf(context)).update(plaintext);
    cipher.final();
    return { wrappedBy: this.current, bytes: Buffer.concat([iv, cipher.getAuthTag(), encrypted]) };
  }
}

function placeProblems(environment: NodeJS.ProcessEnv, kmsName: string): readonly string[] {
  const identity = AWS_IDENTITY.filter((name) => environment[name] !== undefined);
  return [
    ...(MAY_RUN_IN.includes(environment.NODE_ENV ?? "")
      ? []
      : [`NODE_ENV must be ${MAY_RUN_IN.join(" or ")} for a local key: services use KMS, by ${kmsName}`]),
    ...(identity.length === 0
      ? []
      : [`a local key does not start with ${identity.join(", ")} set: this runs on AWS, and KMS can be had`]),
  ];
}

/** Or what is wrong with where they should be. */
function keyTexts({ LOCAL_KEY: key, LOCAL_KEY_FILE: file }: NodeJS.ProcessEnv): readonly string[] | string {
  if ((key === undefined) === (file === undefined)) return "LOCAL_KEY or LOCAL_KEY_FILE must be given, and not both";
  try {
    return (key ?? readFileSync(file ?? "", "utf8")).split(",").map((text) => text.trim());
  } catch {
    return "LOCAL_KEY_FILE can't be read";
  }
}

/** Says which it is, and nothing of what it is. */
const nameOf = (key: Buffer): string => `local:${createHash("sha256").update(key).digest("hex").slice(0, 16)}`;

/** The same bytes for the same context, in whatever order it was written. */
const bytesOf = (context: KeyContext): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
