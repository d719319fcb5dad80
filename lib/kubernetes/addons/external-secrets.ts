import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { POD_REPLICAS, POD_RESOURCES } from "../../config/pod-resources";
import { isSecretName } from "../../config/secret-names";
import type { ContainerResources } from "../../config/services";
import { Account } from "../../core/account";
import { nameOf } from "../../core/names";
import { checkProps, isTrueOrFalse, list, listOf, optional, type Rules, text, unique } from "../../core/rules";
import { type KeyArns, keysFor } from "../../security/encryption-keys";
import type { Statement } from "../../security/policy";
import { ChartRelease } from "../chart-release";
import { CHARTS } from "../charts";
import { type ClusterRanges, isClusterRanges, PRIVATE_RANGES } from "../cluster-ranges";
import { type Manifest, ManifestRelease } from "../manifest-release";
import { Namespace } from "../namespace";
import {
  fromApiServer,
  type NetworkPath,
  type Pods,
  PROMETHEUS,
  policiesOf,
  toApiServer,
  toAws,
  toPodIdentity,
} from "../network-paths";
import { PodIdentity } from "../pod-identity";
import { isNamespaceName } from "../release-settings";
import { spreadOver } from "../spread";
import { KEEP, ONE_STAYS } from "./replicas";

export interface ExternalSecretsProps {
  /** Begins the role's name, `<name>-external-secrets`: the cluster's. */
  readonly name: string;
  readonly clusterName: string;
  readonly region: string;
  /** Key of the secrets. */
  readonly keys: Pick<KeyArns, "secrets">;
  /** Names of the secrets that it may read, 1 to 100. */
  readonly secrets: readonly string[];
  /** Namespaces whose external secrets may use the store. */
  readonly namespaces: readonly string[];
  /** Whether Prometheus finds it, for which the definitions of Prometheus' operator must stand. @default false */
  readonly serviceMonitor?: boolean;
  /**
   * Addresses that its pods' network policies name. Secrets Manager must be at one of them, so the VPC needs its interface
   * endpoint. @default - all private ones of RFC 1918
   */
  readonly ranges?: ClusterRanges;
  /** What must stand before its pods. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

export const EXTERNAL_SECRETS_RULES: Rules<ExternalSecretsProps> = {
  name: nameOf("IAM role", "-external-secrets"),
  clusterName: text("a cluster's name", /\S/),
  region: text("a Region", /\S/),
  keys: keysFor("secrets"),
  secrets: unique(listOf(isSecretName)),
  namespaces: unique(listOf(isNamespaceName)),
  serviceMonitor: optional(isTrueOrFalse),
  ranges: optional(isClusterRanges),
  dependsOn: optional(list("a list of resources")),
};

/** What an ExternalSecret names as its `secretStoreRef`. */
export const SECRET_STORE = { name: "aws", kind: "ClusterSecretStore" } as const;

/** The chart's, and so its release's and its service account's. */
const NAME = CHARTS.externalSecrets.name;
/** The chart's pods, by the names of its parts. */
const podsOf = (name: string): Pods => ({
  name,
  namespace: CHARTS.externalSecrets.namespace,
  labels: { "app.kubernetes.io/name": name },
});
/** What reads secrets at AWS. */
export const EXTERNAL_SECRETS_OPERATOR = podsOf(NAME);
const WEBHOOK = podsOf(`${NAME}-webhook`);
export const EXTERNAL_SECRETS_PODS: readonly Pods[] = [
  EXTERNAL_SECRETS_OPERATOR,
  WEBHOOK,
  podsOf(`${NAME}-cert-controller`),
];
/** In the containers: the chart's own. */
const PORTS = { metrics: 8080, webhook: 10_250 } as const;

/** Secrets Manager and the agent of the operator's role answer within the network. */
const pathsIn = (ranges: ClusterRanges): readonly NetworkPath[] => [
  toApiServer(EXTERNAL_SECRETS_PODS, ranges),
  fromApiServer([WEBHOOK], PORTS.webhook, ranges),
  toPodIdentity([EXTERNAL_SECRETS_OPERATOR]),
  toAws([EXTERNAL_SECRETS_OPERATOR], ranges.nodes),
  { from: [PROMETHEUS], to: EXTERNAL_SECRETS_PODS, ports: [PORTS.metrics] },
];

/** Its definitions are long, and its webhook waits for a certificate that another of its pods makes. */
const TIMEOUT_SECONDS = 900;

const part = (app: string, resources: ContainerResources) => ({
  replicaCount: POD_REPLICAS.addon,
  podDisruptionBudget: { enabled: true, ...ONE_STAYS },
  livenessProbe: { enabled: true },
  resources,
  topologySpreadConstraints: spreadOver({ "app.kubernetes.io/name": app, "app.kubernetes.io/instance": NAME }, "zone"),
});

/** Values of external-secrets. */
export const externalSecretsValues = ({ serviceMonitor }: { readonly serviceMonitor: boolean }): object => ({
  // The chart would take them along with every Secret that they own when it goes.
  crds: { annotations: KEEP },
  ...part(NAME, POD_RESOURCES.externalSecrets),
  readinessProbe: { enabled: true },
  leaderElect: true,
  serviceAccount: { name: NAME },
  // One store, and secrets that are read from it: what else it can do needs rights that nobody uses.
  processClusterExternalSecret: false,
  processClusterPushSecret: false,
  processPushSecret: false,
  rbac: { serviceAccountTokenCreate: false },
  webhook: part(`${NAME}-webhook`, POD_RESOURCES.externalSecretsWebhook),
  certController: part(`${NAME}-cert-controller`, POD_RESOURCES.externalSecretsCertController),
  // By default it would be left out without a word where the definitions are missing.
  ...(serviceMonitor && { serviceMonitor: { enabled: true, renderMode: "failIfMissing" } }),
});

/** The operator's role in a cluster, by the cluster's name: who brings a store of its own lets it read more. */
export const externalSecretsRole = (name: string): string => `${name}-external-secrets`;

interface SecretStore extends Pick<ExternalSecretsProps, "region" | "namespaces"> {
  readonly name: string;
}

/** A store: Secrets Manager with the operator's own role, for some namespaces. */
export const secretStore = ({ name, region, namespaces }: SecretStore): Manifest => ({
  apiVersion: "external-secrets.io/v1",
  kind: SECRET_STORE.kind,
  metadata: { name },
  spec: { conditions: [{ namespaces }], provider: { aws: { service: "SecretsManager", region } } },
});

/** Secrets of AWS Secrets Manager as Kubernetes', without a value in any plan or state. */
export class ExternalSecrets extends Construct {
  /** The store: pass it to `dependsOn` of what reads from it, so that its objects go first and find their operator. */
  readonly resource: ITerraformDependable;
  /** Its role at AWS, which takes effect some seconds after it is made. */
  readonly identity: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ExternalSecretsProps) {
    super(scope, id);
    props = checkProps(this, props, EXTERNAL_SECRETS_RULES);
    const { name, clusterName, serviceMonitor = false, ranges = PRIVATE_RANGES, dependsOn = [] } = props;

    this.identity = new PodIdentity(this, "Identity", {
      clusterName,
      roleName: externalSecretsRole(name),
      namespace: CHARTS.externalSecrets.namespace,
      serviceAccount: NAME,
      statements: readingStatements(Account.of(this), props),
    }).resource;
    const namespace = new Namespace(this, "Namespace", {
      name: CHARTS.externalSecrets.namespace,
      policies: policiesOf(EXTERNAL_SECRETS_PODS, pathsIn(ranges)),
    });
    const operator = new ChartRelease(this, "Operator", {
      chart: "externalSecrets",
      values: externalSecretsValues({ serviceMonitor }),
      timeoutSeconds: TIMEOUT_SECONDS,
      dependsOn: [namespace.resource, this.identity, ...dependsOn],
    });
    this.resource = new ManifestRelease(this, "Store", {
      name: "secret-store",
      namespace: namespace.name,
      manifests: [secretStore({ ...props, name: SECRET_STORE.name })],
      dependsOn: [operator.resource],
    }).resource;
  }
}

/** Reading the named secrets, and no others. */
export function readingStatements(
  account: Account,
  { region, keys, secrets }: Pick<ExternalSecretsProps, "region" | "keys" | "secrets">,
): Statement[] {
  return [
    {
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      // Secrets Manager appends a hyphen and six characters to each name.
      Resource: secrets.map(
        (secret) => `arn:${account.partition}:secretsmanager:${region}:${account.id}:secret:${secret}-??????`,
      ),
    },
    {
      Action: "kms:Decrypt",
      Resource: keys.secrets,
      Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
    },
  ];
}
