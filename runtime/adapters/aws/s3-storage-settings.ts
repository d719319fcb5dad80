import { SettingsError } from "../../settings";

/** Which bucket has the backups. */
export interface S3StorageSettings {
  readonly bucket: string;
  readonly region: string;
  /** Before every key, with a slash at its end. @default - none */
  readonly prefix?: string;
}

/** S3's rules for general purpose buckets, but for dots, which TLS certificates do not take. */
const BUCKET = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;
const PREFIX = /^(?:[a-zA-Z0-9][\w.-]*\/)+$/;

/** From `BACKUP_BUCKET`, `AWS_REGION` and `BACKUP_PREFIX`. @throws {SettingsError} with everything that is missing or wrong. */
export function s3StorageSettings(environment: NodeJS.ProcessEnv): S3StorageSettings {
  const { BACKUP_BUCKET: bucket = "", AWS_REGION: region = "", BACKUP_PREFIX: prefix } = environment;
  const problems = [
    ...(BUCKET.test(bucket) ? [] : [`BACKUP_BUCKET: must be a bucket's name, got '${bucket}'`]),
    ...(REGION.test(region) ? [] : [`AWS_REGION: must be a Region such as eu-central-1, got '${region}'`]),
    ...(prefix === undefined || prefix === "" || PREFIX.test(prefix)
      ? []
      : [`BACKUP_PREFIX: must be folders with a slash at the end, got '${prefix}'`]),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
  return { bucket, region, prefix: prefix === "" ? undefined : prefix };
}
