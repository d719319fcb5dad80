import type { Construct } from "constructs";
import type { NetworkConfig } from "../lib/config/network";
import { Network } from "../lib/network/network";
import type { KeyArns } from "../lib/security/encryption-keys";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

export interface NetworkStackProps extends PlatformStackProps {
  readonly network: NetworkConfig;
  readonly keys: KeyArns;
}

/** Zones of a Region where the environment names none. */
const ZONE_LETTERS = ["a", "b", "c"] as const;

/** The VPC that everything stands in. */
export class NetworkStack extends PlatformStack {
  readonly network: Network;

  constructor(scope: Construct, props: NetworkStackProps) {
    super(scope, "network", props);
    const { cidr, natGateways, availabilityZones } = props.network;
    this.network = new Network(this, "Network", {
      name: props.environment,
      cidr,
      natGateways,
      availabilityZones: availabilityZones ?? ZONE_LETTERS.map((letter) => `${props.region}${letter}`),
      keys: props.keys,
      deletionProtection: props.deletionProtection,
    });
    this.output("vpc_id", "The VPC", this.network.vpcId);
    this.output("public_subnet_ids", "Subnets of load balancers, one a zone", this.network.publicSubnetIds);
    this.output("private_subnet_ids", "Subnets of nodes and pods, one a zone", this.network.privateSubnetIds);
    this.output("data_subnet_ids", "Subnets of databases and caches, one a zone", this.network.dataSubnetIds);
    this.output("private_route_table_ids", "Route tables of the private subnets", this.network.privateRouteTableIds);
  }
}
