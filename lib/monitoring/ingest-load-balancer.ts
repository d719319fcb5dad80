import { AutoscalingAttachment } from "@cdktf/provider-aws/lib/autoscaling-attachment";
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { keyedId } from "../core/keyed-ids";
import { nameOf, takeName } from "../core/names";
import { checkProps, mapOf, type Rules, shape, text, wholeNumber } from "../core/rules";
import { isSecurityGroupId } from "../network/firewall";
import { type NetworkAttributes, networkWith } from "../network/network";

/** One way through: a port of the load balancer, and of each node behind it. */
export interface IngestPort {
  readonly listener: number;
  readonly node: number;
}

export interface IngestLoadBalancerProps {
  /** At most 32 lower-case letters, digits and single hyphens. */
  readonly name: string;
  readonly network: Pick<NetworkAttributes, "vpcId" | "privateSubnetIds">;
  /** Nodes of the cluster that takes. */
  readonly nodes: {
    readonly securityGroupId: string;
    /** The scaling groups behind them, by names that are part of addresses. */
    readonly autoscalingGroupNames: Readonly<Record<string, string>>;
  };
  /** Groups of those that bring, by names that are part of addresses. */
  readonly clients: Readonly<Record<string, string>>;
  /** By names that are part of addresses: `{ Prometheus0: { listener: 9090, node: 30050 } }`. */
  readonly ports: Readonly<Record<string, IngestPort>>;
}

const isPort = shape<IngestPort>({
  listener: wholeNumber({ min: 1, max: 65_535 }),
  node: wholeNumber({ min: 30_000, max: 32_767 }),
});

const RULES: Rules<IngestLoadBalancerProps> = {
  name: nameOf("load balancer"),
  network: networkWith("vpcId", "privateSubnetIds"),
  nodes: shape<IngestLoadBalancerProps["nodes"]>({
    securityGroupId: isSecurityGroupId,
    autoscalingGroupNames: mapOf(text("a scaling group's name", /\S/)),
  }),
  clients: mapOf(isSecurityGroupId),
  ports: mapOf(isPort),
};

/**
 * Where another cluster of the VPC brings its metrics and its logs: a load balancer within, shut but for that cluster's
 * nodes. Each port is a target group of its own, so that a Prometheus that is away takes nothing along.
 */
export class IngestLoadBalancer extends Construct {
  readonly dnsName: string;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: IngestLoadBalancerProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    takeName(this, "load balancer", props.name);
    const { name, network, nodes, clients, ports } = props;

    const group = new SecurityGroup(this, "SecurityGroup", {
      namePrefix: `${name}-`,
      description: `Load balancer ${name}`,
      vpcId: network.vpcId,
      lifecycle: { createBeforeDestroy: true },
    });
    const balancer = new Lb(this, "Resource", {
      name,
      loadBalancerType: "network",
      internal: true,
      ipAddressType: "ipv4",
      subnets: [...network.privateSubnetIds],
      securityGroups: [group.id],
      // Its pods run in some zones only.
      enableCrossZoneLoadBalancing: true,
    });
    this.dnsName = balancer.dnsName;

    for (const [what, { listener, node }] of Object.entries(ports)) {
      const targets = new LbTargetGroup(this, `${what}Targets`, {
        // At most 6 characters, and Terraform's to complete.
        namePrefix: "ingst-",
        tags: { Name: `${name} ${what}` },
        vpcId: network.vpcId,
        targetType: "instance",
        protocol: "TCP",
        port: node,
        // The pods are reached from any node, and may bring to themselves: an address that stayed would be its own answer.
        preserveClientIp: "false",
        healthCheck: { protocol: "TCP" },
        lifecycle: { createBeforeDestroy: true },
      });
      new LbListener(this, what, {
        loadBalancerArn: balancer.arn,
        port: listener,
        protocol: "TCP",
        defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],
      });
      for (const [who, autoscalingGroupName] of Object.entries(nodes.autoscalingGroupNames)) {
        new AutoscalingAttachment(this, `${what}-${who}`, {
          autoscalingGroupName,
          lbTargetGroupArn: targets.arn,
          lifecycle: { createBeforeDestroy: true },
        });
      }
      for (const [client, securityGroupId] of Object.entries(clients)) {
        const keyed = { prefix: `${what}From`, key: securityGroupId, name: client, under: "clients" };
        new VpcSecurityGroupIngressRule(this, keyedId(this, keyed), {
          securityGroupId: group.id,
          description: `${what} from ${client}`,
          referencedSecurityGroupId: securityGroupId,
          ...tcp(listener),
        });
      }
      new VpcSecurityGroupEgressRule(this, `${what}ToNodes`, {
        securityGroupId: group.id,
        description: `${what} to the nodes`,
        referencedSecurityGroupId: nodes.securityGroupId,
        ...tcp(node),
      });
      new VpcSecurityGroupIngressRule(this, `${what}FromBalancer`, {
        securityGroupId: nodes.securityGroupId,
        description: `${what} from ${name}`,
        referencedSecurityGroupId: group.id,
        ...tcp(node),
      });
    }
  }
}

const tcp = (port: number) => ({ ipProtocol: "tcp", fromPort: port, toPort: port });
