import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { type AccessLogsConfig, isAccessLogsConfig } from "../config/access-logs";
import { type BackupConfig, EVENT_STORE_RULES } from "../config/infrastructure";
import { isRegion } from "../config/network";
import { daysOf } from "../config/quantities";
import { exportDaysOf, RECOVERY_RULES, type RecoveryConfig, recoveryProblems } from "../config/recovery";
import { isMultiRegionKeyArn } from "../core/arns";
import { nameOf } from "../core/names";
import { readGiven } from "../core/readable";
import {
  checkProps,
  computableListOf,
  having,
  isTrueOrFalse,
  known,
  optional,
  type Relation,
  type Rules,
  text,
} from "../core/rules";
import { isWindows, type Windows } from "../core/windows";
import { ExportBucket, type ExportBucketProps } from "../recovery/export-bucket";
import { ExportReplication } from "../recovery/export-replication";
import { FailedCopies } from "../recovery/failed-copies";
import { FailedJobs } from "../recovery/failed-jobs";
import { OperatorSecret } from "../recovery/operator-secret";
import { RecoveryPlan } from "../recovery/recovery-plan";
import { RecoveryVault, type RecoveryVaultProps } from "../recovery/recovery-vault";
import { RestoreTests } from "../recovery/restore-tests";
import { type KeyArns, keysFor } from "../security/encryption-keys";
import { ReplicaKey } from "../security/replica-key";
import { AWS_BACKUP, ServiceRole } from "../security/service-role";

export interface RecoveryProps extends Omit<RecoveryConfig, "jobs"> {
  /** Begins every physical name: at most 21 lower-case letters, digits and single hyphens. @default - the stack's id */
  readonly name?: string;
  readonly region: string;
  /** The seed's `eventStore.backup`: how often, and for how long, everything is backed up. */
  readonly backup: BackupConfig;
  /**
   * Keys of recovery points and exports, and of the administrator's secret. With `secondRegion`, `backups` is a multi-Region
   * primary key that has no replica there yet. Its policy lets EventBridge use it for topics, and then S3, as `EncryptionKeys` does.
   */
  readonly keys: Pick<KeyArns, "backups" | "secrets">;
  /** Where a restored database is tried. */
  readonly network: { readonly vpcId: string };
  /** The primary. Its replicas have nothing of their own. */
  readonly database: {
    readonly arn: string;
    readonly subnetGroupName: string;
    /** Its own windows, in which nothing backs it up. @default - none */
    readonly windows?: Windows;
  };
  /** ARNs of the clusters: their objects, and the volumes that their pods claimed. @default - none */
  readonly clusterArns?: readonly string[];
  /** S3's logs of requests to the buckets, each in a bucket of its own in the same Region. @default - none */
  readonly accessLogs?: AccessLogsConfig;
  /** Whether Terraform refuses to destroy vaults, buckets, keys, topic and secret. @default true */
  readonly deletionProtection?: boolean;
}

const { jobs: _, ...options } = RECOVERY_RULES;
const isArn = text("an ARN", /^arn:/);

const RULES: Rules<RecoveryProps> = {
  ...options,
  // The longest that follows is that of the copies' bucket.
  name: optional(nameOf("S3 bucket prefix", "-backups-copies-")),
  region: known(isRegion),
  backup: EVENT_STORE_RULES.backup,
  keys: keysFor("backups", "secrets"),
  network: having<RecoveryProps["network"]>("a network", { vpcId: text("a VPC's id", /\S/) }),
  database: having<RecoveryProps["database"]>("a database", {
    arn: isArn,
    subnetGroupName: text("a subnet group's name", /\S/),
    windows: optional(isWindows),
  }),
  clusterArns: optional(computableListOf(isArn, { min: 0, max: 10 })),
  accessLogs: optional(isAccessLogsConfig),
  deletionProtection: optional(isTrueOrFalse),
};

const SOUND: Relation<RecoveryProps> = {
  between: ["region", "secondRegion", "vaultLock", "objectLock", "failureTopic", "backup"],
  problemsOf: ({ region, backup, ...config }, path) =>
    recoveryProblems(config, { region, retention: backup.retention }, path, "backup.retention"),
};

const REPLICABLE: Relation<RecoveryProps> = {
  between: ["secondRegion", "keys"],
  problemsOf: ({ secondRegion, keys }, path) =>
    secondRegion === undefined ? [] : isMultiRegionKeyArn.problemsOf(keys.backups, `${path}.keys.backups`),
};

/** Of the first Region, in the second. */
export interface Copies {
  readonly exports: ExportBucket;
  readonly vault: RecoveryVault;
  /** A replica of the key of backups, which opens exports while the first Region is away. */
  readonly keyArn: string;
}

