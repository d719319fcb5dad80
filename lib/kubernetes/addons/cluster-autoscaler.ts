import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { isKubernetesVersion, type KubernetesVersion } from "../../config/kubernetes";
import { POD_REPLICAS, POD_RESOURCES } from "../../config/pod-resources";
import { Account } from "../../core/account";
import { nameOf } from "../../core/names";
import { checkProps, isTrueOrFalse, list, optional, type Rules, text } from "../../core/rules";
import type { Statement } from "../../security/policy";
import { ChartRelease } from "../chart-release";
import { CHARTS } from "../charts";
import { PodIdentity } from "../pod-identity";
import { spreadOver } from "../spread";

export interface ClusterAutoscalerProps {
  /** Begins the role's name, `<name>-cluster-autoscaler`: the cluster's. */
  readonly name: string;
  readonly clusterName: string;
  readonly region: string;
  /** Kubernetes version of the cluster: the autoscaler foresees what that version's scheduler does. */
  readonly version: KubernetesVersion;
  /** Whether Prometheus finds it, for which the definitions of Prometheus' operator must stand. @default false */
  readonly serviceMonitor?: boolean;
  /** What must stand before its pods. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

export const CLUSTER_AUTOSCALER_RULES: Rules<ClusterAutoscalerProps> = {
  name: nameOf("IAM role", "-cluster-autoscaler"),
  clusterName: text("a cluster's name", /\S/),
  region: text("a Region", /\S/),
  version: isKubernetesVersion,
  serviceMonitor: optional(isTrueOrFalse),
  dependsOn: optional(list("a list of resources")),
};

const { name: NAME, namespace: NAMESPACE } = CHARTS.clusterAutoscaler;
/** Images by the cluster's version: the latest of each minor version, of July 2026. */
const IMAGE_TAGS: Readonly<Record<KubernetesVersion, string>> = {
  "1.34": "v1.34.5",
  "1.35": "v1.35.2",
  "1.36": "v1.36.1",
};

/** Tags by which it finds its scaling groups, and by which it may change them; EKS sets both on those of node groups. */
const ENABLED_TAG = "k8s.io/cluster-autoscaler/enabled";
const clusterTag = (clusterName: string): string => `k8s.io/cluster-autoscaler/${clusterName}`;

type ValuesProps = Pick<ClusterAutoscalerProps, "clusterName" | "region" | "version"> & {
  readonly serviceMonitor: boolean;
};

/** Values of cluster-autoscaler. */
export const clusterAutoscalerValues = ({ clusterName, region, version, serviceMonitor }: ValuesProps): object => ({
  fullnameOverride: NAME,
  cloudProvider: "aws",
  awsRegion: region,
  autoDiscovery: { clusterName },
  image: { tag: IMAGE_TAGS[version] },
  replicaCount: POD_REPLICAS.addon,
  resources: POD_RESOURCES.clusterAutoscaler,
  topologySpreadConstraints: spreadOver(
    { "app.kubernetes.io/name": "aws-cluster-autoscaler", "app.kubernetes.io/instance": NAME },
    "zone",
  ),
  extraArgs: {
    // Spare nodes are a group in each zone, and a node group that is replaced exists beside its successor for a while.
    "balance-similar-node-groups": true,
    // Our pods have their scratch space on their nodes; by default such a node would never be given back.
    "skip-nodes-with-local-storage": false,
  },
  rbac: { serviceAccount: { name: NAME } },
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 65_534,
    runAsGroup: 65_534,
    seccompProfile: { type: "RuntimeDefault" },
  },
  containerSecurityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
  },
  // It would be looked for in a namespace `monitoring`, which not every cluster has.
  ...(serviceMonitor && { serviceMonitor: { enabled: true, namespace: NAMESPACE } }),
});

/** Nodes as pods need them, between the least and the most that each node group allows. */
export class ClusterAutoscaler extends Construct {
  readonly resource: ITerraformDependable;
  /** Its role at AWS, which takes effect some seconds after it is made. */
  readonly identity: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ClusterAutoscalerProps) {
    super(scope, id);
    props = checkProps(this, props, CLUSTER_AUTOSCALER_RULES);
    const { name, clusterName, region, version, serviceMonitor = false, dependsOn = [] } = props;

    this.identity = new PodIdentity(this, "Identity", {
      clusterName,
      roleName: `${name}-cluster-autoscaler`,
      namespace: NAMESPACE,
      serviceAccount: NAME,
      statements: scalingStatements(Account.of(this), props),
    }).resource;
    this.resource = new ChartRelease(this, "Release", {
      chart: "clusterAutoscaler",
      values: clusterAutoscalerValues({ clusterName, region, version, serviceMonitor }),
      dependsOn: [this.identity, ...dependsOn],
    }).resource;
  }
}

/** As its own documentation lists them; AWS knows no narrower resource for what describes. */
function scalingStatements(account: Account, { clusterName, region }: ClusterAutoscalerProps): Statement[] {
  return [
    {
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
      ],
      Resource: "*",
    },
    {
      Action: "eks:DescribeNodegroup",
      Resource: `arn:${account.partition}:eks:${region}:${account.id}:nodegroup/${clusterName}/*`,
    },
    {
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: "*",
      Condition: {
        StringEquals: {
          [`aws:ResourceTag/${ENABLED_TAG}`]: "true",
          [`aws:ResourceTag/${clusterTag(clusterName)}`]: "owned",
        },
      },
    },
  ];
}
