import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { isPrivate, rangeOf } from "../core/cidr";
import { keyedId } from "../core/keyed-ids";
import { apartFromGroupIds, nameOf } from "../core/names";
import { throwIfAny } from "../core/problems";
import { checkProps, type Rule, type Rules, rule, text, wholeNumber, within } from "../core/rules";

export interface FirewallProps {
  /** Begins the security group's name; Terraform adds the rest, so that a new one can stand before the old one goes. */
  readonly name: string;
  /** What is behind it. AWS takes no other description later without a new group. */
  readonly description: string;
  readonly vpcId: string;
  /** The one TCP port that can be opened. */
  readonly port: number;
}

/** The widest private range is a /8; of the internet, what is wider than a provider's network is a typing error. */
const PREFIX = { min: 8, max: 32 } as const;
const PUBLIC_PREFIX = { min: 16, max: 32 } as const;

const RULES: Rules<FirewallProps> = {
  name: apartFromGroupIds(nameOf("security group prefix", "-")),
  description: text("a text of at most 255 characters", /^[\w ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/),
  vpcId: rule("a VPC's id", (value) => typeof value === "string"),
  port: wholeNumber({ min: 1, max: 65535 }),
};

/** EC2: what a rule's description takes, behind our "From ". */
export const isClient: Rule = text(
  "named by at most 250 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
  /^[\w ._\-:/()#,@[\]+=&;{}!$*]{1,250}$/,
);
/** The id of a group, not its name nor a range. */
export const isSecurityGroupId: Rule = text("a security group's id such as 'sg-0a1b2c3d'", /^sg-[a-z0-9]+$/);
const isRange = rule(
  `a private range of /${PREFIX.min} to /${PREFIX.max} or a public one of /${PUBLIC_PREFIX.min} to /${PUBLIC_PREFIX.max}, such as '10.0.0.0/16'`,
  (value) => {
    const range = rangeOf(value);
    return range !== undefined && within(isPrivate(range) ? PREFIX : PUBLIC_PREFIX, range.subnetMask);
  },
);

/** A security group in front of one port: shut, but for those who are let in by name; nothing goes out. */
export class Firewall extends Construct {
  readonly securityGroupId: string;
  private readonly port: number;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    this.port = props.port;
    this.securityGroupId = new SecurityGroup(this, "Resource", {
      namePrefix: `${props.name}-`,
      description: props.description,
      vpcId: props.vpcId,
      lifecycle: { createBeforeDestroy: true },
    }).id;
  }

  /** Lets a security group's members in. `id` names them; it is part of the rule's address only if the group's id is a token. */
  allowFrom(id: string, securityGroupId: string): void {
    throwIfAny(isSecurityGroupId.problemsOf(securityGroupId, `${this.node.path}.allowFrom.${id}`));
    this.open("allowFrom", id, { referencedSecurityGroupId: securityGroupId });
  }

  /** Lets a range in. `id` names it; it is part of the rule's address only if the range is a token. */
  allowFromCidr(id: string, cidr: string): void {
    throwIfAny(isRange.problemsOf(cidr, `${this.node.path}.allowFromCidr.${id}`));
    this.open("allowFromCidr", id, { cidrIpv4: cidr });
  }

  private open(
    under: "allowFrom" | "allowFromCidr",
    id: string,
    source: { readonly referencedSecurityGroupId: string } | { readonly cidrIpv4: string },
  ): void {
    throwIfAny(isClient.problemsOf(id, `${this.node.path}.${under}`));
    const [key = ""] = Object.values(source);
    new VpcSecurityGroupIngressRule(this, keyedId(this, { prefix: "From", key, name: id, under }), {
      securityGroupId: this.securityGroupId,
      description: `From ${id}`,
      ...source,
      ipProtocol: "tcp",
      fromPort: this.port,
      toPort: this.port,
    });
  }
}
