import { Token } from "cdktf";
import { isPrincipalArn } from "../core/arns";
import { shown } from "../core/problems";
import {
  known,
  mapOf,
  oneOf,
  optional,
  type Relation,
  type Rule,
  refined,
  shape,
  text,
  unique,
  wholeNumber,
} from "../core/rules";
import { NODES } from "./infrastructure";
import { type InstructionSet, isInstanceType, isInstructionSet } from "./instance-types";

/** Kubernetes versions that we know the add-ons of. */
export type KubernetesVersion = "1.34" | "1.35" | "1.36";

/** Add-ons of every cluster. */
export type AddonName =
  | "vpc-cni"
  | "kube-proxy"
  | "eks-pod-identity-agent"
  | "coredns"
  | "aws-ebs-csi-driver"
  | "eks-node-monitoring-agent";

/** Add-on versions of one's own choice. */
export type AddonVersions = Partial<Readonly<Record<AddonName, string>>>;

/**
 * Add-on versions by Kubernetes version: pinned, or each plan could bring another. Source: what people ran on these
 * Kubernetes versions in 2026, for AWS lists them only to whoever has an account:
 * `aws eks describe-addon-versions --kubernetes-version 1.35`.
 */
export const ADDON_VERSIONS: Readonly<Record<KubernetesVersion, Readonly<Record<AddonName, string>>>> = {
  "1.34": {
    "vpc-cni": "v1.21.1-eksbuild.3",
    "kube-proxy": "v1.34.3-eksbuild.5",
    "eks-pod-identity-agent": "v1.3.10-eksbuild.2",
    coredns: "v1.13.2-eksbuild.1",
    "aws-ebs-csi-driver": "v1.63.1-eksbuild.1",
    "eks-node-monitoring-agent": "v1.6.4-eksbuild.1",
  },
  "1.35": {
    "vpc-cni": "v1.22.4-eksbuild.3",
    "kube-proxy": "v1.35.3-eksbuild.18",
    "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
    coredns: "v1.14.3-eksbuild.3",
    "aws-ebs-csi-driver": "v1.63.1-eksbuild.1",
    "eks-node-monitoring-agent": "v1.6.4-eksbuild.1",
  },
  "1.36": {
    "vpc-cni": "v1.22.4-eksbuild.3",
    "kube-proxy": "v1.36.0-eksbuild.21",
    "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
    coredns: "v1.14.3-eksbuild.16",
    "aws-ebs-csi-driver": "v1.63.1-eksbuild.1",
    "eks-node-monitoring-agent": "v1.6.4-eksbuild.1",
  },
};

/** Days on which EKS ends standard support. Sources: AWS Health's notice of 2026-09-01 (1.34) and EKS's release calendar. */
export const STANDARD_SUPPORT_ENDS: Readonly<Record<KubernetesVersion, string>> = {
  "1.34": "2026-12-02",
  "1.35": "2027-03-27",
  "1.36": "2027-08-02",
};

export const DEFAULT_KUBERNETES_VERSION: KubernetesVersion = "1.35";

/** 'newest', or a release of EKS's images: its Kubernetes version and its day. */
export type NodeImage = "newest" | `${number}.${number}.${number}-${number}`;

export interface KubernetesOptions {
  /** @default '1.35' */
  readonly version?: KubernetesVersion;
  /** What the nodes' processors run. @default 'x86_64' */
  readonly instructionSet?: InstructionSet;
  /**
   * Release of the nodes' machine image. With 'newest', each plan of a cluster's stack takes what EKS recommends, and so each
   * deployment patches the nodes, a third at a time. A named one, such as '1.35.3-20261120', stays. @default 'newest'
   */
  readonly nodeImage?: NodeImage;
  /** EC2 instance types by side. @default - the least that hold `resources` */
  readonly instanceTypes?: { readonly write?: string; readonly read?: string };
  /** Nodes beyond each cluster's `nodes`, 0 to 450, that are added when pods find no room. @default - 3 where services run, otherwise none */
  readonly spareNodes?: { readonly write?: number; readonly read?: number };
  /** Add-on versions other than ours. @default - those we know for the Kubernetes version */
  readonly addonVersions?: AddonVersions;
}