/** What brings the stores back: recovery points and exports, here and in a second Region, and what tells of those that fail. */
export class Recovery extends Construct {
  readonly exports: ExportBucket;
  readonly vault: RecoveryVault;
  /** What the second Region has; nothing without `secondRegion`. */
  readonly copies?: Copies;
  /** Topic that hears of failed jobs, and of exports that could not be copied. */
  readonly failureTopicArn: string;
  /** Secret of the event store's administrator, by whom it is exported and restored. */
  readonly operator: OperatorSecret;
  /** Secret of its other first user, whom nobody here uses, and whose password everybody would know. */
  readonly ops: OperatorSecret;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: RecoveryProps) {
    super(scope, id);
    const read = readGiven(props, this.node.path);
    const name = read?.name ?? TerraformStack.of(this).node.id;
    props = checkProps(this, { ...read, name }, RULES, SOUND, REPLICABLE);
    const { region, secondRegion, backup, keys, database, deletionProtection } = props;
    const vault = { name: `${name}-recovery`, lock: props.vaultLock, deletionProtection };
    const expireAfterDays = exportDaysOf(daysOf(backup.retention) ?? 0);
    const bucket = (what: "backups" | "copies") => ({
      ...{ objectLock: props.objectLock, expireAfterDays, deletionProtection },
      accessLogs: props.accessLogs && { ...props.accessLogs, name: `${name}-${what}` },
    });

    this.vault = new RecoveryVault(this, "Vault", { ...vault, keyArn: keys.backups });
    this.exports = new ExportBucket(this, "Exports", {
      ...bucket("backups"),
      ...{ name: `${name}-backups`, keyArn: keys.backups },
    });
    if (secondRegion !== undefined) {
      this.copies = this.copiesIn(secondRegion, name, keys.backups, vault, bucket("copies"));
      new ExportReplication(this, "ExportReplication", {
        name,
        from: { bucket: this.exports, keyArn: keys.backups, region },
        to: { bucket: this.copies.exports, keyArn: this.copies.keyArn, region: secondRegion },
      });
    }

    const role = new ServiceRole(this, "Role", {
      name: `${name}${AWS_BACKUP}`,
      service: "backup.amazonaws.com",
      managedPolicies: [
        "service-role/AWSBackupServiceRolePolicyForBackup",
        "service-role/AWSBackupServiceRolePolicyForRestores",
      ],
    });
    const by = { roleArn: role.arn, dependsOn: role.policies };
    const plan = { backup, ...by, vault: this.vault.name, copyTo: this.copies?.vault.arn };
    new RecoveryPlan(this, "Plan", { ...plan, name, resources: props.clusterArns ?? [] });
    new RecoveryPlan(this, "DatabasePlan", {
      ...{ ...plan, name: `${name}-database`, isTagged: false },
      resources: [database.arn],
      windows: database.windows,
    });
    const { restoreTests: frequency = "weekly" } = props;
    if (frequency !== "never") {
      const { vpcId } = props.network;
      new RestoreTests(this, "RestoreTests", { name, frequency, vaultArn: this.vault.arn, database, vpcId, ...by });
    }
    const { topicArn, topicPolicy } = new FailedJobs(this, "FailedJobs", {
      ...{ name, keys, deletionProtection },
      topicArn: props.failureTopic,
      bucketArn: this.copies && this.exports.arn,
    });
    this.failureTopicArn = topicArn;
    if (this.copies !== undefined) {
      const dependsOn = topicPolicy && [topicPolicy];
      new FailedCopies(this, "FailedCopies", { bucket: this.exports, topicArn, dependsOn });
    }
    const secret = { keys, deletionProtection };
    this.operator = new OperatorSecret(this, "Operator", {
      ...secret,
      username: "admin",
      name: `${name}/recovery/event-store`,
    });
    this.ops = new OperatorSecret(this, "Ops", {
      ...secret,
      username: "ops",
      name: `${name}/recovery/event-store-ops`,
    });
  }

  /**
   * The same in another Region. One key for all of it, a replica of the first Region's: exports need it there in any case, and
   * a key beside it would be one more without which nothing opens.
   */
  private copiesIn(
    region: string,
    name: string,
    primaryKeyArn: string,
    vault: Omit<RecoveryVaultProps, "keyArn">,
    bucket: Omit<ExportBucketProps, "name" | "keyArn">,
  ): Copies {
    const { arn: keyArn } = new ReplicaKey(this, "CopiesKey", {
      alias: `${name}-backups-copies`,
      description: `Copies of the backups of ${name}`,
      ...{ primaryKeyArn, region },
      deletionProtection: vault.deletionProtection,
    });
    return {
      keyArn,
      vault: new RecoveryVault(this, "CopiesVault", { ...vault, keyArn, region }),
      exports: new ExportBucket(this, "CopiesExports", { ...bucket, name: `${name}-backups-copies`, keyArn, region }),
    };
  }
}
