import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";

export interface MasterPasswordProps {
  /** The database's name: begins the secret's. */
  readonly name: string;
  /** Key of the secret. */
  readonly secretsKeyArn: string;
  /** Raised, it makes a new password. */
  readonly version: number;
  /** Whether Terraform refuses to destroy the secret. */
  readonly deletionProtection: boolean;
}

/** Secrets Manager: the longest time in which a deleted secret can be brought back. */
const RECOVERY_DAYS = 30;
/** RDS refuses `/`, `@`, `"` and spaces; quotes and backslashes only cost whoever types it in an emergency. */
const PASSWORD = {
  password_length: 40,
  exclude_characters: "/@\" '\\",
  require_each_included_type: true,
} as const;

/**
 * A password that neither state nor plan ever holds. It is made anew in every run and written only where the version
 * is raised, first into the secret, then from there into the database: after a run that failed half-way, the secret
 * still has what the database gets.
 */
export class MasterPassword extends Construct {
  readonly secretArn: string;
  /** The password as an ephemeral value, which only write-only arguments take. */
  readonly value: string;

  constructor(scope: Construct, id: string, props: MasterPasswordProps) {
    super(scope, id);
    const secret = new SecretsmanagerSecret(this, "Resource", {
      // A deleted secret keeps its name while it can be brought back; the prefix lets a new one stand beside it.
      namePrefix: `${props.name}-postgres-master-`,
      description: `Master password of ${props.name}, for emergencies: services sign in by IAM`,
      kmsKeyId: props.secretsKeyArn,
      recoveryWindowInDays: RECOVERY_DAYS,
      lifecycle: { preventDestroy: props.deletionProtection },
    });
    this.secretArn = secret.arn;

    // cdktf has no ephemeral resources; named after the secret, they are as unique and as stable as it is.
    const label = secret.friendlyUniqueId;
    const stack = TerraformStack.of(this);
    stack.addOverride(`ephemeral.aws_secretsmanager_random_password.${label}`, PASSWORD);
    const stored = new SecretsmanagerSecretVersion(this, "Version", {
      secretId: secret.id,
      secretStringWo: `\${ephemeral.aws_secretsmanager_random_password.${label}.random_password}`,
      secretStringWoVersion: props.version,
    });
    stack.addOverride(`ephemeral.aws_secretsmanager_secret_version.${label}`, {
      secret_id: stored.secretId,
      version_id: stored.versionId,
    });
    this.value = `\${ephemeral.aws_secretsmanager_secret_version.${label}.secret_string}`;
  }
}
