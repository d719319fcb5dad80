import { SettingsError } from "../../settings";
import { regionOf } from "./kms-key-settings";

/** Which bucket backups are kept in, and where in it. */
export interface S3Settings {
  readonly bucket: string;
  /** The bucket's own. */
  readonly region: string;
  /** Folders above all keys, without a slash at the end. @default - none */
  readonly prefix?: string;
  /**
   * ARN of the KMS key that encrypts. @default - the bucket's own setting: asked for `aws:kms` without a key, S3 would take the
   * account's key for S3, which no other account can be let use.
   */
  readonly kmsKeyId?: string;
}

/** S3's rules for names, as far as they are of one name. Neither an ARN nor an alias of an access point. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;
const PREFIX = /^[a-z0-9][\w.-]*(?:\/[a-z0-9][\w.-]*)*$/i;
/** S3 has 1,024 bytes for a key; the port's keys take 512, and a slash is between. */
const MAX_PREFIX = 511;

/** What each setting is called where it comes from. */
const NAMES = { bucket: "bucket", region: "region", prefix: "prefix", kmsKeyId: "kmsKeyId" };
const VARIABLES: typeof NAMES = {
  bucket: "BACKUP_BUCKET",
  region: "AWS_REGION",
  prefix: "BACKUP_PREFIX",
  kmsKeyId: "BACKUP_KMS_KEY_ID",
};

/**
 * From `BACKUP_BUCKET`, `AWS_REGION` and, where they are given, `BACKUP_PREFIX` and `BACKUP_KMS_KEY_ID`.
 * @throws {SettingsError} with everything that is missing or wrong.
 */
export function s3Settings(environment: NodeJS.ProcessEnv): S3Settings {
  const { BACKUP_BUCKET: bucket = "", AWS_REGION: region = "", BACKUP_PREFIX, BACKUP_KMS_KEY_ID } = environment;
  const settings = {
    bucket,
    region,
    prefix: (BACKUP_PREFIX ?? "").replace(/\/$/, ""),
    kmsKeyId: BACKUP_KMS_KEY_ID === "" ? undefined : BACKUP_KMS_KEY_ID,
  };
  checkS3Settings(settings, VARIABLES);
  return settings;
}

/** @throws {SettingsError} with everything that is missing or wrong. */
export function checkS3Settings({ bucket, region, prefix = "", kmsKeyId }: S3Settings, names = NAMES): void {
  const problem = (name: string, value: string, isRight: boolean, what: string) => {
    if (isRight) return [];
    return value === "" ? [`${name} is missing`] : [`${name} must be ${what}, got ${JSON.stringify(value)}`];
  };
  const isPrefix = prefix === "" || (PREFIX.test(prefix) && prefix.length <= MAX_PREFIX);
  const keyRegion = kmsKeyId === undefined ? region : regionOf(kmsKeyId);
  const problems = [
    ...problem(names.bucket, bucket, BUCKET.test(bucket), "a bucket's name, not its ARN"),
    ...problem(names.region, region, REGION.test(region), "the bucket's Region, such as eu-central-1"),
    ...problem(
      names.prefix,
      prefix,
      isPrefix,
      `folders of letters, digits, '.', '_' and '-', at most ${MAX_PREFIX} characters`,
    ),
    ...problem(names.kmsKeyId, `${kmsKeyId}`, keyRegion === region, `the ARN of a key in the bucket's Region`),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
}
