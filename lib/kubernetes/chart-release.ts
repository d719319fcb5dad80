import { Release } from "@cdktf/provider-helm/lib/release";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { checkProps, given, isTrueOrFalse, list, oneOf, optional, type Rules, text, wholeNumber } from "../core/rules";
import { CHARTS, type ChartKey } from "./charts";

export interface ChartReleaseProps {
  /** Which of {@link CHARTS}; its name is the release's name too. */
  readonly chart: ChartKey;
  /** Namespace, which must stand already: one that Helm makes has no labels and outlives the release. */
  readonly namespace: string;
  /** The chart's values, without secrets: Helm and Terraform keep them in clear text. @default - the chart's own */
  readonly values?: object;
  /** Whether a release that fails is rolled back, or left for the next run to go on with. @default true */
  readonly atomic?: boolean;
  /** How long Helm waits until all is ready, 60 to 3600. @default 600 */
  readonly timeoutSeconds?: number;
  /** What must stand before it, and goes after it. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Ours: less is too little for any image to be pulled, more and nobody waits for it. */
export const RELEASE_TIMEOUT_SECONDS = { min: 60, max: 3600 } as const;
/** Revisions that Helm keeps, each a Secret; it would keep all. */
const MAX_HISTORY = 5;

const RULES: Rules<ChartReleaseProps> = {
  chart: oneOf(Object.keys(CHARTS)),
  namespace: text(
    "a namespace of at most 63 lower-case letters, digits and hyphens",
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  ),
  values: optional(given("an object")),
  atomic: optional(isTrueOrFalse),
  timeoutSeconds: optional(wholeNumber(RELEASE_TIMEOUT_SECONDS)),
  dependsOn: optional(list("a list of resources")),
};

/** A chart installed in the version that we pinned. */
export class ChartRelease extends Construct {
  /** Pass it to `dependsOn` of what needs the release. */
  readonly resource: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ChartReleaseProps) {
    super(scope, id);
    checkProps(this, props, RULES);
    const { namespace, values, atomic = true, timeoutSeconds = 600, dependsOn = [] } = props;
    const chart = CHARTS[props.chart];

    this.resource = new Release(this, "Resource", {
      name: chart.name,
      chart: chart.name,
      repository: chart.repository,
      version: chart.version,
      namespace,
      createNamespace: false,
      values: values && [textOf(values)],
      atomic,
      // A release that failed, or that an unreachable cluster made the provider forget, is taken over.
      upgradeInstall: true,
      // Otherwise Helm keeps the old values where the new ones are empty.
      resetValues: true,
      maxHistory: MAX_HISTORY,
      timeout: timeoutSeconds,
      dependsOn: [...dependsOn],
    });
  }
}

/**
 * Values as one text, the same for the same values: JSON, which is YAML too, its keys in order. What a chart would
 * read as `${…}` or `%{…}` is kept from Terraform; cdktf's own tokens are not.
 */
const textOf = (values: object): string =>
  JSON.stringify(inOrder(values)).replaceAll(/[$%](?=\{(?!TfToken\[))/g, (sign) => sign + sign);

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, inOrder(each)]));
}
