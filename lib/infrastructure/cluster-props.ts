import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { CLUSTER_RULES, type ClusterConfig } from "../config/infrastructure";
import { DEFAULT_INSTRUCTION_SET } from "../config/instance-types";
import { isImageOfVersion } from "../config/kubernetes";
import { storageGibOf } from "../config/quantities";
import type { Side } from "../config/side";
import { nodeSizingProblems, nodeTypeOf } from "../config/sizing";
import { readGiven } from "../core/readable";
import { checkProps, optional, type Relation, type Rules } from "../core/rules";
import { SERVICES_APART } from "../kubernetes/control-plane";
import { KUBERNETES_CLUSTER_RULES, type KubernetesClusterProps } from "../kubernetes/kubernetes-cluster";
import { SPARE_NAME } from "../kubernetes/node-group";

type ClusterOptions = Omit<KubernetesClusterProps, "name" | "nodes" | "instanceType" | "storageGib" | "labels">;

/** The seed's own keys, and what a cluster needs beside them. */
export interface ClusterProps extends ClusterConfig, ClusterOptions {
  /** Begins every physical name, at most 37 characters, 31 with spare nodes. A changed name is a new cluster. @default - the stack's id and the side: `orders-write` */
  readonly name?: string;
  /** EC2 instance type of the nodes. @default - the least that holds `resources`: m7i.xlarge for 4 cores and 16GB */
  readonly instanceType?: string;
}

const { instanceType, storageGib: _, labels: __, ...options } = KUBERNETES_CLUSTER_RULES;

const RULES: Rules<ClusterProps> = {
  ...options,
  ...CLUSTER_RULES,
  instanceType: optional(instanceType),
};

const NODE_SIZING: Relation<ClusterProps> = {
  between: ["resources", "instanceType", "instructionSet"],
  problemsOf: (props, path) =>
    nodeSizingProblems(props, { resources: `${path}.resources`, instanceType: `${path}.instanceType` }),
};

/**
 * What the seed's words mean for a Kubernetes cluster.
 * @throws {InvalidConfigurationError} with all that is wrong with the props.
 */
export function kubernetesClusterProps(construct: Construct, side: Side, props: ClusterProps): KubernetesClusterProps {
  const read = readGiven(props, construct.node.path);
  const name = read?.name ?? `${TerraformStack.of(construct).node.id}-${side}`;
  const given = checkProps(
    construct,
    { ...read, name },
    RULES,
    NODE_SIZING,
    isImageOfVersion,
    SERVICES_APART,
    SPARE_NAME,
  );
  const { type: _type, resources, instructionSet = DEFAULT_INSTRUCTION_SET, ...rest } = given;
  return {
    ...rest,
    name,
    instructionSet,
    instanceType: nodeTypeOf(given) ?? "",
    storageGib: storageGibOf(resources.storage) ?? 0,
    labels: { "cqrs/side": side },
  };
}
