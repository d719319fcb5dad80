import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Construct } from "constructs";
import { EVENT_STORE_SIZES, type EventStoreSize } from "../config/event-store-sizes";
import { type BackupConfig, EVENT_STORE_RULES } from "../config/infrastructure";
import { isEventStoreCidr, isRegion } from "../config/network";
import { type Cidr, overlaps, rangeOf } from "../core/cidr";
import { keyedId } from "../core/keyed-ids";
import { throwIfAny } from "../core/problems";
import {
  checkProps,
  isTrueOrFalse,
  oneOf,
  optional,
  type Relation,
  type Rules,
  refined,
  rule,
  text,
  within,
} from "../core/rules";
import { isClient, isSecurityGroupId } from "../network/firewall";
import { type NetworkAttributes, networkWith } from "../network/network";
import { BackupSchedule } from "./backup-schedule";
import { EventStoreNetwork } from "./event-store-network";
import { ManagedCluster } from "./kurrentcloud/managed-cluster";
import { Project } from "./kurrentcloud/project";

/** Which projections run on the server; each writes events of its own. `'user'` lets clients add theirs. */
export type ProjectionLevel = "off" | "system" | "user";

export interface ManagedEventStoreProps {
  /** Name at Kurrent, of the project and all in it. */
  readonly name: string;
  readonly size: EventStoreSize;
  readonly backup: BackupConfig;
  /** Kurrent's range, /8 to /24, apart from the VPC's and from all that it is peered with. It can never be changed. */
  readonly cidr: Cidr;
  /** AWS Region of the VPC, and of Kurrent's network. */
  readonly region: string;
  /** The VPC, its range and the private route tables, which get the way to Kurrent. A changed range is a new peering. */
  readonly network: Pick<NetworkAttributes, "vpcId" | "cidrBlock" | "privateRouteTableIds">;
  /**
   * KurrentDB version that a new cluster begins with. A cluster that stands is upgraded at Kurrent, node by node, and
   * Terraform leaves its version alone. @default '26.0'
   */
  readonly serverVersion?: string;
  /** @default 'system' */
  readonly projectionLevel?: ProjectionLevel;
  /** Whether Kurrent and Terraform refuse to destroy it. @default true */
  readonly deletionProtection?: boolean;
}

/** Kurrent: ranges that a peering can route back to. */
const ROUTE_PREFIX = { min: 8, max: 28 } as const;

const isRoutedRange = rule(`a range of /${ROUTE_PREFIX.min} to /${ROUTE_PREFIX.max} such as '10.0.0.0/16'`, (value) =>
  within(ROUTE_PREFIX, rangeOf(value)?.subnetMask ?? 0),
);

export const MANAGED_EVENT_STORE_RULES: Rules<ManagedEventStoreProps> = {
  // Ours: Kurrent takes any text, but the name is also in a description at AWS, which does not.
  name: text("letters, digits, spaces, '.', '_' and '-', at most 60 characters", /^(?=\S)[\w .-]{1,60}$/),
  size: EVENT_STORE_RULES.size,
  backup: EVENT_STORE_RULES.backup,
  cidr: isEventStoreCidr,
  region: isRegion,
  network: refined<ManagedEventStoreProps["network"]>(
    networkWith("vpcId", "privateRouteTableIds"),
    ({ cidrBlock }, path) => isRoutedRange.problemsOf(cidrBlock, `${path}.cidrBlock`),
  ),
  serverVersion: optional(text("a version such as '26.0'", /^\d{2}\.\d{1,2}$/)),
  projectionLevel: optional(oneOf(["off", "system", "user"])),
  deletionProtection: optional(isTrueOrFalse),
};

/** Peered networks can't share an address: Kurrent would only say so when the peering fails. */
export const APART: Relation<Pick<ManagedEventStoreProps, "cidr" | "network">> = {
  between: ["cidr", "network"],
  problemsOf({ cidr, network }, path) {
    const [theirs, ours] = [rangeOf(cidr), rangeOf(network.cidrBlock)];
    return theirs && ours && overlaps(theirs, ours)
      ? [{ path: `${path}.cidr`, message: `must not overlap network.cidrBlock '${network.cidrBlock}', got '${cidr}'` }]
      : [];
  },
};

/** KurrentDB: gRPC and HTTP, both under TLS. */
const PORT = 2113;

/**
 * KurrentDB run by its maker, in a private network of theirs that is peered with ours; a cluster of three writes to a
 * quorum before it answers. Its stack needs a `KurrentcloudProvider`, and `allowFrom` says who may connect.
 *
 * Kurrent's provider waits 20 minutes for a cluster and then calls it tainted, though it stands: where nothing guards it
 * the next apply replaces it. `terraform untaint` it first. Users begin with a password that everybody knows; give them
 * another before anything is written.
 */
export class ManagedEventStore extends Construct {
  readonly projectId: string;
  readonly clusterId: string;
  /** Name under which all nodes are found: public, and private in what it resolves to. */
  readonly dnsName: string;
  readonly port = PORT;
  /** Kurrent's range. */
  readonly cidr: Cidr;
  /** For KurrentDB's clients; user and password are theirs to add. */
  readonly connectionString: string;

  private readonly name: string;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ManagedEventStoreProps) {
    super(scope, id);
    props = checkProps(this, props, MANAGED_EVENT_STORE_RULES, APART);
    const { name, cidr, region, network, backup, deletionProtection = true } = props;
    const { topology, instanceType, diskGb, diskIops, diskThroughput } = EVENT_STORE_SIZES[props.size];
    this.name = name;
    this.cidr = cidr;

    this.projectId = new Project(this, "Project", { name, lifecycle: { preventDestroy: deletionProtection } }).id;
    const { networkId } = new EventStoreNetwork(this, "Network", {
      name,
      projectId: this.projectId,
      region,
      cidr,
      network,
      deletionProtection,
    });
    const cluster = new ManagedCluster(this, "Resource", {
      projectId: this.projectId,
      networkId,
      name,
      topology,
      instanceType,
      diskType: "gp3",
      diskSize: diskGb,
      diskIops,
      diskThroughput,
      serverVersion: props.serverVersion ?? "26.0",
      projectionLevel: props.projectionLevel ?? "system",
      publicAccess: false,
      protected: deletionProtection,
      // The provider sends no new version, and would show one as a change for ever.
      lifecycle: { preventDestroy: deletionProtection, ignoreChanges: ["server_version"] },
    });
    this.clusterId = cluster.id;
    this.dnsName = cluster.dnsName;
    this.connectionString = `kurrentdb+discover://${cluster.dnsName}:${PORT}?nodePreference=leader`;

    new BackupSchedule(this, "Backup", { projectId: this.projectId, clusterId: cluster.id, backup });
  }

  /**
   * Lets a security group's members out to the event store. `id` names them; it is part of the rule's address only if the
   * group's id is a token. EKS makes a cluster's own group open outwards; once that is narrowed, this rule is what remains.
   */
  allowFrom(id: string, securityGroupId: string): void {
    throwIfAny([
      ...isClient.problemsOf(id, `${this.node.path}.allowFrom`),
      ...isSecurityGroupId.problemsOf(securityGroupId, `${this.node.path}.allowFrom.${id}`),
    ]);
    const ruleId = keyedId(this, { prefix: "From", key: securityGroupId, name: id, under: "allowFrom" });
    new VpcSecurityGroupEgressRule(this, ruleId, {
      securityGroupId,
      description: `To event store ${this.name}`,
      cidrIpv4: this.cidr,
      ipProtocol: "tcp",
      fromPort: PORT,
      toPort: PORT,
    });
  }
}
