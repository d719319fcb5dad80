import type { SubjectKeysConfig } from "../config/recovery-jobs";
import { type Cidr, isRange } from "../core/cidr";
import { having, isText, listOf, type Rule } from "../core/rules";
import type { Way } from "../kubernetes/network-policy";
import { type KeyArns, keysFor } from "../security/encryption-keys";
import type { Statement } from "../security/policy";
import type { StoreAccess } from "./store-access";

/** What exports are put into, and who the event store's administrator is: `Recovery`'s attributes, or others'. */
export interface RecoveryAttributes {
  readonly exports: { readonly bucket: string; readonly arn: string };
  /** The secret of the event store's administrator. */
  readonly operator: { readonly name: string; readonly arn: string };
  /** That of its other first user. */
  readonly ops: { readonly name: string; readonly arn: string };
}

/** Where AWS answers within the network, and under which keys things are kept. */
export interface RecoveryPlace {
  readonly region: string;
  readonly keys: Pick<KeyArns, "backups" | "secrets">;
  /** Ranges in which KMS and Secrets Manager answer: the private subnets, where their endpoints are. */
  readonly endpointRanges: readonly Cidr[];
}

const isSecret = having<RecoveryAttributes["operator"]>("a secret", { name: isText, arn: isText });

export const isRecoveryAttributes: Rule = having<RecoveryAttributes>("an object", {
  exports: having<RecoveryAttributes["exports"]>("a bucket", { bucket: isText, arn: isText }),
  operator: isSecret,
  ops: isSecret,
});
export const RECOVERY_PLACE_RULES = {
  region: isText,
  keys: keysFor("backups", "secrets"),
  endpointRanges: listOf(isRange("10.0.0.0/19")),
};

const HTTPS = 443;
/** What data keys of exports are bound to: one that is asked for without it is none of theirs. */
export const PURPOSE = { "cqrs:purpose": "backup" } as const;
/** What alone is deleted by the tool itself: how far an export had come that is complete now. */
const PROGRESS = "backups/unfinished/*";

const endpoints = ({ endpointRanges }: Pick<RecoveryPlace, "endpointRanges">): readonly Way[] =>
  endpointRanges.map((cidr) => ({ peer: { cidr }, port: HTTPS }));

/**
 * S3's endpoint is a route, and its addresses are the internet's: a policy of the network can name no others. Past the route,
 * S3 asks for the role.
 */
export const TO_S3: Way = { peer: { cidr: "0.0.0.0/0" }, port: HTTPS };

/** A key, by way of one service alone. */
export const through = (
  service: string,
  Resource: string | readonly string[],
  Action: readonly string[],
  region: string,
): Statement => ({
  Action,
  Resource,
  Condition: { StringEquals: { "kms:ViaService": `${service}.${region}.amazonaws.com` } },
});

/** Keys of exports: S3 encrypts objects with them, and the tool has data keys wrapped by them. */
const keysOfExports = (
  Resource: string | readonly string[],
  Action: readonly string[],
  region: string,
): Statement[] => [
  through("s3", Resource, Action, region),
  {
    Action,
    Resource,
    Condition: {
      StringEquals: Object.fromEntries(
        Object.entries(PURPOSE).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]),
      ),
    },
  },
];

interface Exporting {
  /** An export is a full one or goes on from one that is at most so old. */
  readonly fullAfterDays: number;
  /** ARNs of keys that open exports, and make none. */
  readonly formerKeys?: readonly string[];
}

/** The way to the bucket of exports, and to the keys that their data keys are wrapped with. */
export function exportsAccess(
  { exports: { bucket, arn } }: RecoveryAttributes,
  place: RecoveryPlace,
  { fullAfterDays, formerKeys = [] }: Exporting,
): StoreAccess {
  const { keys, region } = place;
  return {
    variables: {
      BACKUP_BUCKET: bucket,
      BACKUP_FULL_AFTER_DAYS: `${fullAfterDays}`,
      BACKUP_KMS_KEY_ID: keys.backups,
      ...(formerKeys.length > 0 && { BACKUP_FORMER_KMS_KEY_IDS: formerKeys.join(",") }),
    },
    statements: [
      { Action: ["s3:ListBucket", "s3:ListBucketMultipartUploads"], Resource: arn },
      {
        Action: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        Resource: `${arn}/*`,
      },
      { Action: "s3:DeleteObject", Resource: `${arn}/${PROGRESS}` },
      ...keysOfExports(keys.backups, ["kms:GenerateDataKey", "kms:Decrypt"], region),
      ...(formerKeys.length > 0 ? keysOfExports(formerKeys, ["kms:Decrypt"], region) : []),
    ],
    ways: [...endpoints(place), TO_S3],
  };
}

const POSTGRES = 5432;

/**
 * The way to the subjects' keys. The tool asks for the secret itself, so that no password stands in a variable; the key that
 * it is under it may use already, for the administrator's.
 */
export const subjectKeysAccess = (
  keys: SubjectKeysConfig | undefined,
  place: Pick<RecoveryPlace, "endpointRanges">,
): readonly StoreAccess[] =>
  keys === undefined
    ? []
    : [
        {
          variables: { SUBJECT_KEYS_SECRET: keys.secret },
          statements: [{ Action: "secretsmanager:GetSecretValue", Resource: keys.secret }],
          ways: [...endpoints(place), ...keys.ranges.map((cidr) => ({ peer: { cidr }, port: keys.port ?? POSTGRES }))],
        },
      ];

const SECRET_ACTIONS = {
  reads: { secret: ["secretsmanager:GetSecretValue"], key: ["kms:Decrypt"] },
  writes: {
    // Each password is a version of its own, which moves from one label to the next: none is lost, wherever a run ends.
    secret: [
      "secretsmanager:GetSecretValue",
      "secretsmanager:ListSecretVersionIds",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ],
    key: ["kms:Decrypt", "kms:GenerateDataKey"],
  },
} as const;

/**
 * The way to the administrator's secret, which the tool asks for itself: it is there before External Secrets is, and a
 * password that was just changed is the next run's. Who writes, writes the other first user's too.
 */
export const operatorAccess = (
  { operator, ops }: RecoveryAttributes,
  place: RecoveryPlace,
  use: keyof typeof SECRET_ACTIONS,
): StoreAccess => ({
  variables: { EVENT_STORE_CREDENTIALS_SECRET: operator.name },
  statements: [
    { Action: SECRET_ACTIONS[use].secret, Resource: use === "reads" ? operator.arn : [operator.arn, ops.arn] },
    through("secretsmanager", place.keys.secrets, SECRET_ACTIONS[use].key, place.region),
  ],
  ways: endpoints(place),
});
