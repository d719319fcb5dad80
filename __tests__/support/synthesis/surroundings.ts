import type { NetworkAttributes } from "../../../lib/network/network";
import { KEY_DOMAINS, type KeyArns } from "../../../lib/security/encryption-keys";

/** A network that stands already, for constructs that need one. */
export const network: NetworkAttributes = {
  vpcId: "vpc-1",
  cidrBlock: "10.0.0.0/16",
  availabilityZones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
  publicSubnetIds: ["subnet-public-1", "subnet-public-2", "subnet-public-3"],
  privateSubnetIds: ["subnet-private-1", "subnet-private-2", "subnet-private-3"],
  dataSubnetIds: ["subnet-data-1", "subnet-data-2", "subnet-data-3"],
  privateRouteTableIds: ["rtb-1", "rtb-2", "rtb-3"],
};

/** Keys that stand already: each ARN ends in the domain that its key is for; that of backups can be replicated. */
export const keys = Object.fromEntries(
  Object.keys(KEY_DOMAINS).map((domain) => [
    domain,
    `arn:aws:kms:eu-central-1:111122223333:key/${domain === "backups" ? "mrk-" : ""}${domain}`,
  ]),
) as KeyArns;
