import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { Construct } from "constructs";
import { isVpcCidr, isZones, type NatGateways } from "../config/network";
import { ZONES } from "../config/zones";
import type { Cidr } from "../core/cidr";
import { nameOf } from "../core/names";
import { alternatives } from "../core/problems";
import {
  checkProps,
  computableListOf,
  given,
  isTrueOrFalse,
  listOf,
  oneOf,
  optional,
  type Rule,
  type Rules,
  refined,
  rule,
} from "../core/rules";
import { type KeyArns, keysFor } from "../security/encryption-keys";
import { Endpoints } from "./endpoints";
import { FlowLog } from "./flow-log";
import { type ZoneRanges, zoneRangesOf } from "./subnets";

/** What others need of a network: ours, or one that stands already. Subnets are one a zone, in the zones' order. */
export interface NetworkAttributes {
  readonly vpcId: string;
  /** The VPC's range. */
  readonly cidrBlock: string;
  readonly availabilityZones: readonly string[];
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly dataSubnetIds: readonly string[];
  readonly privateRouteTableIds: readonly string[];
}

export interface NetworkProps {
  /** Begins the names of what has one: at most 55 lower-case letters, digits and single hyphens, a letter first. */
  readonly name: string;
  /** /16 to /20. */
  readonly cidr: Cidr;
  /** Three zones of one Region. Their order decides their ranges. */
  readonly availabilityZones: readonly string[];
  /** One NAT gateway a zone, or one for all: cheaper, and gone with its zone. @default 'per-zone' */
  readonly natGateways?: NatGateways;
  /** Key of the flow log. */
  readonly keys: Pick<KeyArns, "logs">;
  /**
   * Whether Terraform refuses to destroy or replace the VPC, its subnets and the addresses that partners allow, unless
   * `natGateways` does without them. AWS alone would refuse too late: with the gateways and routes gone. @default true
   */
  readonly deletionProtection?: boolean;
}

const isId = rule("an id", (value) => typeof value === "string" && value !== "");
/** EKS, RDS and ElastiCache want two zones at least. */
const PER_ZONE = { min: 2, max: 16 } as const;
const isIdPerZone = listOf(isId, PER_ZONE);
const areSubnets = computableListOf(isId, PER_ZONE);

const ATTRIBUTE_RULES: Rules<NetworkAttributes> = {
  vpcId: isId,
  cidrBlock: isId,
  availabilityZones: isIdPerZone,
  publicSubnetIds: areSubnets,
  privateSubnetIds: isIdPerZone,
  dataSubnetIds: areSubnets,
  privateRouteTableIds: listOf(isId),
};

const ANYWHERE = "0.0.0.0/0";

const RULES: Rules<NetworkProps> = {
  name: nameOf("IAM role", "-flow-log"),
  cidr: isVpcCidr,
  availabilityZones: isZones,
  natGateways: optional(oneOf(["per-zone", "single"])),
  keys: keysFor("logs"),
  deletionProtection: optional(isTrueOrFalse),
};

/**
 * A VPC over three zones: public subnets for gateways and load balancers, private ones for nodes and pods, and data
 * subnets that no route leads out of.
 */
export class Network extends Construct implements NetworkAttributes {
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly availabilityZones: readonly string[];
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly dataSubnetIds: readonly string[];
  readonly privateRouteTableIds: readonly string[];
  /** Ranges of the private subnets. */
  readonly privateCidrBlocks: readonly Cidr[];
  /** Ranges of the data subnets. */
  readonly dataCidrBlocks: readonly Cidr[];

