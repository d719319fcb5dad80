import { Construct } from "constructs";
import {
  ADDON_VERSIONS,
  type AddonVersions,
  DEFAULT_KUBERNETES_VERSION,
  isAddonVersions,
  isImageOfVersion,
} from "../config/kubernetes";
import { DEFAULT_SERVICE_CIDR } from "../config/network";
import { withDefaults } from "../core/defaults";
import { checkProps, optional, type Relation, type Rules } from "../core/rules";
import { isVolumeTags } from "../core/tags";
import { type KeyArns, keysFor } from "../security/encryption-keys";
import { Addon } from "./addon";
import { CONTROL_PLANE_RULES, ControlPlane, type ControlPlaneProps, SERVICES_APART } from "./control-plane";
import { NODE_GROUP_RULES, NodeGroup, type NodeGroupProps, RUNS_ITS_IMAGE, SPARE_NAME } from "./node-group";

type ControlPlaneOptions = Omit<ControlPlaneProps, "version" | "serviceCidr" | "keys">;
type NodeOptions = Pick<
  NodeGroupProps,
  "nodes" | "spareNodes" | "instanceType" | "instructionSet" | "nodeImage" | "storageGib" | "labels"
>;

export interface KubernetesClusterProps extends ControlPlaneOptions, NodeOptions {
  /** @default '1.35' */
  readonly version?: ControlPlaneProps["version"];
  /** Range of the cluster's virtual services. A changed range is a new cluster. @default '172.20.0.0/16' */
  readonly serviceCidr?: ControlPlaneProps["serviceCidr"];
  /** Keys of the cluster's secrets, of its volumes and of its logs. */
  readonly keys: Pick<KeyArns, "clusters" | "volumes" | "logs">;
  /**
   * Tags of instances, of their volumes and network interfaces, and of pods' volumes, none of which the provider's default
   * tags reach. Pods' volumes take a change when they are created. @default - the instances' name alone
   */
  readonly tags?: NodeGroupProps["tags"];
  /** Add-on versions other than ours. @default - those we know for the Kubernetes version */
  readonly addonVersions?: AddonVersions;
}

const { name, nodes, spareNodes, instanceType, instructionSet, nodeImage, storageGib, labels } = NODE_GROUP_RULES;

export const KUBERNETES_CLUSTER_RULES: Rules<KubernetesClusterProps> = {
  ...CONTROL_PLANE_RULES,
  // The name is the node group's too, which takes the shortest.
  ...{ name, nodes, spareNodes, instanceType, instructionSet, nodeImage, storageGib, labels },
  tags: optional(isVolumeTags),
  version: optional(CONTROL_PLANE_RULES.version),
  serviceCidr: optional(CONTROL_PLANE_RULES.serviceCidr),
  keys: keysFor("clusters", "volumes", "logs"),
  addonVersions: optional(isAddonVersions),
};

const RELATIONS: readonly Relation<KubernetesClusterProps>[] = [
  SERVICES_APART,
  RUNS_ITS_IMAGE,
  isImageOfVersion,
  SPARE_NAME,
];

/** Pods share a node's addresses by prefixes of 16, not one by one; network policies are enforced by the add-on itself. */
const VPC_CNI_CONFIGURATION = {
  enableNetworkPolicy: "true",
  env: { ENABLE_PREFIX_DELEGATION: "true", WARM_PREFIX_TARGET: "1" },
};

/**
 * An EKS cluster that is ready for pods. The order is the point: control plane, identity and network add-ons, nodes,
 * then what runs as pods. Nodes without a network never become ready, and add-ons without nodes never become active.
 */
export class KubernetesCluster extends Construct {
  readonly controlPlane: ControlPlane;
  readonly nodeGroup: NodeGroup;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: KubernetesClusterProps) {
    super(scope, id);
    props = checkProps(this, props, KUBERNETES_CLUSTER_RULES, ...RELATIONS);
    const { name, version = DEFAULT_KUBERNETES_VERSION, network, keys, addonVersions } = props;
    const versions = withDefaults(ADDON_VERSIONS[version], addonVersions);

    this.controlPlane = new ControlPlane(this, "ControlPlane", {
      name,
      version,
      network,
      keys,
      administrators: props.administrators,
      apiAccess: props.apiAccess,
      serviceCidr: props.serviceCidr ?? DEFAULT_SERVICE_CIDR,
      deletionProtection: props.deletionProtection,
    });
    const { clusterName } = this.controlPlane;

    const podIdentity = new Addon(this, "eks-pod-identity-agent", {
      clusterName,
      version: versions["eks-pod-identity-agent"],
    });
    const kubeProxy = new Addon(this, "kube-proxy", { clusterName, version: versions["kube-proxy"] });
    const vpcCni = new Addon(this, "vpc-cni", {
      clusterName,
      version: versions["vpc-cni"],
      configuration: VPC_CNI_CONFIGURATION,
      identity: {
        serviceAccount: "aws-node",
        roleName: `${name}-vpc-cni`,
        managedPolicies: ["AmazonEKS_CNI_Policy"],
      },
      dependsOn: [podIdentity.resource],
    });

    this.nodeGroup = new NodeGroup(this, "Nodes", {
      name,
      clusterName,
      version,
      network,
      keys,
      nodes: props.nodes,
      spareNodes: props.spareNodes,
      instanceType: props.instanceType,
      instructionSet: props.instructionSet,
      nodeImage: props.nodeImage,
      storageGib: props.storageGib,
      labels: props.labels,
      tags: props.tags,
      dependsOn: [podIdentity.resource, kubeProxy.resource, vpcCni.resource],
    });

    const dependsOn = [this.nodeGroup.resource];
    new Addon(this, "coredns", { clusterName, version: versions.coredns, dependsOn });
    new Addon(this, "eks-node-monitoring-agent", {
      clusterName,
      version: versions["eks-node-monitoring-agent"],
      dependsOn,
    });
    new Addon(this, "aws-ebs-csi-driver", {
      clusterName,
      version: versions["aws-ebs-csi-driver"],
      configuration: props.tags && { controller: { extraVolumeTags: props.tags } },
      identity: {
        serviceAccount: "ebs-csi-controller-sa",
        roleName: `${name}-ebs-csi-driver`,
        // Its conditions compare the tags of volumes and nodes with the cluster's name in the session of the pod identity.
        managedPolicies: ["AmazonEBSCSIDriverEKSClusterScopedPolicy"],
        statements: [
          {
            Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            Resource: keys.volumes,
          },
          {
            Action: "kms:CreateGrant",
            Resource: keys.volumes,
            Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
          },
        ],
      },
      dependsOn,
    });
  }
}
