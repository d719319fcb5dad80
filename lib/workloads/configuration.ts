import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { literal } from "../core/literal";
import { externalSecret } from "../kubernetes/external-secret";
import { ManifestRelease } from "../kubernetes/manifest-release";
import { labelsOf } from "./services";

export interface ConfigurationProps {
  /** The service's name, and that of its ConfigMap and its secret. */
  readonly name: string;
  readonly namespace: string;
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** Environment variables by the names of their secrets. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Files of {@link FILES_FOLDER}, by their names. @default - none */
  readonly files?: Readonly<Record<string, string>>;
  /** The store of secrets. */
  readonly secretStore: ITerraformDependable;
  /** What must stand before it: its namespace. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Where a container finds its files. */
const FILES_FOLDER = "/etc/cqrs";
const FILES_VOLUME = "files";

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
  /** Hash of what is in the ConfigMaps, for the pods' template: processes read them once. */
  readonly hash: string;
  /** Pass them to `dependsOn` of the pods. */
  readonly resources: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ConfigurationProps) {
    super(scope, id);
    const { name, namespace, variables, secrets, files, secretStore, dependsOn } = props;
    const configMap = (what: string, mapName: string, data: Readonly<Record<string, string>>) =>
      new ConfigMapV1(this, what, {
        metadata: { name: mapName, namespace, labels: { ...labelsOf(name) } },
        data: literals(data),
        dependsOn: [...dependsOn],
      });

    const maps = [configMap("Variables", name, variables)];
    if (files !== undefined) maps.push(configMap("Files", `${name}-files`, files));
    const release =
      Object.keys(secrets).length === 0
        ? []
        : [
            new ManifestRelease(this, "Secrets", {
              name: `${name}-secrets`,
              namespace,
              manifests: [externalSecret({ name, namespace, data: sourcesOf(secrets) })],
              dependsOn: [secretStore, ...dependsOn],
            }).resource,
          ];

    this.container = {
      envFrom: [{ configMapRef: { name } }],
      env: Object.keys(secrets).map((key) => ({ name: key, valueFrom: { secretKeyRef: { name, key } } })),
      volumeMount: files === undefined ? [] : [{ name: FILES_VOLUME, mountPath: FILES_FOLDER, readOnly: true }],
    };
    this.volumes = files === undefined ? [] : [{ name: FILES_VOLUME, configMap: { name: `${name}-files` } }];
    this.hash = Fn.sha256(Fn.jsonencode(maps.map((map) => map.data)));
    this.resources = [...maps, ...release];
  }
}

const literals = (data: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, literal(value)]));

const sourcesOf = (secrets: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(secrets).map(([key, secret]) => [key, { secret }]));
