import { EksAccessEntry } from "@cdktf/provider-aws/lib/eks-access-entry";
import { EksAccessPolicyAssociation } from "@cdktf/provider-aws/lib/eks-access-policy-association";
import { EksCluster } from "@cdktf/provider-aws/lib/eks-cluster";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { isAdministrators, isKubernetesVersion, type KubernetesVersion } from "../config/kubernetes";
import { type ApiAccess, DEFAULT_SERVICE_CIDR, isApiAccess, isServiceCidr } from "../config/network";
import { Account } from "../core/account";
import { type Cidr, overlaps, rangeOf } from "../core/cidr";
import { keyedId } from "../core/keyed-ids";
import { nameOf, takeName } from "../core/names";
import { throwIfAny } from "../core/problems";
import { checkProps, isTrueOrFalse, optional, type Relation, type Rules } from "../core/rules";
import { isClient, isSecurityGroupId } from "../network/firewall";
import { type NetworkAttributes, networkWith } from "../network/network";
import { type KeyArns, keysFor } from "../security/encryption-keys";
import { ServiceLogGroup } from "../security/service-log-group";
import { ServiceRole } from "../security/service-role";
import type { ClusterAttributes } from "./cluster-attributes";
import { warnOfSupportEnd } from "./version-support";

export interface ControlPlaneProps {
  /** The cluster's name, at most 56 lower-case letters, digits and single hyphens. A changed name is a new cluster. */
  readonly name: string;
  readonly version: KubernetesVersion;
  /** With its range, it is checked that the services' range is another, as EKS wants it. */
  readonly network: Pick<NetworkAttributes, "privateSubnetIds"> & Partial<Pick<NetworkAttributes, "cidrBlock">>;
  /** Keys of the cluster's secrets and of its logs. */
  readonly keys: Pick<KeyArns, "clusters" | "logs">;
  /** ARNs of the roles that administer the cluster, by a name of your choice. */
  readonly administrators: Readonly<Record<string, string>>;
  /** Who may reach the API from outside the network. @default - nobody */
  readonly apiAccess?: ApiAccess;
  /** Range of the cluster's virtual services. A changed range is a new cluster. */
  readonly serviceCidr: Cidr;
  /** Whether EKS and Terraform refuse to destroy it. @default true */
  readonly deletionProtection?: boolean;
}

export const CONTROL_PLANE_RULES: Rules<ControlPlaneProps> = {
  name: nameOf("IAM role", "-cluster"),
  version: isKubernetesVersion,
  network: networkWith("privateSubnetIds"),
  keys: keysFor("clusters", "logs"),
  administrators: isAdministrators,
  apiAccess: optional(isApiAccess),
  serviceCidr: isServiceCidr,
  deletionProtection: optional(isTrueOrFalse),
};

/** A pod could not tell a service from a machine. */
export const SERVICES_APART: Relation<
  Pick<ControlPlaneProps, "network"> & Partial<Pick<ControlPlaneProps, "serviceCidr">>
> = {
  between: ["network", "serviceCidr"],
  problemsOf({ network, serviceCidr = DEFAULT_SERVICE_CIDR }, path) {
    const [vpc, services] = [rangeOf(network.cidrBlock), rangeOf(serviceCidr)];
    return vpc && services && overlaps(vpc, services)
      ? [
          {
            path: `${path}.serviceCidr`,
            message: `must not overlap the network's '${network.cidrBlock}', got '${serviceCidr}'`,
          },
        ]
      : [];
  },
};

