import { AutoscalingAttachment } from "@cdktf/provider-aws/lib/autoscaling-attachment";
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { type Cidr, isPublic, rangeOf } from "../core/cidr";
import { nameOf, takeName } from "../core/names";
import {
  checkProps,
  isTrueOrFalse,
  known,
  listOf,
  mapOf,
  optional,
  type Rules,
  refined,
  rule,
  shape,
  text,
  unique,
} from "../core/rules";
import { isSecurityGroupId } from "../network/firewall";
import { type NetworkAttributes, networkWith } from "../network/network";
import { HEALTH_CHECK, HEALTH_PATH, NODE_PORTS } from "./node-ports";

export interface NetworkLoadBalancerProps {
  /** At most 32 lower-case letters, digits and single hyphens. A changed name is a new load balancer, with another address. */
  readonly name: string;
  readonly network: Pick<NetworkAttributes, "vpcId" | "publicSubnetIds">;
  readonly nodes: BalancedNodes;
  /** Who may reach it: `[ANYBODY]`, or ranges of the internet, such as Cloudflare's. */
  readonly clients: readonly Cidr[];
  /** Whether AWS and Terraform refuse to destroy it, and with it the address that others know. @default true */
  readonly deletionProtection?: boolean;
}

/** Nodes on which NGINX listens. */
export interface BalancedNodes {
  /** The group that all nodes are in. */
  readonly securityGroupId: string;
  /** The scaling groups behind them, by names that are part of addresses: what joins one gets requests. */
  readonly autoscalingGroupNames: Readonly<Record<string, string>>;
}

export const ANYBODY: Cidr = "0.0.0.0/0";
/** VPC: rules of a security group are 60, in and out each; nodes and others have some. */
export const CLIENT_RANGES = { min: 1, max: 50 } as const;
/** Ours: what is wider is a part of the internet that nobody has alone. */
const WIDEST = 8;

const isClientRange = known(
  rule(`'${ANYBODY}', or a range of the internet of /${WIDEST} to /32 such as '173.245.48.0/20'`, (value) => {
    const range = rangeOf(value);
    return value === ANYBODY || (range !== undefined && range.subnetMask >= WIDEST && isPublic(range));
  }),
);

const RULES: Rules<NetworkLoadBalancerProps> = {
  // Elastic Load Balancing keeps this beginning for its own.
  name: refined<string>(nameOf("load balancer"), (name, path) =>
    name.startsWith("internal-") ? [{ path, message: `must not begin with 'internal-', got '${name}'` }] : [],
  ),
  network: networkWith("vpcId", "publicSubnetIds"),
  nodes: shape<BalancedNodes>({
    securityGroupId: isSecurityGroupId,
    autoscalingGroupNames: mapOf(text("a scaling group's name", /\S/)),
  }),
  clients: known(unique(listOf(isClientRange, CLIENT_RANGES))),
  deletionProtection: optional(isTrueOrFalse),
};

const HTTPS = 443;
/** As long as a request may take: connections of nodes that are unhealthy or leave are cut after it. */
const DRAINING_SECONDS = 60;

/**
 * A network load balancer in front of the NGINX of one cluster, which ends TLS. There is no port 80: what calls an API
 * has a token to lose, and a redirect would answer only when it is sent in clear. Made here and not by a controller in
 * the cluster, so that its address is known before the cluster's objects are, and outlives them.
 */
export class NetworkLoadBalancer extends Construct {
  readonly arn: string;
  /** Where the hosts' names must lead. */
  readonly dnsName: string;
  /** Zone of `dnsName`, for an alias record. */
  readonly hostedZoneId: string;
  readonly securityGroupId: string;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: NetworkLoadBalancerProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    takeName(this, "load balancer", props.name);
    const { name, network, nodes, clients, deletionProtection = true } = props;

