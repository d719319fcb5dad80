import { Route } from "@cdktf/provider-aws/lib/route";
import { VpcPeeringConnectionAccepterA } from "@cdktf/provider-aws/lib/vpc-peering-connection-accepter";
import { Construct } from "constructs";
import { Account } from "../core/account";
import type { Cidr } from "../core/cidr";
import type { NetworkAttributes } from "../network/network";
import { Network } from "./kurrentcloud/network";
import { Peering } from "./kurrentcloud/peering";

export interface EventStoreNetworkProps {
  /** Name at Kurrent, of the network and the peering. */
  readonly name: string;
  readonly projectId: string;
  readonly region: string;
  /** Kurrent's side. */
  readonly cidr: Cidr;
  /** Our side. */
  readonly network: Pick<NetworkAttributes, "vpcId" | "cidrBlock" | "privateRouteTableIds">;
  readonly deletionProtection: boolean;
}

/**
 * A private network at Kurrent, peered with a VPC: Kurrent asks, our account accepts. Only the private subnets get a
 * route; a peering is open both ways, and it is security groups that let nothing of Kurrent's range in.
 */
export class EventStoreNetwork extends Construct {
  readonly networkId: string;

  constructor(scope: Construct, id: string, props: EventStoreNetworkProps) {
    super(scope, id);
    const { name, projectId, region, cidr, network, deletionProtection } = props;

    this.networkId = new Network(this, "Resource", {
      projectId,
      name,
      resourceProvider: "aws",
      region,
      cidrBlock: cidr,
      publicAccess: false,
      // Renaming a network ends in an error of the provider's, which then reads it as a project.
      lifecycle: { preventDestroy: deletionProtection, ignoreChanges: ["name"] },
    }).id;
    // Holds nothing: replaced, it is an outage of minutes, which a plan shows. So nothing guards it.
    const peering = new Peering(this, "Peering", {
      projectId,
      networkId: this.networkId,
      name,
      peerResourceProvider: "aws",
      peerAccountId: Account.of(this).id,
      peerNetworkId: network.vpcId,
      peerNetworkRegion: region,
      routes: [network.cidrBlock],
    });
    const accepter = new VpcPeeringConnectionAccepterA(this, "Accepter", {
      vpcPeeringConnectionId: peering.providerMetadata.lookup("aws_peering_link_id"),
      autoAccept: true,
      tags: { Name: name },
    });
    for (const [zone, routeTableId] of network.privateRouteTableIds.entries()) {
      new Route(this, `Private${zone + 1}`, {
        routeTableId,
        destinationCidrBlock: cidr,
        // The accepter's, not the peering's: a route can't lead through a connection that nobody accepted.
        vpcPeeringConnectionId: accepter.id,
      });
    }
  }
}
