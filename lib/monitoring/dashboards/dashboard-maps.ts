import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { literal } from "../../core/literal";
import { throwIfAny } from "../../core/problems";
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
/** Of all values of a ConfigMap together: `MaxSecretSize`, by which Kubernetes' ValidateConfigMap refuses it at apply. */
const MAX_BYTES = 2 ** 20;

/** Dashboards as Grafana's sidecar finds them: a ConfigMap each, as there is a size that none may be beyond. */
export class DashboardMaps extends Construct {
  /** @throws {InvalidConfigurationError} when a dashboard is too large, as with an objective for each of many types. */
  constructor(scope: Construct, id: string, { dashboards, runbooksOf, dependsOn }: DashboardMapsProps) {
    super(scope, id);
    const texts = dashboards.map((dashboard) => ({ uid: dashboard.uid, json: dashboardJson(dashboard, runbooksOf) }));
    throwIfAny(
      texts
        .map(({ uid, json }) => ({ path: `${this.node.path}.${uid}`, bytes: Buffer.byteLength(json) }))
        .filter(({ bytes }) => bytes > MAX_BYTES)
        .map(({ path, bytes }) => ({ path, message: `must be at most ${MAX_BYTES} bytes of JSON, got ${bytes}` })),
    );
    for (const { uid, json } of texts)
      new ConfigMapV1(this, pascalCase(uid), {
        metadata: {
          name: uid,
          namespace: NAMESPACES.monitoring,
          labels: DASHBOARD_LABEL,
          annotations: { [FOLDER_ANNOTATION]: FOLDER },
        },
        data: { [`${uid}.json`]: literal(json) },
        dependsOn: [...dependsOn],
      });
  }
}

const pascalCase = (uid: string) => uid.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
