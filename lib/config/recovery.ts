import { Token } from "cdktf";
import { withDefaults } from "../core/defaults";
import type { Problem } from "../core/problems";
import { known, oneOf, optional, type Relation, type Rule, type Rules, shape, text, wholeNumber } from "../core/rules";
import { isRegion } from "./network";
import { daysOf } from "./quantities";
import { isRecoveryJobsConfig, jobsProblems, type RecoveryJobsConfig } from "./recovery-jobs";
import { secondRegionProblems } from "./second-region";

/** What recovery needs beside the seed's `eventStore.backup`, which says how often and how long for all of it. */
export interface RecoveryConfig {
  /**
   * Region to which recovery points and exports are copied: another than the environment's, in the same part of AWS.
   * @default - none: what the Region loses is lost
   */
  readonly secondRegion?: string;
  /** What keeps recovery points from being deleted before their time. @default - nothing but IAM */
  readonly vaultLock?: VaultLock;
  /** What keeps exports from being deleted before their time. @default - nothing but IAM, and their older versions */
  readonly objectLock?: ObjectLock;
  /** How often AWS restores the database's newest recovery point, and deletes what it restored. @default 'weekly' */
  readonly restoreTests?: RestoreTestFrequency;
  /**
   * ARN of the SNS topic, of this Region, that hears of failed jobs of AWS Backup and of exports that could not be copied. Its
   * policy must let `events.amazonaws.com` do `sns:Publish`, and `s3.amazonaws.com` with `secondRegion`; its key, if it has one,
   * both do `kms:Decrypt` and `kms:GenerateDataKey*`. S3 refuses a topic that does not: the deployment fails.
   * @default - one of its own, to which you subscribe whom you like
   */
  readonly failureTopic?: string;
  /** What exports and verifies, in the read side's cluster. @default - nothing: of the events, Kurrent's own backups are all */
  readonly jobs?: RecoveryJobsConfig;
}

/** Who may take a lock away: whoever may by IAM, or nobody. */
export type LockMode = "governance" | "compliance";
export type RestoreTestFrequency = "daily" | "weekly" | "monthly" | "never";

/** A lock of the vault, and of its copy. No recovery point in it can be deleted before its own time is over. */
export interface VaultLock {
  /**
   * A governance lock is taken away by whoever may `backup:DeleteBackupVaultLockConfiguration`. A compliance lock can
   * never be taken away, by AWS neither, nor the vault while a recovery point is in it. @default 'governance'
   */
  readonly mode?: LockMode;
  /** Days after which a compliance lock is for ever, 3 to 36500. @default - needed with mode 'compliance', and only there */
  readonly changeableForDays?: number;
  /** Days that a recovery point must be kept to be let in, 1 to 36500, at most `eventStore.backup.retention`. @default 1 */
  readonly minRetentionDays?: number;
  /** Days that it may be kept to be let in, 1 to 36500, at least `eventStore.backup.retention`. @default 365 */
  readonly maxRetentionDays?: number;
}

/** S3's object lock, as the bucket's default. Once on, it stays: only mode and days of new objects can change. */
export interface ObjectLock {
  /** Whether whoever may `s3:BypassGovernanceRetention` can delete a version before its time. @default 'governance' */
  readonly mode?: LockMode;
  /** Days that each version stays, at most those after which exports expire: retention and 8. */
  readonly days: number;
}

/** AWS Backup: days of a vault's lock. A year is what `eventStore.backup.retention` can be. */
export const LOCK_DAYS = { min: 1, max: 36_500 } as const;
const CHANGEABLE_FOR_DAYS = { min: 3, max: 36_500 } as const;
export const DEFAULT_LOCK: Required<Pick<VaultLock, "minRetentionDays" | "maxRetentionDays">> = {
  minRetentionDays: 1,
  maxRetentionDays: 365,
};
/** Whatever has this tag, with the environment's name for a value, is backed up by AWS Backup too. */
export const BACKUP_TAG = "cqrs:backup";
/** Where in the bucket of exports the ledger of deleted data subjects is, which is applied again after every restore: it never expires. */
export const DELETED_SUBJECTS = "deleted-subjects/";
/** Ours: an export is a full one or goes on from one that is at most so old. */
export const FULL_AFTER_DAYS = 7;

/** Days after which an export expires: the last that is built upon it must be kept as long as any other. */
export const exportDaysOf = (retentionDays: number): number => retentionDays + FULL_AFTER_DAYS + 1;

