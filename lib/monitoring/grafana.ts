import { DEFAULT_SCOPES, type GrafanaOptions, type SingleSignOn } from "../config/grafana";
import { POD_RESOURCES } from "../config/pod-resources";
import { externalSecret, type SecretSource } from "../kubernetes/external-secret";
import type { Manifest } from "../kubernetes/manifest-release";
import { NAMESPACES } from "../kubernetes/namespaces";
import { MONITORING_SECRET_STORE } from "./monitoring-secrets";

/** Where Grafana finds the logs, and as whom. */
export interface LogSource {
  /** `'https://elasticsearch-es-http.elastic.svc:9200'`. */
  readonly url: string;
  /** `'logs-cqrs-*'`. */
  readonly index: string;
  /** Name of the secret of AWS Secrets Manager with `username` and `password` of a user that may read. */
  readonly login: string;
  /** Name of the secret with the `ca.crt` that Elasticsearch's certificate is of. */
  readonly certificateAuthority: string;
}

export interface GrafanaProps {
  /** Whether Prometheus and Alertmanager are in the same release. */
  readonly prometheus: boolean;
  readonly options?: GrafanaOptions;
  /**
   * Name of the secret of AWS Secrets Manager with the administrator's `username` and `password`. @default - the chart
   * makes a password and keeps it in its own Secret, which it looks up at each upgrade
   */
  readonly administrator?: string;
  /** @default - no logs beside the metrics */
  readonly logs?: LogSource;
}

/** The data sources' ids, by which dashboards and links name them. */
export const DATA_SOURCES = { prometheus: "prometheus", alertmanager: "alertmanager", logs: "logs" } as const;
/** ConfigMaps with this label are dashboards, in the folder that the annotation names. */
export const DASHBOARD_LABEL = { grafana_dashboard: "1" } as const;
export const FOLDER_ANNOTATION = "grafana_folder";
/** Where the chart's own dashboards are. */
const CHART_FOLDER = "Kubernetes";

/** Kubernetes secrets that Grafana reads, and the keys of the first as the chart has them. */
const SECRETS = {
  administrator: "grafana-admin",
  singleSignOn: "grafana-single-sign-on",
  logs: "grafana-logs",
} as const;
const ADMINISTRATOR_KEYS = { user: "admin-user", password: "admin-password" } as const;
const CLIENT_SECRET_KEY = "client-secret";
const CA_KEY = "ca.crt";
const CA_FOLDER = "/etc/grafana/logs";

const OFF = { enabled: false } as const;

/** The part `grafana` of kube-prometheus-stack's values. */
export const grafanaValues = ({ prometheus, options, administrator, logs }: GrafanaProps): object => {
  const sso = options?.singleSignOn;
  return {
    assertNoLeakedSecrets: true,
    ...(administrator !== undefined && {
      admin: {
        existingSecret: SECRETS.administrator,
        userKey: ADMINISTRATOR_KEYS.user,
        passwordKey: ADMINISTRATOR_KEYS.password,
      },
    }),
    // Its database is scratch space: Terraform provisions data sources, dashboards and its administrator, and a volume would
    // tie it to one zone.
    persistence: { enabled: false },
    // It would run as root; fsGroup does its work.
    initChownData: OFF,
    testFramework: OFF,
    "grafana.ini": {
      analytics: { check_for_updates: false, reporting_enabled: false },
      ...(options?.url !== undefined && {
        server: { root_url: options.url },
        security: { cookie_secure: true },
      }),
      ...(sso && { "auth.generic_oauth": singleSignOnSettings(sso) }),
    },
    ...((sso || logs) && { envValueFrom: { ...(sso && SINGLE_SIGN_ON_VARIABLES), ...(logs && LOGS_VARIABLES) } }),
    resources: POD_RESOURCES.grafana,
    // By default the sidecars may read every Secret of the cluster: dashboards and data sources are looked for here alone.
    rbac: { namespaced: true },
    sidecar: {
      resources: POD_RESOURCES.grafanaSidecar,
      dashboards: {
        searchNamespace: NAMESPACES.monitoring,
        folderAnnotation: FOLDER_ANNOTATION,
        annotations: { [FOLDER_ANNOTATION]: CHART_FOLDER },
        provider: { foldersFromFilesStructure: true },
      },
      datasources: {
        searchNamespace: NAMESPACES.monitoring,
        ...(prometheus
          ? { uid: DATA_SOURCES.prometheus, alertmanager: { uid: DATA_SOURCES.alertmanager } }
          : { defaultDatasourceEnabled: false, alertmanager: OFF }),
      },
    },
    // A data source that is gone from here is gone from Grafana's database, too.
    prune: true,
    ...(logs && { additionalDataSources: [logsDataSource(logs)], extraSecretMounts: [LOGS_CA_MOUNT] }),
    ...(!prometheus && { defaultDashboardsEnabled: false, serviceMonitor: OFF }),
  };
};

