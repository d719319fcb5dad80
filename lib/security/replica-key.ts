import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsReplicaKey } from "@cdktf/provider-aws/lib/kms-replica-key";
import { Construct } from "constructs";
import { isMultiRegionKeyArn } from "../core/arns";
import { takeName } from "../core/names";
import { checkProps, isText, isTrueOrFalse, optional, type Rules, text } from "../core/rules";
import { accountByIam, DELETION_WINDOW_DAYS, isKeyAlias } from "./encryption-key";
import { policyOf } from "./policy";

export interface ReplicaKeyProps {
  /** Name of the alias, without `alias/`. */
  readonly alias: string;
  readonly description: string;
  /** ARN of the primary key, in another Region of the same part of AWS. A Region has one replica of it. Another is another key. */
  readonly primaryKeyArn: string;
  /** Region that it is in. */
  readonly region: string;
  /** Whether Terraform refuses to destroy it. The primary still opens what it encrypted, as long as its Region is there. @default true */
  readonly deletionProtection?: boolean;
}

const RULES: Rules<ReplicaKeyProps> = {
  alias: isKeyAlias,
  description: isText,
  primaryKeyArn: isMultiRegionKeyArn,
  region: text("a Region", /\S/),
  deletionProtection: optional(isTrueOrFalse),
};

/**
 * A multi-Region key in another Region than its primary's: the same key, which opens there what either of the two encrypted,
 * whether or not the primary's Region answers. It rotates as the primary does; policy and alias are its own.
 */
export class ReplicaKey extends Construct {
  readonly arn: string;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ReplicaKeyProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { alias, description, primaryKeyArn, region, deletionProtection = true } = props;
    takeName(this, `KMS alias in ${region}`, alias, "alias");

    const key = new KmsReplicaKey(this, "Resource", {
      region,
      description,
      primaryKeyArn,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: policyOf(accountByIam(this)),
      lifecycle: { preventDestroy: deletionProtection },
    });
    new KmsAlias(this, "Alias", { region, name: `alias/${alias}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}
