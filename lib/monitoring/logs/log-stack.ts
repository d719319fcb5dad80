import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { AccessLogsConfig } from "../../config/access-logs";
import type { LogsOptions } from "../../config/logs";
import { authorityKeyOf } from "../../config/secret-names";
import { ChartRelease } from "../../kubernetes/chart-release";
import { CHARTS } from "../../kubernetes/charts";
import { externalSecret } from "../../kubernetes/external-secret";
import type { Manifest } from "../../kubernetes/manifest-release";
import type { KeyArns } from "../../security/encryption-keys";
import { GeneratedLogin } from "../../security/generated-login";
import { ELASTIC_OPERATOR_VALUES, ELASTIC_STACK_SERVICES, elasticStackValues } from "../elastic-stack";
import { type Ground, STORAGE_CLASS } from "../ground";
import { STACK_TIMEOUT_SECONDS } from "../metrics-stack";
import { MONITORING_SECRET_STORE } from "../monitoring-secrets";
import { LogArchive } from "./log-archive";
import { LogLifecycleJob } from "./log-lifecycle-job";
import { logShipperSecrets, logShipperValues } from "./log-shipper";
import { LOG_USERS, type LogUser, loginManifest, loginOf, loginSecret, ROLES_SECRET, rolesManifest } from "./log-users";

/** What makes Elasticsearch a place that logs are shipped to. */
export interface ShippedLogs {
  /** Secret of Secrets Manager with `ca.crt`. Its `ca.key` is in the secret that `authorityKeyOf` names. */
  readonly certificateAuthority: string;
  /** Begins the names of the archive's bucket and role. */
  readonly name: string;
  readonly region: string;
  /** The cluster's issuer of tokens. */
  readonly issuer: string;
  /** Whether another cluster brings its lines. */
  readonly isIngest: boolean;
  /** Of the archive's bucket. */
  readonly accessLogs?: AccessLogsConfig;
  readonly deletionProtection: boolean;
  /** The Kubernetes secrets of {@link logStackSecrets}. */
  readonly secrets: ITerraformDependable;
}

export interface LogStackProps {
  readonly environment: string;
  readonly options?: LogsOptions;
  /** @default - nothing is shipped: Elasticsearch and Kibana stand alone */
  readonly shipped?: ShippedLogs;
}

const ELASTIC = CHARTS.eckStack.namespace;
const CA_SECRET = "elasticsearch-ca";
const SERVICE_ACCOUNT = "elasticsearch";
const USERS = Object.keys(LOG_USERS) as LogUser[];

/** Logins of Elasticsearch's users, made anew with it. */
export const addLogins = (
  scope: Construct,
  environment: string,
  keys: Pick<KeyArns, "secrets">,
  passwordVersion: number | undefined,
): readonly ITerraformDependable[] =>
  USERS.map(
    (user) =>
      new GeneratedLogin(scope, `Login-${user}`, {
        name: loginOf(environment, user),
        description: LOG_USERS[user].description,
        username: user,
        fields: { roles: user },
        passwordVersion,
        keys,
      }).resource,
  );

/** The Kubernetes secrets that Elasticsearch, and the shipper beside it, read. */
export const logStackSecrets = (environment: string, certificateAuthority: string): readonly Manifest[] => [
  ...USERS.map((user) => loginManifest(environment, user, ELASTIC)),
  rolesManifest(environment, ELASTIC),
  externalSecret({
    name: CA_SECRET,
    namespace: ELASTIC,
    store: MONITORING_SECRET_STORE,
    data: {
      "ca.crt": { secret: certificateAuthority, property: "ca.crt" },
      "ca.key": { secret: authorityKeyOf(certificateAuthority), property: "ca.key" },
    },
  }),
  ...logShipperSecrets(environment, certificateAuthority),
];

/** Elasticsearch, Kibana and what ships logs to them. Made in the scope itself, as the ground that it stands on. */
export function addLogStack(scope: Construct, ground: Ground, props: LogStackProps): void {
  const { environment, options, shipped } = props;
  const home = elasticNamespace(ground);
  // The operator brings its custom resources' definitions: before the stack's resources come, and after they have gone.
  const operator = new ChartRelease(scope, "ElasticOperator", {
    chart: "eckOperator",
    values: ELASTIC_OPERATOR_VALUES,
    // As those of Prometheus.
    atomic: false,
    dependsOn: [ground.namespace("ElasticOperatorNamespace", CHARTS.eckOperator.namespace, "restricted")],
  });
  const archive = shipped && addArchive(scope, home, shipped);
  const stack = new ChartRelease(scope, "ElasticStack", {
    chart: "eckStack",
    values: elasticStackValues({
      storageClassName: STORAGE_CLASS,
      options,
      logs: shipped &&
        archive && {
          certificateAuthority: CA_SECRET,
          users: USERS.map(loginSecret),
          roles: ROLES_SECRET,
          isIngest: shipped.isIngest,
          archive: { roleArn: archive.roleArn, region: shipped.region, serviceAccount: SERVICE_ACCOUNT },
        },
    }),
    atomic: false,
    timeoutSeconds: STACK_TIMEOUT_SECONDS,
    dependsOn: [
      ...[home, ground.storageClass, operator.resource],
      ...(shipped === undefined || archive === undefined ? [] : [shipped.secrets, ...archive.resources]),
    ],
  }).resource;
  if (shipped === undefined || archive === undefined) return;

  const lifecycle = new LogLifecycleJob(scope, "LogLifecycle", {
    ...{ environment, options, bucket: archive.bucket, certificateAuthority: CA_SECRET },
    dependsOn: [stack],
  }).resource;
  const { name, port } = ELASTIC_STACK_SERVICES.elasticsearch;
  addLogShipper(scope, ground, {
    ...{ environment, side: "read", host: `${name}.${ELASTIC}.svc`, port },
    dependsOn: [lifecycle, shipped.secrets],
  });
}

/** The shipper of a cluster's lines. */
export function addLogShipper(
  scope: Construct,
  ground: Ground,
  { dependsOn, ...props }: Parameters<typeof logShipperValues>[0] & { readonly dependsOn: ITerraformDependable[] },
): void {
  new ChartRelease(scope, "LogShipper", {
    chart: "fluentBit",
    values: logShipperValues(props),
    dependsOn: [loggingNamespace(ground), ...dependsOn],
  });
}

/** Its pods read the node's files, which no lower level allows. */
export const loggingNamespace = (ground: Ground): ITerraformDependable =>
  ground.namespace("LoggingNamespace", CHARTS.fluentBit.namespace, "privileged");

/** Not restricted: Kibana's pods run as a user of their own, but do not promise it. */
export const elasticNamespace = (ground: Ground): ITerraformDependable =>
  ground.namespace("ElasticNamespace", ELASTIC, "baseline");

function addArchive(scope: Construct, home: ITerraformDependable, shipped: ShippedLogs) {
  const { name, issuer, accessLogs, deletionProtection } = shipped;
  const archive = new LogArchive(scope, "LogArchive", {
    ...{ name, issuer, accessLogs, deletionProtection, namespace: ELASTIC, serviceAccount: SERVICE_ACCOUNT },
  });
  const account = new ServiceAccountV1(scope, "ElasticServiceAccount", {
    metadata: { name: SERVICE_ACCOUNT, namespace: ELASTIC },
    automountServiceAccountToken: false,
    dependsOn: [home],
  });
  return { bucket: archive.bucket, roleArn: archive.roleArn, resources: [archive.resource, account] };
}
