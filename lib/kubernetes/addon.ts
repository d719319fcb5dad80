import { EksAddon } from "@cdktf/provider-aws/lib/eks-addon";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Statement } from "../security/policy";
import { ServiceRole } from "../security/service-role";

export interface AddonProps {
  readonly clusterName: string;
  /** Version, as `aws eks describe-addon-versions` lists it: `'v1.21.1-eksbuild.1'`. */
  readonly version: string;
  /** Values of the add-on's own configuration schema. @default - the add-on's defaults */
  readonly configuration?: object;
  /** What the add-on's pods may do at AWS. @default - nothing */
  readonly identity?: AddonIdentity;
  /** What must stand before it. @default - the cluster alone */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A role for an add-on's service account, by EKS Pod Identity. */
export interface AddonIdentity {
  readonly serviceAccount: string;
  readonly roleName: string;
  readonly managedPolicies: readonly string[];
  readonly statements?: readonly Statement[];
}

/** An add-on that EKS installs; the construct's id is the add-on's name. */
export class Addon extends Construct {
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, props: AddonProps) {
    super(scope, id);
    const { identity, configuration, dependsOn = [] } = props;
    const role =
      identity &&
      new ServiceRole(this, "Role", {
        name: identity.roleName,
        service: "pods.eks.amazonaws.com",
        pods: { clusterName: props.clusterName, namespace: "kube-system", serviceAccount: identity.serviceAccount },
        managedPolicies: identity.managedPolicies,
        statements: identity.statements,
      });
    this.resource = new EksAddon(this, "Resource", {
      clusterName: props.clusterName,
      addonName: id,
      addonVersion: props.version,
      configurationValues: configuration && JSON.stringify(configuration),
      // What the plan says is what runs, whoever edited the cluster in between.
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
      ...(identity &&
        role && { podIdentityAssociation: [{ serviceAccount: identity.serviceAccount, roleArn: role.arn }] }),
      dependsOn: [...dependsOn, ...(role?.policies ?? [])],
    });
  }
}
