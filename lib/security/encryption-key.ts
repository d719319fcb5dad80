import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import { Account } from "../core/account";
import { takeName } from "../core/names";
import { checkProps, isText, isTrueOrFalse, list, optional, type Rule, type Rules, text } from "../core/rules";
import { policyOf, type Statement } from "./policy";

export interface EncryptionKeyProps {
  /** Name of the alias, without `alias/`. */
  readonly alias: string;
  readonly description: string;
  /** Services that use the key by themselves. Roles get their use by IAM, where they are made. @default - none */
  readonly statements?: readonly Statement[];
  /** Whether other Regions can have replicas of it. Changed, it is another key. @default false */
  readonly multiRegion?: boolean;
  /** Region that it is in. @default - the stack's */
  readonly region?: string;
  /** Whether Terraform refuses to destroy it. What it encrypted is lost with it. @default true */
  readonly deletionProtection?: boolean;
}

export const isKeyAlias: Rule = text(
  "letters, digits, '/', '_' and '-', at most 250, not beginning with 'aws/'",
  /^(?!aws\/)[\w/-]{1,250}$/,
);

const RULES: Rules<EncryptionKeyProps> = {
  alias: isKeyAlias,
  description: isText,
  statements: optional(list("a list of statements")),
  multiRegion: optional(isTrueOrFalse),
  region: optional(text("a Region", /\S/)),
  deletionProtection: optional(isTrueOrFalse),
};

/** AWS KMS: the longest wait before a key is really gone. */
export const DELETION_WINDOW_DAYS = 30;
/** AWS KMS: how often the key material is made anew; what the old one encrypted stays readable. */
const ROTATION_PERIOD_DAYS = 365;

/** Leaves a key to its account's IAM, and to nobody else. */
export function accountByIam(scope: Construct): Statement {
  const account = Account.of(scope);
  return {
    Sid: "AccountByIam",
    Principal: { AWS: `arn:${account.partition}:iam::${account.id}:root` },
    Action: "kms:*",
    Resource: "*",
  };
}

/** A symmetric key that rotates, under an alias. Its policy names the account and services only, so that keys need no other stack. */
export class EncryptionKey extends Construct {
  readonly arn: string;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { statements = [], multiRegion, region, deletionProtection = true } = props;
    takeName(this, region === undefined ? "KMS alias" : `KMS alias in ${region}`, props.alias, "alias");

    const key = new KmsKey(this, "Resource", {
      region,
      description: props.description,
      multiRegion,
      enableKeyRotation: true,
      rotationPeriodInDays: ROTATION_PERIOD_DAYS,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: policyOf(accountByIam(this), ...statements.map((statement) => ({ ...statement, Resource: "*" }))),
      lifecycle: { preventDestroy: deletionProtection },
    });
    new KmsAlias(this, "Alias", { region, name: `alias/${props.alias}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}