  private readonly name: string;
  private readonly lifecycle: { readonly preventDestroy: boolean };

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, cidr, availabilityZones, natGateways = "per-zone", keys } = props;
    this.name = name;
    this.lifecycle = { preventDestroy: props.deletionProtection ?? true };
    this.cidrBlock = cidr;
    this.availabilityZones = availabilityZones;

    this.vpcId = new Vpc(this, "Resource", {
      cidrBlock: cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: name },
      lifecycle: this.lifecycle,
    }).id;
    // Every VPC is born with this group open to itself; taken over without rules, it is shut.
    new DefaultSecurityGroup(this, "DefaultSecurityGroup", { vpcId: this.vpcId });

    const ranges = availabilityZones.map((_, zone) => zoneRangesOf(cidr, zone));
    this.privateCidrBlocks = ranges.map((each) => each.private);
    this.dataCidrBlocks = ranges.map(({ data }) => data);
    const publicSubnets = this.subnets("Public", ranges, { "kubernetes.io/role/elb": "1" });
    const privateSubnets = this.subnets("Private", ranges, { "kubernetes.io/role/internal-elb": "1" });
    const dataSubnets = this.subnets("Data", ranges, {});
    this.publicSubnetIds = publicSubnets.map((subnet) => subnet.id);
    this.privateSubnetIds = privateSubnets.map((subnet) => subnet.id);
    this.dataSubnetIds = dataSubnets.map((subnet) => subnet.id);

    const gateway = new InternetGateway(this, "InternetGateway", { vpcId: this.vpcId, tags: { Name: name } });
    const publicTable = this.routeTable("Public", publicSubnets);
    new Route(this, "PublicDefault", {
      routeTableId: publicTable.id,
      destinationCidrBlock: ANYWHERE,
      gatewayId: gateway.id,
    });
    const gateways = publicSubnets
      .slice(0, natGateways === "single" ? 1 : ZONES)
      .map((subnet, zone) => this.natGateway(zone + 1, subnet, gateway));
    const privateTables = privateSubnets.map((subnet, zone) => this.routeTable(`Private${zone + 1}`, [subnet]));
    for (const [zone, table] of privateTables.entries()) {
      new Route(this, `Private${zone + 1}Default`, {
        routeTableId: table.id,
        destinationCidrBlock: ANYWHERE,
        natGatewayId: (gateways[zone] ?? gateways[0])?.id,
      });
    }
    this.routeTable("Data", dataSubnets);
    this.privateRouteTableIds = privateTables.map((table) => table.id);

    new Endpoints(this, "Endpoints", {
      name,
      vpcId: this.vpcId,
      cidr,
      subnetIds: [...this.privateSubnetIds],
      routeTableIds: [...this.privateRouteTableIds],
    });
    new FlowLog(this, "FlowLog", {
      name,
      vpcId: this.vpcId,
      logsKeyArn: keys.logs,
      deletionProtection: this.lifecycle.preventDestroy,
    });
  }

  private subnets(tier: "Public" | "Private" | "Data", ranges: readonly ZoneRanges[], tags: Record<string, string>) {
    return ranges.map(
      (range, zone) =>
        new Subnet(this, `${tier}${zone + 1}`, {
          vpcId: this.vpcId,
          availabilityZone: this.availabilityZones[zone],
          cidrBlock: range[tier.toLowerCase() as keyof ZoneRanges],
          mapPublicIpOnLaunch: false,
          tags: { Name: `${this.name}-${tier.toLowerCase()}-${zone + 1}`, ...tags },
          lifecycle: this.lifecycle,
        }),
    );
  }

  private routeTable(id: string, subnets: readonly Subnet[]): RouteTable {
    const table = new RouteTable(this, `${id}Routes`, {
      vpcId: this.vpcId,
      tags: { Name: `${this.name}-${id.toLowerCase()}` },
    });
    for (const subnet of subnets) {
      new RouteTableAssociation(this, `${subnet.node.id}Association`, { routeTableId: table.id, subnetId: subnet.id });
    }
    return table;
  }

  /** NAT gateway with a fixed address, which partners may allow. */
  private natGateway(zone: number, subnet: Subnet, gateway: InternetGateway): NatGateway {
    const address = new Eip(this, `NatAddress${zone}`, {
      domain: "vpc",
      tags: { Name: `${this.name}-nat-${zone}` },
      lifecycle: this.lifecycle,
    });
    return new NatGateway(this, `Nat${zone}`, {
      allocationId: address.allocationId,
      subnetId: subnet.id,
      tags: { Name: `${this.name}-nat-${zone}` },
      dependsOn: [gateway],
    });
  }
}

/** A network as others take it: a `Network`, or these attributes of one that stands already. */
export const networkWith = (...attributes: readonly (keyof NetworkAttributes)[]): Rule => {
  const inner = given(`a network with ${alternatives(attributes, "and")}`);
  return refined<Partial<NetworkAttributes>>(inner, (network, path) =>
    attributes.flatMap((attribute) =>
      ATTRIBUTE_RULES[attribute].problemsOf(network[attribute], `${path}.${attribute}`),
    ),
  );
};
