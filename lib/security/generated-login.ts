import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { isSecretName } from "../config/secret-names";
import { takeName } from "../core/names";
import { checkProps, isText, known, mapOf, optional, type Rules, rule } from "../core/rules";
import { type KeyArns, keysFor } from "./encryption-keys";

export interface GeneratedLoginProps {
  /** Name of the secret in Secrets Manager. */
  readonly name: string;
  readonly description: string;
  /** Who signs in. */
  readonly username: string;
  /** What else stands beside `username` and `password` in the secret's JSON. @default - nothing */
  readonly fields?: Readonly<Record<string, string>>;
  /** Key of the secret. */
  readonly keys: Pick<KeyArns, "secrets">;
}

const RULES: Rules<GeneratedLoginProps> = {
  name: known(isSecretName),
  description: isText,
  username: isText,
  fields: optional(mapOf(rule("a text", (value) => typeof value === "string"))),
  keys: keysFor("secrets"),
};

/** No quote, no backslash and no `$`: it is written into JSON here, and into other files by those who read it. */
const PASSWORD = {
  password_length: 40,
  exclude_punctuation: true,
  require_each_included_type: true,
} as const;

/**
 * A user of something that is made anew from its configuration, such as Grafana's administrator: the password is made
 * once and kept in Secrets Manager, from where pods get it; neither plan nor state has it. To change it, change it there.
 */
export class GeneratedLogin extends Construct {
  /** The secret's name. */
  readonly name: string;
  /** Pass it to `dependsOn` of what reads it. */
  readonly resource: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: GeneratedLoginProps) {
    super(scope, id);
    checkProps(this, props, RULES);
    takeName(this, "secret", props.name);
    const { name, description, username, fields, keys } = props;

    const secret = new SecretsmanagerSecret(this, "Resource", {
      name,
      description,
      kmsKeyId: keys.secrets,
      // Nobody misses it, and its name is free at once for one that comes again.
      recoveryWindowInDays: 0,
    });
    // cdktf has no ephemeral resources; named after the secret, it is as unique and as stable as it is.
    const label = secret.friendlyUniqueId;
    TerraformStack.of(this).addOverride(`ephemeral.aws_secretsmanager_random_password.${label}`, PASSWORD);
    const password = `\${ephemeral.aws_secretsmanager_random_password.${label}.random_password}`;
    this.resource = new SecretsmanagerSecretVersion(this, "Version", {
      secretId: secret.id,
      secretStringWo: JSON.stringify({ username, password, ...fields }),
      secretStringWoVersion: 1,
    });
    this.name = name;
  }
}
