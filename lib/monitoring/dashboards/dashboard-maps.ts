import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { literal } from "../../core/literal";
import { NAMESPACES } from "../../kubernetes/namespaces";
import { DASHBOARD_LABEL, FOLDER_ANNOTATION } from "../grafana";
import type { Dashboard } from "./dashboard";
import { dashboardJson, type RunbooksOf } from "./render";

export interface DashboardMapsProps {
  readonly dashboards: readonly Dashboard[];
  readonly runbooksOf: RunbooksOf;
  /** What must stand before them: the namespace. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Beside the chart's own. */
const FOLDER = "CQRS";

/** Dashboards as Grafana's sidecar finds them: a ConfigMap each, so that none comes near the size that one may have. */
export class DashboardMaps extends Construct {
  constructor(scope: Construct, id: string, { dashboards, runbooksOf, dependsOn }: DashboardMapsProps) {
    super(scope, id);
    for (const dashboard of dashboards)
      new ConfigMapV1(this, pascalCase(dashboard.uid), {
        metadata: {
          name: dashboard.uid,
          namespace: NAMESPACES.monitoring,
          labels: DASHBOARD_LABEL,
          annotations: { [FOLDER_ANNOTATION]: FOLDER },
        },
        data: { [`${dashboard.uid}.json`]: literal(dashboardJson(dashboard, runbooksOf)) },
        dependsOn: [...dependsOn],
      });
  }
}

const pascalCase = (uid: string) => uid.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