export const DEFAULT_LOCK_MODE: LockMode = "governance";
const LOCK_MODES = ["governance", "compliance"] as const satisfies readonly LockMode[];

const COMPLIANCE: Relation<VaultLock> = {
  between: ["mode", "changeableForDays"],
  problemsOf: ({ mode = DEFAULT_LOCK_MODE, changeableForDays }, path) =>
    (mode === "compliance") === (changeableForDays !== undefined)
      ? []
      : [
          {
            path: `${path}.changeableForDays`,
            message:
              mode === "compliance"
                ? `is missing, must be a whole number from ${CHANGEABLE_FOR_DAYS.min} to ${CHANGEABLE_FOR_DAYS.max} with mode 'compliance', after which the lock is for ever`
                : `must be left out with mode 'governance', for it would make the lock one for ever, got ${changeableForDays}`,
          },
        ],
};

const isVaultLock = shape<VaultLock>(
  {
    mode: optional(oneOf(LOCK_MODES)),
    changeableForDays: optional(known(wholeNumber(CHANGEABLE_FOR_DAYS))),
    minRetentionDays: optional(known(wholeNumber(LOCK_DAYS))),
    maxRetentionDays: optional(known(wholeNumber(LOCK_DAYS))),
  },
  COMPLIANCE,
);

const isObjectLock = shape<ObjectLock>({
  mode: optional(oneOf(LOCK_MODES)),
  days: known(wholeNumber(LOCK_DAYS)),
});

export const RECOVERY_RULES: Rules<RecoveryConfig> = {
  secondRegion: optional(known(isRegion)),
  vaultLock: optional(isVaultLock),
  objectLock: optional(isObjectLock),
  restoreTests: optional(oneOf(["daily", "weekly", "monthly", "never"])),
  failureTopic: optional(text("the ARN of an SNS topic", /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/)),
  jobs: optional(isRecoveryJobsConfig),
};

interface Surroundings {
  readonly region: string;
  /** @default - not known: nothing is compared with it */
  readonly account?: string;
  /** `eventStore.backup.retention`. */
  readonly retention: unknown;
}

/** What is wrong between recovery and what stands around it, each sound by itself; `retentionKey` is where it was written. */
export function recoveryProblems(
  { secondRegion, vaultLock, objectLock, failureTopic, jobs }: RecoveryConfig,
  { region, account, retention }: Surroundings,
  path: string,
  retentionKey = "infrastructure.eventStore.backup.retention",
): readonly Problem[] {
  const days = daysOf(retention);
  return [
    ...secondRegionProblems(region, secondRegion, `${path}.secondRegion`),
    ...topicProblems(failureTopic, region, `${path}.failureTopic`),
    ...(jobs === undefined ? [] : jobsProblems(jobs, region, `${path}.jobs`, account)),
    ...(days === undefined ? [] : lockProblems(vaultLock, days, `${path}.vaultLock`, `${retentionKey} '${retention}'`)),
    ...(days === undefined || objectLock === undefined || objectLock.days <= exportDaysOf(days)
      ? []
      : [
          {
            path: `${path}.objectLock.days`,
            message: `must be at most ${exportDaysOf(days)}, after which exports expire with ${retentionKey} '${retention}', got ${objectLock.days}`,
          },
        ]),
  ];
}

/** EventBridge and S3 reach topics of their own Region alone. */
const topicProblems = (topic: string | undefined, region: string, path: string): readonly Problem[] =>
  topic === undefined || Token.isUnresolved(topic) || topic.split(":")[3] === region
    ? []
    : [{ path, message: `must be of region '${region}', where its events are, got '${topic}'` }];

function lockProblems(lock: VaultLock | undefined, days: number, path: string, retention: string): readonly Problem[] {
  if (lock === undefined) return [];
  const { minRetentionDays: min, maxRetentionDays: max } = withDefaults(DEFAULT_LOCK, lock);
  return [
    ...(min <= days
      ? []
      : [
          {
            path: `${path}.minRetentionDays`,
            message: `must be at most ${retention}, or no backup is let in, got ${min}`,
          },
        ]),
    ...(max >= days
      ? []
      : [
          {
            path: `${path}.maxRetentionDays`,
            message: `must be at least ${retention}, or no backup is let in, got ${max}`,
          },
        ]),
  ];
}

export const isRecoveryConfig: Rule = shape(RECOVERY_RULES);
