import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Account } from "../core/account";
import { externalSecretsRole, readingStatements, secretStore } from "../kubernetes/addons/external-secrets";
import { secretsNamedBy } from "../kubernetes/external-secret";
import { type Manifest, ManifestRelease } from "../kubernetes/manifest-release";
import { NAMESPACES } from "../kubernetes/namespaces";
import type { KeyArns } from "../security/encryption-keys";
import { policyOf } from "../security/policy";

export interface MonitoringSecretsProps {
  /** The cluster's name, with which the role of its External Secrets begins. */
  readonly name: string;
  readonly region: string;
  /** Key of the secrets. */
  readonly keys: Pick<KeyArns, "secrets">;
  /** External secrets of the store {@link MONITORING_SECRET_STORE}, at least one, each with its namespace. */
  readonly secrets: readonly Manifest[];
  /** What must stand before it: the namespaces, and the secrets that are made with them. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** The store that monitoring's secrets are read from. */
export const MONITORING_SECRET_STORE = "monitoring";

/**
 * What monitoring gets of Secrets Manager, by the External Secrets that the services brought, which may then read what
 * is named here and nothing else. A store of its own beside theirs: when monitoring goes, nothing of theirs changes.
 */
export class MonitoringSecrets extends Construct {
  /** Pass it to `dependsOn` of what reads them. */
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, region, keys, ...props }: MonitoringSecretsProps) {
    super(scope, id);
    const secrets = secretsNamedBy(props.secrets);
    const namespaces = [...new Set(props.secrets.map(({ metadata }) => metadata.namespace ?? ""))].sort();

    const policy = new IamRolePolicy(this, "Policy", {
      name: "monitoring",
      role: externalSecretsRole(name),
      policy: policyOf(...readingStatements(Account.of(this), { region, keys, secrets })),
    });
    this.resource = new ManifestRelease(this, "Resource", {
      name: "monitoring-secrets",
      // Those that it is for come and go.
      namespace: NAMESPACES.system,
      manifests: [secretStore({ name: MONITORING_SECRET_STORE, region, namespaces }), ...props.secrets],
      dependsOn: [policy, ...props.dependsOn],
    }).resource;
  }
}
