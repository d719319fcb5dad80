import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { Construct } from "constructs";
import { isSecretPrefix } from "../config/secret-names";
import { checkProps, isText, isTrueOrFalse, known, optional, type Rules } from "../core/rules";
import { type KeyArns, keysFor } from "../security/encryption-keys";

export interface OperatorSecretProps {
  /** Begins the secret's name. Terraform adds the rest, because a deleted secret keeps its name for 30 days. */
  readonly name: string;
  /** The event store's user: 'admin' or 'ops', with whom it begins. */
  readonly username: string;
  /** Key of the secret. */
  readonly keys: Pick<KeyArns, "secrets">;
  /** Whether Terraform refuses to destroy it. @default true */
  readonly deletionProtection?: boolean;
}

const RULES: Rules<OperatorSecretProps> = {
  name: known(isSecretPrefix),
  username: isText,
  keys: keysFor("secrets"),
  deletionProtection: optional(isTrueOrFalse),
};

/** Secrets Manager: the longest time in which a deleted secret comes back. */
const RECOVERY_WINDOW_DAYS = 30;

/**
 * Where a user with whom the event store begins keeps `username` and `password`. It is made empty: the managed event store
 * begins with a password that everybody knows, and `cqrs-ops credentials` gives another, which stands nowhere but here.
 */
export class OperatorSecret extends Construct {
  readonly name: string;
  readonly arn: string;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: OperatorSecretProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, username, keys, deletionProtection = true } = props;

    const secret = new SecretsmanagerSecret(this, "Resource", {
      namePrefix: `${name}-`,
      description: `User ${username} of the event store, as JSON with username and password`,
      kmsKeyId: keys.secrets,
      recoveryWindowInDays: RECOVERY_WINDOW_DAYS,
      lifecycle: { preventDestroy: deletionProtection },
    });
    this.name = secret.name;
    this.arn = secret.arn;
  }
}
