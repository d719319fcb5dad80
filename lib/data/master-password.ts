import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { Fn, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import { writePassword } from "../security/generated-password";

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
/** Hexadecimal digits of a hash, of which Terraform and JSON keep the number exactly: 48 bits. */
const VERSION_DIGITS = 12;

/**
 * A password that neither state nor plan ever holds. Terraform writes it into the secret first, and the database gets
 * what the secret holds: after a run that failed in between, the next one gives the database the same password.
 */
export class MasterPassword extends Construct {
  readonly secretArn: string;
  /** The password as an ephemeral value, which only write-only arguments take. */
  readonly value: string;
  /**
   * Changes with each version of the secret that Terraform writes: with a raised `version`, and with a version that
   * Terraform has to write again because it is gone. Without it, such a password would be in the secret alone.
   */
  readonly version: number;

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

    const written = writePassword(this, {
      secret,
      // RDS refuses `/`, `@`, `"` and spaces; quotes and backslashes only cost whoever types it in an emergency.
      without: { exclude_characters: "/@\" '\\" },
      version: props.version,
    });
    // The current version, which is another than Terraform's after a rotation by hand. Its ARN is the secret's, and is
    // known only when the version is written: until then there is nothing to read.
    const label = secret.friendlyUniqueId;
    TerraformStack.of(this).addOverride(`ephemeral.aws_secretsmanager_secret_version.${label}`, {
      secret_id: written.arn,
    });
    this.value = `\${ephemeral.aws_secretsmanager_secret_version.${label}.secret_string}`;
    this.version = Token.asNumber(Fn.parseint(Fn.substr(Fn.sha256(written.versionId), 0, VERSION_DIGITS), 16));
  }
}
