import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { POD_RESOURCES } from "../config/pod-resources";
import type { RecoveryJobsConfig } from "../config/recovery-jobs";
import { NAMESPACES } from "../kubernetes/namespaces";
import { NetworkPolicy, TO_DNS, TO_POD_IDENTITY, type Way } from "../kubernetes/network-policy";
import { Configuration } from "./configuration";
import { CONTAINER_SECURITY, POD_SECURITY, SCRATCH } from "./pod-security";
import { ServiceIdentity } from "./service-identity";
import { labelsOf, selectorOf } from "./services";
import type { StoreAccess } from "./store-access";

export interface OperationsPodsProps extends Omit<RecoveryJobsConfig, "formerKeys" | "subjectKeys"> {
  /** The pods' name, and their service account's. */
  readonly name: string;
  readonly clusterName: string;
  /** Begins the role's name: `<rolePrefix>-recovery`. */
  readonly rolePrefix: string;
  readonly region: string;
  readonly stores: readonly StoreAccess[];
  readonly dependsOn: readonly ITerraformDependable[];
}

/** A part that was begun is finished, and where it stands is written down. */
const STOP_SECONDS = 60;

/** Pods of one identity that run `cqrs-ops` once and end. Nobody sends them anything. */
export class OperationsPods extends Construct {
  /** Pass them to `dependsOn` of what makes the pods. */
  readonly resources: readonly ITerraformDependable[];

  private readonly props: OperationsPodsProps;
  private readonly configuration: Configuration;

  constructor(scope: Construct, id: string, props: OperationsPodsProps) {
    super(scope, id);
    this.props = props;
    const { name, clusterName, rolePrefix, region, stores, variables, dependsOn } = props;
    const namespace = NAMESPACES.recovery;

    const identity = new ServiceIdentity(this, "Identity", {
      ...{ name, namespace, clusterName, rolePrefix, dependsOn },
      statements: stores.flatMap((store) => store.statements),
    });
    this.configuration = new Configuration(this, "Configuration", {
      ...{ name, namespace, dependsOn },
      variables: {
        ...variables,
        ...Object.assign({}, ...stores.map((store) => store.variables)),
        AWS_REGION: region,
      },
    });
    const policy = new NetworkPolicy(this, "NetworkPolicy", {
      ...{ name, namespace, dependsOn },
      labels: selectorOf(name),
      to: [...TO_DNS, TO_POD_IDENTITY, ...eachOnce(stores.flatMap((store) => store.ways))],
    });
    this.resources = [...identity.resources, ...this.configuration.resources, policy.resource];
  }

  /** A pod's template, with the command that it is for, what is said to it, and variables that it has for itself. */
  template(command: string, args: readonly string[] = [command], variables: Readonly<Record<string, string>> = {}) {
    const { name, image, resources = POD_RESOURCES.service } = this.props;
    return {
      metadata: {
        labels: { ...labelsOf(name), "cqrs/command": command },
        // A node that is too many waits until it is done.
        annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
      },
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        restartPolicy: "Never",
        terminationGracePeriodSeconds: STOP_SECONDS,
        securityContext: POD_SECURITY,
        container: [
          {
            name: command,
            image,
            args: [...args],
            resources: { requests: { ...resources.requests }, limits: { ...resources.limits } },
            ...this.configuration.container,
            env: Object.entries(variables).map(([key, value]) => ({ name: key, value })),
            securityContext: CONTAINER_SECURITY,
            volumeMount: [SCRATCH.volumeMount, ...this.configuration.container.volumeMount],
          },
        ],
        volume: [SCRATCH.volume, ...this.configuration.volumes],
      },
    };
  }
}

const eachOnce = (ways: readonly Way[]): readonly Way[] => [
  ...new Map(ways.map((way) => [JSON.stringify(way), way])).values(),
];