/** All but the client's secret, which stands in no configuration: Grafana takes a setting from a variable of its name. */
const singleSignOnSettings = ({ roleAttributePath, allowedDomains, ...sso }: SingleSignOn) => ({
  enabled: true,
  name: "Single sign-on",
  client_id: sso.clientId,
  scopes: (sso.scopes ?? DEFAULT_SCOPES).join(" "),
  auth_url: sso.authUrl,
  token_url: sso.tokenUrl,
  api_url: sso.apiUrl,
  use_pkce: true,
  use_refresh_token: true,
  allow_sign_up: true,
  ...(allowedDomains && { allowed_domains: allowedDomains.join(" ") }),
  ...(roleAttributePath !== undefined && {
    // Three quotes: one around all of it would be taken away, and it would end at the first `#` or `;`.
    role_attribute_path: `"""${roleAttributePath}"""`,
    // To whom it gives no role would be a viewer otherwise.
    role_attribute_strict: true,
  }),
});

const fromSecret = (name: string, key: string) => ({ secretKeyRef: { name, key } });

const SINGLE_SIGN_ON_VARIABLES = {
  GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET: fromSecret(SECRETS.singleSignOn, CLIENT_SECRET_KEY),
};
const LOGS_VARIABLES = {
  LOGS_USER: fromSecret(SECRETS.logs, "username"),
  LOGS_PASSWORD: fromSecret(SECRETS.logs, "password"),
};
const LOGS_CA_MOUNT = {
  name: "logs-ca",
  secretName: SECRETS.logs,
  items: [{ key: CA_KEY, path: CA_KEY }],
  mountPath: CA_FOLDER,
  readOnly: true,
  defaultMode: 0o440,
};

/** Logs beside metrics: from a line's correlation id to all lines that have it. Grafana fills in variables when it starts. */
const logsDataSource = ({ url, index }: LogSource) => ({
  name: "Logs",
  uid: DATA_SOURCES.logs,
  type: "elasticsearch",
  access: "proxy",
  url,
  basicAuth: true,
  basicAuthUser: "$LOGS_USER",
  jsonData: {
    index,
    timeField: "@timestamp",
    logMessageField: "message",
    logLevelField: "level",
    tlsAuthWithCACert: true,
    // Two dollars are one that begins no variable.
    dataLinks: [{ field: "correlation_id", datasourceUid: DATA_SOURCES.logs, url: 'correlation_id:"$${__value.raw}"' }],
  },
  secureJsonData: {
    basicAuthPassword: "$LOGS_PASSWORD",
    tlsCACert: `$__file{${CA_FOLDER}/${CA_KEY}}`,
  },
});

/** The Kubernetes secrets that it reads. */
export const grafanaSecrets = ({ administrator, options, logs }: GrafanaProps): readonly Manifest[] => {
  const secret = (name: string, data: Readonly<Record<string, SecretSource>>) =>
    externalSecret({ name, namespace: NAMESPACES.monitoring, store: MONITORING_SECRET_STORE, data });
  const login = (name: string, keys: { readonly user: string; readonly password: string }) => ({
    [keys.user]: { secret: name, property: "username" },
    [keys.password]: { secret: name, property: "password" },
  });
  const sso = options?.singleSignOn;
  return [
    ...(administrator === undefined ? [] : [secret(SECRETS.administrator, login(administrator, ADMINISTRATOR_KEYS))]),
    ...(sso === undefined ? [] : [secret(SECRETS.singleSignOn, { [CLIENT_SECRET_KEY]: { secret: sso.clientSecret } })]),
    ...(logs === undefined
      ? []
      : [
          secret(SECRETS.logs, {
            ...login(logs.login, { user: "username", password: "password" }),
            [CA_KEY]: { secret: logs.certificateAuthority, property: CA_KEY },
          }),
        ]),
  ];
};
