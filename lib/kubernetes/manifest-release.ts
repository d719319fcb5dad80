import { Release } from "@cdktf/provider-helm/lib/release";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { isPlainObject } from "../core/plain-object";
import { type Problem, shown } from "../core/problems";
import { checkProps, listOf, type Rules, refined, rule, text } from "../core/rules";
import { ManifestChart } from "./manifest-chart";
import { RELEASE_RULES, type ReleaseProps, releaseSettings, valuesText } from "./release-settings";

/** A Kubernetes object, as its own definition wants it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    /** @default - none for a cluster's object, otherwise the release's */
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: object;
}

export interface ManifestReleaseProps extends ReleaseProps {
  /** The release's name, one of its own in its namespace. */
  readonly name: string;
  /** 1 to 100 objects, none of them a Secret: Helm and Terraform keep them in clear text. */
  readonly manifests: readonly Manifest[];
}

/** Helm: 53 characters, so that Kubernetes' names can begin with it. */
const isReleaseName = text(
  "at most 53 lower-case letters, digits and hyphens, letter or digit first and last",
  /^[a-z0-9](?:[a-z0-9-]{0,51}[a-z0-9])?$/,
);

const isManifest = refined<Manifest>(
  rule(
    "a Kubernetes object with 'apiVersion', 'kind' and 'metadata.name'",
    (value) =>
      isPlainObject(value) &&
      isPlainObject(value.metadata) &&
      [value.apiVersion, value.kind, value.metadata.name].every((each) => typeof each === "string" && each !== ""),
  ),
  ({ apiVersion, kind }, path): readonly Problem[] =>
    apiVersion === "v1" && kind === "Secret"
      ? [{ path, message: "must be no Secret, whose values would stand in Terraform's state, got one" }]
      : [],
);

const RULES: Rules<ManifestReleaseProps> = {
  ...RELEASE_RULES,
  name: isReleaseName,
  manifests: refined<readonly Manifest[]>(listOf(isManifest), (manifests, path) => {
    const names = manifests.map(nameIn);
    return names.flatMap((name, index) =>
      names.indexOf(name) < index
        ? [{ path: `${path}[${index}]`, message: `must be given once, got ${shown(name)} twice` }]
        : [],
    );
  }),
};

/**
 * Objects of kinds that the cluster learns in the same run, by a chart of our own: the provider's own resource for them
 * asks for their definition when planning. Helm does not wait until their operators have done what they ask for.
 */
export class ManifestRelease extends Construct {
  /** Pass it to `dependsOn` of what needs the objects. */
  readonly resource: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ManifestReleaseProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const chart = ManifestChart.of(this);

    this.resource = new Release(this, "Resource", {
      name: props.name,
      chart: chart.path,
      version: chart.version,
      values: [valuesText({ resources: props.manifests })],
      ...releaseSettings(props),
    });
  }
}

const nameIn = ({ apiVersion, kind, metadata }: Manifest): string =>
  [apiVersion, kind, metadata.namespace, metadata.name].filter((each) => each !== undefined).join(" ");
