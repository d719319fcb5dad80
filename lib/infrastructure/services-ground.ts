import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { SERVICE_ADDONS_RULES, ServiceAddons, type ServiceAddonsProps } from "../kubernetes/addons/service-addons";
import { Namespace } from "../kubernetes/namespace";
import { SERVICE_PLACE_RULES, type ServicePlace } from "../workloads/service-pods";

export interface ServicesGroundProps extends Omit<ServiceAddonsProps, "namespaces">, Pick<ServicePlace, "fieldKey"> {
  /** Namespace of the services. */
  readonly namespace: string;
}

const { namespaces: _, secrets: __, keda: ___, ...rules } = SERVICE_ADDONS_RULES;
/** Rules of what a side's services pass on. */
export const GROUND_RULES = { ...rules, fieldKey: SERVICE_PLACE_RULES.fieldKey };

/** What stands in a cluster before its services: add-ons, and a namespace in which nobody may speak to anybody yet. */
export class ServicesGround extends Construct {
  readonly addons: ServiceAddons;
  /** What each service needs of it. */
  readonly place: ServicePlace & { readonly dependsOn: readonly ITerraformDependable[] };

  constructor(scope: Construct, id: string, { namespace: name, fieldKey, ...props }: ServicesGroundProps) {
    super(scope, id);
    this.addons = new ServiceAddons(this, "Addons", { ...props, namespaces: [name] });
    const namespace = new Namespace(this, "Namespace", { name });
    const { clusterName, region } = props;
    this.place = {
      ...{ clusterName, region, name: props.name, fieldKey },
      secretStore: this.addons.secretStore,
      dependsOn: [namespace.resource],
    };
  }
}
