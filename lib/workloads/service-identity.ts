import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { PodIdentity } from "../kubernetes/pod-identity";
import type { Statement } from "../security/policy";
import { labelsOf } from "./services";

export interface ServiceIdentityProps {
  /** The service's name, and its service account's. */
  readonly name: string;
  readonly namespace: string;
  /** The cluster, whose name begins the role's. */
  readonly clusterName: string;
  /** Begins the role's name: `<rolePrefix>-query-api`. */
  readonly rolePrefix: string;
  /** What its pods may do at AWS; where it is nothing, there is no role. */
  readonly statements: readonly Statement[];
  /** What must stand before it: its namespace. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Whom a service's pods are: at Kubernetes nobody with a token, at AWS a role of their own where they need one. */
export class ServiceIdentity extends Construct {
  /** Pass them to `dependsOn` of the pods. */
  readonly resources: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ServiceIdentityProps) {
    super(scope, id);
    const { name, namespace, clusterName, rolePrefix, statements } = props;

    const account = new ServiceAccountV1(this, "Resource", {
      metadata: { name, namespace, labels: { ...labelsOf(name) } },
      automountServiceAccountToken: false,
      dependsOn: [...props.dependsOn],
    });
    if (statements.length === 0) {
      this.resources = [account];
      return;
    }
    const role = new PodIdentity(this, "Role", {
      clusterName,
      roleName: `${rolePrefix}-${name}`,
      namespace,
      serviceAccount: name,
      statements,
    });
    this.resources = [account, role.resource];
  }
}
