import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { Construct } from "constructs";
import { Account } from "../core/account";
import { Firewall } from "./firewall";

export interface EndpointsProps {
  /** The network's name. */
  readonly name: string;
  readonly vpcId: string;
  /** The network's range: whoever is in it may use the endpoints. */
  readonly cidr: string;
  readonly subnetIds: string[];
  readonly routeTableIds: string[];
}

/**
 * What nodes and pods fetch or send by the second: images, tokens, keys, secrets and logs never cross the internet, nor
 * pay for a NAT gateway. Other services, called now and then, go through it.
 */
const INTERFACE_SERVICES = ["ecr.api", "ecr.dkr", "eks-auth", "kms", "logs", "secretsmanager", "sts"] as const;

const HTTPS = 443;

/** Private ways to AWS's services: S3 by route, the others by an address in each private subnet. */
export class Endpoints extends Construct {
  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    const { region } = Account.of(this);
    const firewall = new Firewall(this, "Firewall", {
      name: `${props.name}-endpoints`,
      description: "AWS services reached privately",
      vpcId: props.vpcId,
      port: HTTPS,
    });
    firewall.allowFromCidr("Network", props.cidr);

    new VpcEndpoint(this, "s3", {
      vpcId: props.vpcId,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: props.routeTableIds,
      tags: { Name: `${props.name}-s3` },
    });
    for (const service of INTERFACE_SERVICES) {
      new VpcEndpoint(this, service, {
        vpcId: props.vpcId,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: "Interface",
        subnetIds: props.subnetIds,
        securityGroupIds: [firewall.securityGroupId],
        privateDnsEnabled: true,
        tags: { Name: `${props.name}-${service}` },
      });
    }
  }
}
