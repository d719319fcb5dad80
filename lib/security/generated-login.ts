import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { isPasswordVersion } from "../config/password-version";
import { isSecretName } from "../config/secret-names";
import { takeName } from "../core/names";
import { checkProps, freeText, isText, known, mapOf, optional, type Rules } from "../core/rules";
import { type KeyArns, keysFor } from "./encryption-keys";
import { writePassword } from "./generated-password";

export interface GeneratedLoginProps {
  /** Name of the secret in Secrets Manager. */
  readonly name: string;
  readonly description: string;
  /** Who signs in. */
  readonly username: string;
  /** What else stands beside `username` and `password` in the secret's JSON. @default - nothing */
  readonly fields?: Readonly<Record<string, string>>;
  /** Raised by one, it gives the secret a new password. @default 1 */
  readonly passwordVersion?: number;
  /** Key of the secret. */
  readonly keys: Pick<KeyArns, "secrets">;
}

const RULES: Rules<GeneratedLoginProps> = {
  name: known(isSecretName),
  description: isText,
  username: isText,
  fields: optional(mapOf(freeText("a text", () => true))),
  passwordVersion: optional(isPasswordVersion),
  keys: keysFor("secrets"),
};

/**
 * A user of something that runs in the cluster, such as Grafana's administrator. Its password is in Secrets Manager,
 * from where pods get it, and in no plan or state. A new password, by `passwordVersion` or written to the secret by
 * hand, reaches only those who read the secret again.
 */
export class GeneratedLogin extends Construct {
  /** The secret's name. */
  readonly name: string;
  /** Pass it to `dependsOn` of what reads it. */
  readonly resource: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: GeneratedLoginProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    takeName(this, "secret", props.name);
    const { name, description, username, fields, passwordVersion = 1, keys } = props;

    const secret = new SecretsmanagerSecret(this, "Resource", {
      name,
      description,
      kmsKeyId: keys.secrets,
      // Nobody misses it, and its name is free at once for one that comes again.
      recoveryWindowInDays: 0,
    });
    this.resource = writePassword(this, {
      secret,
      // No quote, backslash or `$`: it is written into JSON here, and into other files by those who read it.
      without: { exclude_punctuation: true },
      version: passwordVersion,
      text: (password) => JSON.stringify({ username, password, ...fields }),
    });
    this.name = name;
  }
}
