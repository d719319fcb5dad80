import { SECRET_STORE } from "./addons/external-secrets";
import type { Manifest } from "./manifest-release";

/** Where a value comes from: a secret of AWS Secrets Manager, or one key of a secret that is a JSON object. */
export interface SecretSource {
  readonly secret: string;
  /** @default - the secret's whole text */
  readonly property?: string;
}

export interface ExternalSecretProps {
  /** The Kubernetes secret's name. */
  readonly name: string;
  readonly namespace: string;
  /** The `ClusterSecretStore` that it is read from. @default - the services' own */
  readonly store?: string;
  /** The Kubernetes secret's type. @default 'Opaque' */
  readonly type?: string;
  /** Sources by the Kubernetes secret's keys. */
  readonly data: Readonly<Record<string, SecretSource>>;
  /** Texts by the Kubernetes secret's keys, in which `{{ .key }}` is a value of `data`. @default - the values themselves */
  readonly template?: Readonly<Record<string, string>>;
}

/** How old a value may be when it was changed in Secrets Manager. */
const REFRESH_INTERVAL = "1h0m0s";

/** A Kubernetes secret that External Secrets fills from AWS Secrets Manager: only names stand in plan and state. */
export const externalSecret = ({
  name,
  namespace,
  store = SECRET_STORE.name,
  type = "Opaque",
  data,
  template,
}: ExternalSecretProps): Manifest => ({
  apiVersion: "external-secrets.io/v1",
  kind: "ExternalSecret",
  metadata: { name, namespace },
  spec: {
    refreshInterval: REFRESH_INTERVAL,
    secretStoreRef: { ...SECRET_STORE, name: store },
    target: {
      name,
      creationPolicy: "Owner",
      template: { type, ...(template && { engineVersion: "v2", data: template }) },
    },
    data: Object.entries(data).map(([secretKey, { secret, property }]) => ({
      secretKey,
      remoteRef: { key: secret, ...(property !== undefined && { property }) },
    })),
  },
});

interface ExternalSecretSpec {
  readonly data: readonly { readonly remoteRef: { readonly key: string } }[];
}

/** Names of the secrets of Secrets Manager that external secrets read, each once. */
export const secretsNamedBy = (manifests: readonly Manifest[]): readonly string[] => {
  const specs = manifests.map(({ spec }) => spec as ExternalSecretSpec);
  return [...new Set(specs.flatMap(({ data }) => data.map(({ remoteRef }) => remoteRef.key)))].sort();
};