const HTTPS = 443;
const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/** An EKS control plane: reached privately, its secrets encrypted with our key, its five logs kept, its users named. */
export class ControlPlane extends Construct implements ClusterAttributes {
  readonly clusterName: string;
  /** For backups. */
  readonly arn: string;
  readonly endpoint: string;
  readonly certificateAuthorityData: string;
  readonly securityGroupId: string;
  /** Address of the cluster's issuer of tokens, for what takes a role by them alone. */
  readonly issuer: string;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ControlPlaneProps) {
    super(scope, id);
    props = checkProps(this, props, CONTROL_PLANE_RULES, SERVICES_APART);
    takeName(this, "EKS cluster", props.name);
    const { name, keys, apiAccess, deletionProtection = true } = props;

    const role = new ServiceRole(this, "Role", {
      name: `${name}-cluster`,
      service: "eks.amazonaws.com",
      source: { service: "eks", resource: `cluster/${name}` },
      managedPolicies: ["AmazonEKSClusterPolicy"],
      statements: [
        { Action: ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"], Resource: keys.clusters },
      ],
    });
    const logGroup = new ServiceLogGroup(this, "LogGroup", {
      name: `/aws/eks/${name}/cluster`,
      keyArn: keys.logs,
      deletionProtection,
    });
    const cluster = new EksCluster(this, "Resource", {
      name,
      version: props.version,
      roleArn: role.arn,
      deletionProtection,
      // Add-ons are ours to install, in our order and version.
      bootstrapSelfManagedAddons: false,
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      upgradePolicy: { supportType: "EXTENDED" },
      encryptionConfig: { provider: { keyArn: keys.clusters }, resources: ["secrets"] },
      enabledClusterLogTypes: LOG_TYPES,
      kubernetesNetworkConfig: { ipFamily: "ipv4", serviceIpv4Cidr: props.serviceCidr },
      vpcConfig: {
        subnetIds: [...props.network.privateSubnetIds],
        endpointPrivateAccess: true,
        endpointPublicAccess: apiAccess !== undefined,
        ...(apiAccess && { publicAccessCidrs: [...apiAccess.cidrs] }),
      },
      lifecycle: { preventDestroy: deletionProtection },
      // The log group first, or EKS makes one of its own; the policies first, and last to go, or the network's interfaces stay.
      dependsOn: [logGroup, ...role.policies],
    });
    warnOfSupportEnd(cluster, props.version);
    this.clusterName = cluster.name;
    this.arn = cluster.arn;
    this.endpoint = cluster.endpoint;
    this.certificateAuthorityData = cluster.certificateAuthority.get(0).data;
    this.securityGroupId = cluster.vpcConfig.clusterSecurityGroupId;
    this.issuer = cluster.identity.get(0).oidc.get(0).issuer;

    for (const [who, principalArn] of Object.entries(props.administrators)) this.administrator(who, principalArn);
  }

  /**
   * Lets a security group's members reach the API from within the network: those of a runner that deploys, for the
   * private endpoint lets in nobody but nodes. `id` names them; it is part of the rule's address only if the group's id is
   * a token.
   */
  allowFrom(id: string, securityGroupId: string): void {
    throwIfAny([
      ...isClient.problemsOf(id, `${this.node.path}.allowFrom`),
      ...isSecurityGroupId.problemsOf(securityGroupId, `${this.node.path}.allowFrom.${id}`),
    ]);
    const ruleId = keyedId(this, { prefix: "From", key: securityGroupId, name: id, under: "allowFrom" });
    new VpcSecurityGroupIngressRule(this, ruleId, {
      securityGroupId: this.securityGroupId,
      description: `From ${id}`,
      referencedSecurityGroupId: securityGroupId,
      ipProtocol: "tcp",
      fromPort: HTTPS,
      toPort: HTTPS,
    });
  }

  private administrator(who: string, principalArn: string): void {
    const idOf = (prefix: string) => keyedId(this, { prefix, key: principalArn, name: who, under: "administrators" });
    const entry = new EksAccessEntry(this, idOf("Administrator"), { clusterName: this.clusterName, principalArn });
    new EksAccessPolicyAssociation(this, idOf("AdministratorPolicy"), {
      clusterName: this.clusterName,
      principalArn,
      policyArn: `arn:${Account.of(this).partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
      accessScope: { type: "cluster" },
      dependsOn: [entry],
    });
  }
}