    // Made with it: a load balancer that was born without a group can never get one.
    this.securityGroupId = new SecurityGroup(this, "SecurityGroup", {
      namePrefix: `${name}-load-balancer-`,
      description: `Load balancer ${name}`,
      vpcId: network.vpcId,
      lifecycle: { createBeforeDestroy: true },
    }).id;
    for (const range of clients) this.letIn(range);
    for (const [what, port] of Object.entries(NODE_PORTS)) this.letThrough(what, port, nodes.securityGroupId);

    const balancer = new Lb(this, "Resource", {
      name,
      loadBalancerType: "network",
      internal: false,
      ipAddressType: "ipv4",
      subnets: [...network.publicSubnetIds],
      securityGroups: [this.securityGroupId],
      // NGINX need not run in each zone.
      enableCrossZoneLoadBalancing: true,
      enableDeletionProtection: deletionProtection,
      lifecycle: { preventDestroy: deletionProtection },
    });
    this.arn = balancer.arn;
    this.dnsName = balancer.dnsName;
    this.hostedZoneId = balancer.zoneId;

    const targets = this.targetGroup(name, network.vpcId);
    new LbListener(this, "Https", {
      loadBalancerArn: balancer.arn,
      port: HTTPS,
      protocol: "TCP",
      defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],
    });
    for (const [who, autoscalingGroupName] of Object.entries(nodes.autoscalingGroupNames)) {
      new AutoscalingAttachment(this, who, {
        autoscalingGroupName,
        lbTargetGroupArn: targets.arn,
        // A new group of nodes is attached before the old one is taken away.
        lifecycle: { createBeforeDestroy: true },
      });
    }
  }

  private targetGroup(name: string, vpcId: string): LbTargetGroup {
    return new LbTargetGroup(this, "Targets", {
      // At most 6 characters, and Terraform's to complete: another port is another group beside the first.
      namePrefix: "nginx-",
      tags: { Name: name },
      vpcId,
      targetType: "instance",
      protocol: "TCP",
      port: NODE_PORTS.https,
      // Limits and logs are by address.
      preserveClientIp: "true",
      deregistrationDelay: `${DRAINING_SECONDS}`,
      targetHealthState: [
        // By default, requests on their way are cut as soon as an NGINX says that it is about to go.
        { enableUnhealthyConnectionTermination: false, unhealthyDrainingInterval: DRAINING_SECONDS },
      ],
      // Of its own port: a node without an NGINX does not answer, and one whose NGINX is about to go says so.
      healthCheck: {
        protocol: "HTTP",
        port: `${NODE_PORTS.health}`,
        path: HEALTH_PATH,
        matcher: "200",
        interval: HEALTH_CHECK.intervalSeconds,
        healthyThreshold: HEALTH_CHECK.answers,
        unhealthyThreshold: HEALTH_CHECK.answers,
      },
      lifecycle: { createBeforeDestroy: true },
    });
  }

  /** The range is what the rule is, so that it may be its id too: the others stay when one goes. */
  private letIn(range: Cidr): void {
    const who = range === ANYBODY ? "anybody" : range;
    new VpcSecurityGroupIngressRule(this, `From-${who.replaceAll(/[./]/g, "-")}`, {
      securityGroupId: this.securityGroupId,
      description: `From ${who}`,
      cidrIpv4: range,
      ipProtocol: "tcp",
      fromPort: HTTPS,
      toPort: HTTPS,
    });
  }

  private letThrough(what: string, port: number, nodesGroupId: string): void {
    const tcp = { ipProtocol: "tcp", fromPort: port, toPort: port };
    new VpcSecurityGroupEgressRule(this, `ToNodes-${what}`, {
      securityGroupId: this.securityGroupId,
      description: `To NGINX, ${what}`,
      referencedSecurityGroupId: nodesGroupId,
      ...tcp,
    });
    new VpcSecurityGroupIngressRule(this, `NodesFromBalancer-${what}`, {
      securityGroupId: nodesGroupId,
      description: `To NGINX from the load balancer, ${what}`,
      referencedSecurityGroupId: this.securityGroupId,
      ...tcp,
    });
  }
}
