import { BackupVault } from "@cdktf/provider-aws/lib/backup-vault";
import { BackupVaultLockConfiguration } from "@cdktf/provider-aws/lib/backup-vault-lock-configuration";
import { Construct } from "constructs";
import { DEFAULT_LOCK, RECOVERY_RULES, type VaultLock } from "../config/recovery";
import { isKeyArn } from "../core/arns";
import { withDefaults } from "../core/defaults";
import { takeName } from "../core/names";
import { checkProps, isTrueOrFalse, optional, type Rules, text } from "../core/rules";

export interface RecoveryVaultProps {
  /** 2 to 50 letters, digits, '_' and '-'. A changed name is a new, empty vault. */
  readonly name: string;
  /** Key of what has none of its own: a database's snapshots keep theirs in their own Region. A changed key is a new vault. */
  readonly keyArn: string;
  /** @default - none: whoever may by IAM deletes recovery points before their time */
  readonly lock?: VaultLock;
  /** Region that it is in. @default - the stack's */
  readonly region?: string;
  /** Whether Terraform refuses to destroy it. AWS does while a recovery point is in it. @default true */
  readonly deletionProtection?: boolean;
}

/** AWS Backup: names of vaults. */
export const isVaultName = text("2 to 50 letters, digits, '_' and '-'", /^[\w-]{2,50}$/);

const RULES: Rules<RecoveryVaultProps> = {
  name: isVaultName,
  keyArn: isKeyArn,
  lock: RECOVERY_RULES.vaultLock,
  region: optional(text("a Region", /\S/)),
  deletionProtection: optional(isTrueOrFalse),
};

/** Where AWS Backup keeps recovery points. */
export class RecoveryVault extends Construct {
  readonly name: string;
  readonly arn: string;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: RecoveryVaultProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    takeName(this, `backup vault${props.region === undefined ? "" : ` in ${props.region}`}`, props.name);
    const { name, keyArn, lock, region, deletionProtection = true } = props;

    const vault = new BackupVault(this, "Resource", {
      region,
      name,
      kmsKeyArn: keyArn,
      forceDestroy: false,
      lifecycle: { preventDestroy: deletionProtection },
    });
    this.name = vault.name;
    this.arn = vault.arn;
    if (lock === undefined) return;

    const { minRetentionDays, maxRetentionDays } = withDefaults(DEFAULT_LOCK, lock);
    // With days in which it can be changed it is a compliance lock, and after them for ever.
    new BackupVaultLockConfiguration(this, "Lock", {
      region,
      backupVaultName: vault.name,
      minRetentionDays,
      maxRetentionDays,
      changeableForDays: lock.changeableForDays,
    });
  }
}
