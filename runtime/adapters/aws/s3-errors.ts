import { BackupStorageError, ObjectExistsError, ObjectMissingError } from "../../recovery/backup/backup-storage";

/** What S3 is asked to do. */
export type S3Action = "write" | "read" | "list" | "delete" | "discard";

/** S3 has answered, and not what it should have: as a refusal it would be right. */
export class WrongAnswerError extends Error {
  override readonly name = "WrongAnswerError";
}

/** What each action needs, as policies name it. Without s3:ListBucket, S3 refuses to say that an object is not there. */
const PERMISSIONS: Readonly<Record<S3Action, string>> = {
  write: "s3:PutObject and s3:AbortMultipartUpload on its objects, kms:GenerateDataKey and kms:Decrypt on its key",
  read: "s3:GetObject on its objects, s3:ListBucket on the bucket, kms:Decrypt on its key",
  list: "s3:ListBucket on the bucket",
  delete: "s3:DeleteObject on its objects",
  discard: "s3:ListBucketMultipartUploads on the bucket, s3:AbortMultipartUpload on its objects",
};
const ANOTHER_REGION = "the bucket is in another Region: AWS_REGION must be the bucket's";
const NOT_ACCEPTED = "the credentials are not accepted: they are expired, withdrawn or of another partition";
const KEY_UNUSABLE = "its KMS key can't be used: it is disabled, deleted or of another Region";
/** By the codes of S3's errors, and by the names of the SDK's own. */
const ADVICE: Readonly<Record<string, string>> = {
  NoSuchBucket: "there is no such bucket: create it, or change BACKUP_BUCKET",
  PermanentRedirect: ANOTHER_REGION,
  AuthorizationHeaderMalformed: ANOTHER_REGION,
  IllegalLocationConstraintException: ANOTHER_REGION,
  CredentialsProviderError: "there are no credentials: a pod has those of its role, a person those of AWS_PROFILE",
  ExpiredToken: NOT_ACCEPTED,
  InvalidToken: NOT_ACCEPTED,
  InvalidAccessKeyId: NOT_ACCEPTED,
  SignatureDoesNotMatch: NOT_ACCEPTED,
  RequestTimeTooSkewed: "the clock of this machine is wrong by more than 15 minutes",
  InvalidObjectState: "it was moved to an archive: restore it in S3 first",
  PreconditionFailed: "it was replaced while it was read",
  NotImplemented: "the storage does not know what S3 does",
  "KMS.DisabledException": KEY_UNUSABLE,
  "KMS.NotFoundException": KEY_UNUSABLE,
  "KMS.KMSInvalidStateException": KEY_UNUSABLE,
};
/** Of requests that S3 refuses and that may do the next time: what came to it was not what was sent, or not at this time. */
const MAY_PASS = [
  "BadDigest",
  "IncompleteBody",
  "RequestTimeout",
  "RequestTimeTooSkewed",
  "ConditionalRequestConflict",
  "OperationAborted",
];
const FIRST_REFUSAL = 400;
const FIRST_SERVER_ERROR = 500;
const FORBIDDEN = 403;
const TOO_MANY = 429;
const NOT_IMPLEMENTED = 501;

/** Whether another try may do what this one did not. What was not answered may have been done. */
export function mayPass(error: unknown): boolean {
  const { name, status } = answerOf(error);
  if (name === "CredentialsProviderError" || status === NOT_IMPLEMENTED) return false;
  const isRefusal = status !== undefined && status >= FIRST_REFUSAL && status < FIRST_SERVER_ERROR;
  return !isRefusal || status === TOO_MANY || MAY_PASS.includes(name);
}

/** What the port's callers are told. */
export function portErrorOf(action: S3Action, key: string, error: unknown): Error {
  const { name, status } = answerOf(error);
  if (action === "read" && name === "NoSuchKey") return new ObjectMissingError(key);
  if (action === "write" && name === "PreconditionFailed") return new ObjectExistsError(key);
  const denied = `access is denied: the role needs ${PERMISSIONS[action]}`;
  return new BackupStorageError(key, error, ADVICE[name] ?? (status === FORBIDDEN ? denied : undefined));
}

export const nameOf = (error: unknown): string => answerOf(error).name;

/** By its form: there may be two copies of the SDK in one program. */
function answerOf(error: unknown): { readonly name: string; readonly status: number | undefined } {
  const { name = "", $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return { name, status: $metadata?.httpStatusCode };
}
