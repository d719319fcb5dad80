import type { Construct } from "constructs";
import type { BackupConfig } from "../lib/config/infrastructure";
import type { RecoveryConfig } from "../lib/config/recovery";
import { Recovery, type RecoveryProps } from "../lib/infrastructure/recovery";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

export interface RecoveryStackProps
  extends PlatformStackProps,
    Pick<RecoveryProps, "keys" | "network" | "database" | "accessLogs"> {
  readonly recovery?: Omit<RecoveryConfig, "jobs">;
  /** The seed's `eventStore.backup`. */
  readonly backup: BackupConfig;
  readonly clusterArns: readonly string[];
}

/** Recovery points and exports, and what tells of those that fail. Nothing of it needs a cluster to be reached. */
export class RecoveryStack extends PlatformStack {
  readonly recovery: Recovery;

  constructor(scope: Construct, props: RecoveryStackProps) {
    super(scope, "recovery", props);
    const { environment, region, recovery, backup, keys, network, database, clusterArns } = props;
    const { accessLogs, deletionProtection } = props;

    this.recovery = new Recovery(this, "Recovery", {
      ...recovery,
      ...{ region, backup, keys, network, database, clusterArns, accessLogs, deletionProtection },
      name: environment,
    });
    const { vault, copies, failureTopicArn, operator, ops } = this.recovery;
    this.output("vault_name", "Vault of AWS Backup with the recovery points", vault.name);
    this.output(
      "exports_bucket",
      "Bucket of exports, their manifests and deleted subjects",
      this.recovery.exports.bucket,
    );
    this.output("failure_topic_arn", "Topic that hears of failed backups and copies: subscribe to it", failureTopicArn);
    this.output("event_store_secret", "Secret of the event store's administrator", operator.name);
    this.output("event_store_ops_secret", "Secret of the event store's user ops", ops.name);
    if (copies === undefined) return;
    this.output("copies_bucket", "Bucket in the second Region with the copies of exports", copies.exports.bucket);
    this.output("copies_key_arn", "Key in the second Region that opens copies and exports", copies.keyArn);
  }
}
