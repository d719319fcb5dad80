import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { Fn, type ITerraformDependable, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { literal } from "../core/literal";
import { externalSecret } from "../kubernetes/external-secret";
import { ManifestRelease } from "../kubernetes/manifest-release";
import { labelsOf } from "./services";

export interface ConfigurationProps {
  /** The service's name and its secret's; its ConfigMaps' names begin with it. */
  readonly name: string;
  readonly namespace: string;
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** Environment variables by the names of their secrets. @default - none */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Files of {@link FILES_FOLDER}, by their names. @default - none */
  readonly files?: Readonly<Record<string, string>>;
  /** The store of secrets. @default - it is there already, or there are none */
  readonly secretStore?: ITerraformDependable;
  /** What must stand before it: its namespace. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Where a container finds its files. */
const FILES_FOLDER = "/etc/cqrs";
const FILES_VOLUME = "files";
/** As many digits as kubectl gives those that it makes by their content. */
const HASH_LENGTH = 10;

/** What a service's containers are told: variables and files by their own names, secrets by those of Secrets Manager. */
export class Configuration extends Construct {
  /** Arguments of the container. */
  readonly container: {
    readonly envFrom: { readonly configMapRef: { readonly name: string } }[];
    readonly env: { readonly name: string; readonly valueFrom: object }[];
    readonly volumeMount: { readonly name: string; readonly mountPath: string; readonly readOnly: boolean }[];
  };
  /** Volumes of the pod. */
  readonly volumes: { readonly name: string; readonly configMap: { readonly name: string } }[];
  /** Pass them to `dependsOn` of the pods. */
  readonly resources: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ConfigurationProps) {
    super(scope, id);
    const { name, namespace, variables, secrets = {}, files, secretStore, dependsOn } = props;
    const configMap = (what: string, texts: Readonly<Record<string, string>>) => {
      const data = literals(texts);
      // A changed content is another map, which new pods get. Those that run keep theirs when they are started anew, so
      // that a wrong value stops at the first pod that fails by it.
      const content = new TerraformLocal(this, `${what}Content`, data);
      const hash = Fn.substr(Fn.sha256(Fn.jsonencode(content.expression)), 0, HASH_LENGTH);
      return new ConfigMapV1(this, what, {
        metadata: { name: `${name}-${what.toLowerCase()}-${hash}`, namespace, labels: { ...labelsOf(name) } },
        data,
        immutable: true,
        // The old one stays until nobody has it any more.
        lifecycle: { createBeforeDestroy: true },
        dependsOn: [...dependsOn],
      });
    };

    const variableMap = configMap("Variables", variables);
    const fileMap = files && configMap("Files", files);
    const release =
      Object.keys(secrets).length === 0
        ? []
        : [
            new ManifestRelease(this, "Secrets", {
              name: `${name}-secrets`,
              namespace,
              manifests: [externalSecret({ name, namespace, data: sourcesOf(secrets) })],
              dependsOn: [...(secretStore === undefined ? [] : [secretStore]), ...dependsOn],
            }).resource,
          ];

    this.container = {
      envFrom: [{ configMapRef: { name: nameOf(variableMap) } }],
      env: Object.keys(secrets).map((key) => ({ name: key, valueFrom: { secretKeyRef: { name, key } } })),
      volumeMount: fileMap === undefined ? [] : [{ name: FILES_VOLUME, mountPath: FILES_FOLDER, readOnly: true }],
    };
    this.volumes = fileMap === undefined ? [] : [{ name: FILES_VOLUME, configMap: { name: nameOf(fileMap) } }];
    this.resources = [variableMap, ...(fileMap === undefined ? [] : [fileMap]), ...release];
  }
}

const nameOf = ({ metadata }: ConfigMapV1): string => metadata.name;

const literals = (data: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, literal(value)]));

const sourcesOf = (secrets: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(secrets).map(([key, secret]) => [key, { secret }]));