export const isKubernetesVersion: Rule = oneOf(Object.keys(ADDON_VERSIONS));

/** Whether there is a group for them is decided at synth. */
export const isSpareNodes: Rule = known(wholeNumber({ min: 0, max: NODES.max }));

const isAddonVersion = text("an add-on version such as 'v1.21.1-eksbuild.1'", /^v\d+\.\d+\.\d+-eksbuild\.\d+$/);
const addonVersion = optional(isAddonVersion);

/** Older drivers do not give volumes the tag `ebs.csi.aws.com/cluster-name`, for which alone their role may attach them. */
const EBS_DRIVER_MINOR = 58;
const ebsDriverVersion = optional(
  refined<string>(isAddonVersion, (version, path) => {
    const [major = 0, minor = 0] = version.slice(1).split(".").map(Number);
    return Token.isUnresolved(version) || major > 1 || (major === 1 && minor >= EBS_DRIVER_MINOR)
      ? []
      : [
          {
            path,
            message: `must be v1.${EBS_DRIVER_MINOR}.0 or newer, which tags volumes by cluster, got ${shown(version)}`,
          },
        ];
  }),
);

export const isAddonVersions: Rule = shape<Record<AddonName, string>>({
  "aws-ebs-csi-driver": ebsDriverVersion,
  coredns: addonVersion,
  "eks-node-monitoring-agent": addonVersion,
  "eks-pod-identity-agent": addonVersion,
  "kube-proxy": addonVersion,
  "vpc-cni": addonVersion,
});

export const isNodeImage: Rule = text(
  "'newest' or a release such as '1.35.3-20261120'",
  /^(?:newest|1\.\d\d\.\d{1,2}-\d{8})$/,
);

/** An image of another Kubernetes version, which EKS refuses at apply. */
export const isImageOfVersion: Relation<{ readonly version?: string; readonly nodeImage?: NodeImage }> = {
  between: ["version", "nodeImage"],
  problemsOf: ({ version = DEFAULT_KUBERNETES_VERSION, nodeImage = "newest" }, path) =>
    nodeImage === "newest" || Token.isUnresolved(nodeImage) || nodeImage.startsWith(`${version}.`)
      ? []
      : [
          {
            path: `${path}.nodeImage`,
            message: `must be 'newest' or a release of Kubernetes ${version}, got ${shown(nodeImage)}`,
          },
        ],
};

const options = shape<KubernetesOptions>({
  version: optional(isKubernetesVersion),
  instructionSet: optional(isInstructionSet),
  nodeImage: optional(isNodeImage),
  instanceTypes: optional(
    shape<NonNullable<KubernetesOptions["instanceTypes"]>>({
      write: optional(isInstanceType),
      read: optional(isInstanceType),
    }),
  ),
  spareNodes: optional(
    shape<NonNullable<KubernetesOptions["spareNodes"]>>({
      write: optional(isSpareNodes),
      read: optional(isSpareNodes),
    }),
  ),
  addonVersions: optional(isAddonVersions),
});

export const isKubernetesOptions: Rule = refined<KubernetesOptions>(options, isImageOfVersion.problemsOf);

/** Names are part of addresses. */
const isRoleName = text("named by at most 60 letters, digits, '_' and '-'", /^[\w-]{1,60}$/);

export const isAdministrators = refined<Record<string, string>>(
  unique(mapOf(isPrincipalArn, isRoleName)),
  (roles, path) =>
    Object.keys(roles).length > 0
      ? []
      : [{ path, message: "must name at least one role, or nobody could reach the cluster, got none" }],
);
