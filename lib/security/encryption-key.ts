import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import { Account } from "../core/account";
import { takeName } from "../core/names";
import { checkProps, isTrueOrFalse, list, optional, type Rules, text } from "../core/rules";
import { policyOf, type Statement } from "./policy";

export interface EncryptionKeyProps {
  /** Name of the alias, without `alias/`. */
  readonly alias: string;
  readonly description: string;
  /** Services that use the key by themselves. Roles get their use by IAM, where they are made. @default - none */
  readonly statements?: readonly Statement[];
  /** Region that it is in. @default - the stack's */
  readonly region?: string;
  /** Whether Terraform refuses to destroy it. What it encrypted is lost with it. @default true */
  readonly deletionProtection?: boolean;
}

const RULES: Rules<EncryptionKeyProps> = {
  alias: text("letters, digits, '/', '_' and '-', at most 250, not beginning with 'aws/'", /^(?!aws\/)[\w/-]{1,250}$/),
  description: text("a text", /\S/),
  statements: optional(list("a list of statements")),
  region: optional(text("a Region", /\S/)),
  deletionProtection: optional(isTrueOrFalse),
};

/** AWS KMS: the longest wait before a key is really gone. */
const DELETION_WINDOW_DAYS = 30;
/** AWS KMS: how often the key material is made anew; what the old one encrypted stays readable. */
const ROTATION_PERIOD_DAYS = 365;

/** A symmetric key that rotates, under an alias. Its policy names the account and services only, so that keys need no other stack. */
export class EncryptionKey extends Construct {
  readonly arn: string;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    checkProps(this, props, RULES);
    takeName(this, "KMS alias", props.alias, "alias");
    const { statements = [], region, deletionProtection = true } = props;
    const account = Account.of(this);

    const key = new KmsKey(this, "Resource", {
      region,
      description: props.description,
      enableKeyRotation: true,
      rotationPeriodInDays: ROTATION_PERIOD_DAYS,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: policyOf(
        {
          Sid: "AccountByIam",
          Principal: { AWS: `arn:${account.partition}:iam::${account.id}:root` },
          Action: "kms:*",
          Resource: "*",
        },
        ...statements.map((statement) => ({ ...statement, Resource: "*" })),
      ),
      lifecycle: { preventDestroy: deletionProtection },
    });
    new KmsAlias(this, "Alias", { region, name: `alias/${props.alias}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}
