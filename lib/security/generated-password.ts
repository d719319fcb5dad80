import type { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";

interface GeneratedPassword {
  readonly secret: SecretsmanagerSecret;
  /** Arguments of `aws_secretsmanager_random_password`: the characters that the password does not have. */
  readonly without: { readonly exclude_punctuation: true } | { readonly exclude_characters: string };
  /** Raised, it makes a new password. */
  readonly version: number;
  /** The secret's text. @default - the password alone */
  readonly text?: (password: string) => string;
}

/**
 * Secrets Manager deletes versions without a label. Two changes of the secret outside Terraform take both of AWS's own
 * labels from Terraform's version. Without this one, the next deployment would write another password.
 */
const LABEL = "terraform";

/**
 * Writes a random password of 40 characters, of which neither state nor plan has a copy. It is made in `scope` itself,
 * which is the secret's own construct. A change of the secret outside Terraform moves `AWSCURRENT` to another version,
 * and the plan stays empty. A raised `version` moves `AWSCURRENT` to the new password.
 */
export function writePassword(
  scope: Construct,
  { secret, without, version, text = (password) => password }: GeneratedPassword,
): SecretsmanagerSecretVersion {
  // cdktf has no ephemeral resources. The secret's id in the stack is as unique and as stable as theirs must be.
  const id = secret.friendlyUniqueId;
  TerraformStack.of(scope).addOverride(`ephemeral.aws_secretsmanager_random_password.${id}`, {
    password_length: 40,
    require_each_included_type: true,
    ...without,
  });
  return new SecretsmanagerSecretVersion(scope, "Version", {
    secretId: secret.id,
    secretStringWo: text(`\${ephemeral.aws_secretsmanager_random_password.${id}.random_password}`),
    secretStringWoVersion: version,
    versionStages: ["AWSCURRENT", LABEL],
    // For a new version Terraform takes the labels above all the same.
    lifecycle: { ignoreChanges: ["version_stages"] },
  });
}
