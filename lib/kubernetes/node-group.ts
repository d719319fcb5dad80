import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { EksNodeGroup } from "@cdktf/provider-aws/lib/eks-node-group";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { NODES } from "../config/infrastructure";
import {
  DEFAULT_INSTRUCTION_SET,
  type InstructionSet,
  isInstanceType,
  isInstructionSet,
} from "../config/instance-types";
import { isImageOfVersion, isNodeImage, isSpareNodes, type NodeImage } from "../config/kubernetes";
import { instructionSetProblems } from "../config/sizing";
import { MAX_UNAVAILABLE_PERCENT, nodesByZone } from "../config/zones";
import { nameOf } from "../core/names";
import {
  checkProps,
  known,
  list,
  mapOf,
  optional,
  type Relation,
  type Rules,
  rule,
  text,
  wholeNumber,
} from "../core/rules";
import { isTags } from "../core/tags";
import { type NetworkAttributes, networkWith } from "../network/network";
import { type KeyArns, keysFor } from "../security/encryption-keys";
import { ServiceRole } from "../security/service-role";
import { isLabelKey, isLabelValue } from "./labels";

export interface NodeGroupProps {
  /** Begins the group's name; Terraform adds the rest, so that new nodes can come before the old ones go. At most 37 characters, 31 with spare nodes. */
  readonly name: string;
  readonly clusterName: string;
  /** Kubernetes version of the nodes: the cluster's. */
  readonly version: string;
  readonly network: Pick<NetworkAttributes, "privateSubnetIds">;
  /** Key of the nodes' volumes. */
  readonly keys: Pick<KeyArns, "volumes">;
  /** Nodes, 1 to 450, spread evenly over the private subnets, the first of which have the remainder. */
  readonly nodes: number;
  /** Nodes beyond these, 0 to 450, that the cluster autoscaler may add, and takes away. @default 0 */
  readonly spareNodes?: number;
  /** EC2 instance type: `'m7i.xlarge'`. */
  readonly instanceType: string;
  /** What the instance type runs; a changed one makes a new group before the old one goes. @default 'x86_64' */
  readonly instructionSet?: InstructionSet;
  /** Release of the machine image: 'newest' when a plan is made, or a named one, '1.35.3-20261120'. @default 'newest' */
  readonly nodeImage?: NodeImage;
  /** GiB of each node's own volume, 20 to 16384. */
  readonly storageGib: number;
  /** Kubernetes labels of the nodes. @default - none but EKS's own */
  readonly labels?: Readonly<Record<string, string>>;
  /** Tags of instances, volumes and network interfaces, which the provider's default tags do not reach. @default - their name alone */
  readonly tags?: Readonly<Record<string, string>>;
  /** What must stand before the first node: the network add-ons. @default - the cluster alone */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Domains of Kubernetes' and EKS's own labels, with which no node joins; but for the two that Kubernetes leaves to nodes. */
const RESERVED_DOMAIN =
  /^(?!(?:node|kubelet)\.kubernetes\.io\/)(?:[^/]*\.)?(?:kubernetes\.io|k8s\.io|eks\.amazonaws\.com)\//;
const isNodeLabelKey = rule(
  `${isLabelKey.allowed}, outside the domains kubernetes.io, k8s.io and eks.amazonaws.com`,
  (key) => isLabelKey.problemsOf(key, "").length === 0 && !RESERVED_DOMAIN.test(`${key}`),
);

/** EKS appends 26 characters to a prefix: 63 in all. */
const GROUP_SUFFIX = `-${"x".repeat(25)}`;
const SPARE = "-spare";

export const NODE_GROUP_RULES: Rules<NodeGroupProps> = {
  name: nameOf("EKS node group", GROUP_SUFFIX),
  clusterName: text("a cluster's name", /\S/),
  version: text("a Kubernetes version such as '1.35'", /^1\.\d\d$/),
  network: networkWith("privateSubnetIds"),
  keys: keysFor("volumes"),
  nodes: known(wholeNumber(NODES)),
  spareNodes: optional(isSpareNodes),
  instanceType: isInstanceType,
  instructionSet: optional(isInstructionSet),
  nodeImage: optional(isNodeImage),
  storageGib: wholeNumber({ min: 20, max: 16_384 }),
  labels: optional(mapOf(isLabelValue, isNodeLabelKey)),
  tags: optional(isTags),
  dependsOn: optional(list("a list of resources")),
};

/** A group's name is the longer where there are spare nodes. */
export const SPARE_NAME: Relation<Partial<Pick<NodeGroupProps, "name" | "spareNodes">>> = {
  between: ["name", "spareNodes"],
  problemsOf: ({ name, spareNodes = 0 }, path) =>
    spareNodes > 0 ? nameOf("EKS node group", `${SPARE}${GROUP_SUFFIX}`).problemsOf(name, `${path}.name`) : [],
};

export const RUNS_ITS_IMAGE: Relation<Pick<NodeGroupProps, "instanceType" | "instructionSet">> = {
  between: ["instanceType", "instructionSet"],
  problemsOf: ({ instanceType, instructionSet = DEFAULT_INSTRUCTION_SET }, path) =>
    instructionSetProblems(instanceType, instructionSet, `${path}.instanceType`),
};

/** Machine images of Amazon Linux 2023 for EKS. */
const AMI_TYPES: Readonly<Record<InstructionSet, string>> = {
  x86_64: "AL2023_x86_64_STANDARD",
  arm64: "AL2023_ARM_64_STANDARD",
};

/** AL2023's root device, on which images, logs and scratch space lie. */
const ROOT_DEVICE = "/dev/xvda";
/** What every gp3 volume has at no extra price. */
const GP3_BASELINE = { iops: 3000, throughput: 125 } as const;

/** Nodes of a zone that are always there. */
const own = (name: string, count: number) => ({
  nodeGroupNamePrefix: `${name}-`,
  scalingConfig: { desiredSize: count, minSize: count, maxSize: count },
  lifecycle: { createBeforeDestroy: true },
});
/** Nodes of a zone of which none need be there. */
const spare = (name: string, count: number) => ({
  nodeGroupNamePrefix: `${name}${SPARE}-`,
  scalingConfig: { desiredSize: 0, minSize: 0, maxSize: count },
  lifecycle: { createBeforeDestroy: true, ignoreChanges: ["scaling_config[0].desired_size"] },
});

/**
 * Nodes of one kind, a group for each zone: a node that is replaced comes back in its zone, where its pods' volumes are, and
 * the cluster autoscaler can add one in the zone of a volume. Their launch template holds size and volume, so that a change
 * rolls over them and replaces no group.
 *
 * Those that the autoscaler adds are groups of their own, of which none need be there: of the others Terraform says how
 * many there are, and of a group that both changed, EKS would refuse the one's least number for the other's present one.
 */
export class NodeGroup extends Construct {
  /** Pass it to `dependsOn` of what needs nodes to run on. */
  readonly resource: ITerraformDependable;
  /** The scaling groups behind the nodes, `Zone1` and `SpareZone1`, for a load balancer's target groups. */
  readonly autoscalingGroupNames: Readonly<Record<string, string>>;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: NodeGroupProps) {
    super(scope, id);
    props = checkProps(this, props, NODE_GROUP_RULES, RUNS_ITS_IMAGE, isImageOfVersion, SPARE_NAME);
    const { name, nodes, spareNodes = 0, instructionSet = DEFAULT_INSTRUCTION_SET, dependsOn = [] } = props;
    const { nodeImage = "newest" } = props;
    const tags = { ...props.tags, Name: name };

    const role = new ServiceRole(this, "Role", {
      name: `${name}-node`,
      service: "ec2.amazonaws.com",
      managedPolicies: ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"],
    });
    // No security groups here: EKS then adds the cluster's own, which is what stores and firewalls know the nodes by.
    const template = new LaunchTemplate(this, "LaunchTemplate", {
      namePrefix: `${name}-`,
      updateDefaultVersion: true,
      instanceType: props.instanceType,
      blockDeviceMappings: [
        {
          deviceName: ROOT_DEVICE,
          ebs: {
            volumeType: "gp3",
            volumeSize: props.storageGib,
            ...GP3_BASELINE,
            encrypted: "true",
            kmsKeyId: props.keys.volumes,
            deleteOnTermination: "true",
          },
        },
      ],
      // One hop: the node itself reads its metadata, a pod can't take the node's role.
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: "disabled",
      },
      monitoring: { enabled: true },
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
      lifecycle: { createBeforeDestroy: true },
    });
    const group = {
      clusterName: props.clusterName,
      nodeRoleArn: role.arn,
      version: props.version,
      amiType: AMI_TYPES[instructionSet],
      releaseVersion: nodeImage === "newest" ? this.newestImage(props.version, instructionSet) : nodeImage,
      capacityType: "ON_DEMAND",
      launchTemplate: { id: template.id, version: `${template.latestVersion}` },
      updateConfig: { maxUnavailablePercentage: MAX_UNAVAILABLE_PERCENT },
      nodeRepairConfig: { enabled: true },
      labels: props.labels && { ...props.labels },
    };
    const subnets = props.network.privateSubnetIds;
    const zoned = [
      ...nodesByZone(nodes, subnets.length).map((count, zone) => ({
        id: `Zone${zone + 1}`,
        zone,
        ...own(name, count),
      })),
      // The last zones first, because they have fewer of the others.
      ...nodesByZone(spareNodes, subnets.length)
        .toReversed()
        .map((count, zone) => ({ id: `SpareZone${zone + 1}`, zone, ...spare(name, count) })),
    ].filter(({ scalingConfig }) => scalingConfig.maxSize > 0);
    const groups: EksNodeGroup[] = [];
    for (const { id, zone, ...sizes } of zoned) {
      // One after the other: updated at the same time, they would take away nodes of all zones at once.
      const waits = [...role.policies, ...dependsOn, ...groups.slice(-1)];
      groups.push(
        new EksNodeGroup(this, id, { ...group, ...sizes, subnetIds: [subnets[zone] ?? ""], dependsOn: waits }),
      );
    }
    // Spare nodes may come later: what waited for them would be changed. There is one node at least.
    this.resource = groups[Math.min(nodes, subnets.length) - 1] as EksNodeGroup;
    this.autoscalingGroupNames = Object.fromEntries(
      groups.map((each) => [each.node.id, each.resources.get(0).autoscalingGroups.get(0).name]),
    );
  }

  /** What EKS recommends: EKS user guide, "Retrieve recommended Amazon Linux AMI IDs". */
  private newestImage(version: string, instructionSet: InstructionSet): string {
    const image = `${version}/amazon-linux-2023/${instructionSet}/standard`;
    const name = `/aws/service/eks/optimized-ami/${image}/recommended/release_version`;
    return new DataAwsSsmParameter(this, "NewestImage", { name }).insecureValue;
  }
}
