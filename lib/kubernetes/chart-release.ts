import { Release } from "@cdktf/provider-helm/lib/release";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { checkProps, given, oneOf, optional, type Rules } from "../core/rules";
import { CHARTS, type ChartKey } from "./charts";
import { RELEASE_RULES, type ReleaseProps, releaseSettings, valuesText } from "./release-settings";

export interface ChartReleaseProps extends Omit<ReleaseProps, "namespace"> {
  /** Which of {@link CHARTS}; its name is the release's name too. */
  readonly chart: ChartKey;
  /** Namespace, which must stand already. @default - the table's */
  readonly namespace?: string;
  /** The chart's values, without secrets: Helm and Terraform keep them in clear text. @default - the chart's own */
  readonly values?: object;
}

const { namespace, atomic, timeoutSeconds, waitForJobs, dependsOn } = RELEASE_RULES;

const RULES: Rules<ChartReleaseProps> = {
  chart: oneOf(Object.keys(CHARTS)),
  namespace: optional(namespace),
  values: optional(given("an object")),
  ...{ atomic, timeoutSeconds, waitForJobs, dependsOn },
};

/** A chart installed in the version that we pinned. */
export class ChartRelease extends Construct {
  /** Pass it to `dependsOn` of what needs the release. */
  readonly resource: TerraformResource;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ChartReleaseProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { values } = props;
    const chart = CHARTS[props.chart];

    this.resource = new Release(this, "Resource", {
      name: chart.name,
      chart: chart.name,
      repository: chart.repository,
      version: chart.version,
      values: values && [valuesText(values)],
      ...releaseSettings({ ...props, namespace: props.namespace ?? chart.namespace }),
    });
  }
}
