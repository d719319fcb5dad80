import type { SingleSignOn } from "../../lib/config/grafana";
import { type GrafanaProps, grafanaSecrets, grafanaValues } from "../../lib/monitoring/grafana";
import { ownValues, strangersIn } from "../support/cluster/chart-values";
import { definitionProblems, hasDefinitions } from "../support/cluster/custom-resources";
import { SUBCHARTS } from "../support/cluster/free-paths";
import { secretValuesIn } from "../support/synthesis/secrets";

const base: GrafanaProps = { prometheus: true };
const sso: SingleSignOn = {
  clientId: "grafana",
  clientSecret: "production/grafana-client",
  authUrl: "https://login.example.com/authorize",
  tokenUrl: "https://login.example.com/token",
  apiUrl: "https://login.example.com/userinfo",
};
const logs = {
  url: "https://elasticsearch-es-http.elastic.svc:9200",
  index: "logs-cqrs-*",
  login: "production/monitoring/reader",
  certificateAuthority: "production/elasticsearch",
};
const url = "https://grafana.example.com";
const all: GrafanaProps = {
  ...base,
  administrator: "production/monitoring/grafana",
  options: {
    url,
    singleSignOn: { ...sso, roleAttributePath: "contains(roles[*], 'a') && 'Admin'", allowedDomains: ["example.com"] },
  },
  logs,
};
const withSso = (change: Partial<SingleSignOn> = {}) =>
  grafanaValues({ ...base, options: { url, singleSignOn: { ...sso, ...change } } });
const settings = (values: object, section: string) =>
  (values as { "grafana.ini": Record<string, object> })["grafana.ini"][section];

const own = ownValues("kube-prometheus-stack", SUBCHARTS.kubePrometheusStack);
const FREE = {
  "*.resources": "Kubernetes' words",
  "grafana.grafana.ini.analytics.reporting_enabled": "Grafana's own configuration",
  "grafana.grafana.ini.server.root_url": "Grafana's own configuration",
  "grafana.grafana.ini.security": "Grafana's own configuration",
  "grafana.grafana.ini.auth.generic_oauth": "Grafana's own configuration",
  "grafana.envValueFrom": "variables by our names",
  "grafana.extraSecretMounts": "a list",
  "grafana.additionalDataSources": "a list",
  "grafana.sidecar.dashboards.annotations": "of any name",
};

(own ? test : test.skip)("has no value that kube-prometheus-stack does not know", () => {
  for (const props of [base, all, { ...base, prometheus: false }]) {
    const strangers = strangersIn({ grafana: grafanaValues(props) }, own ?? {}, FREE);
    expect(strangers.filter((it) => !it.endsWith("is free for nobody"))).toEqual([]);
  }
});

test("has no volume, which would tie it to one zone", () => {
  expect(grafanaValues(base)).toMatchObject({
    persistence: { enabled: false },
    initChownData: { enabled: false },
  });
});

test("looks for dashboards and data sources in its own namespace alone", () => {
  expect(grafanaValues(base)).toMatchObject({
    rbac: { namespaced: true },
    sidecar: { dashboards: { searchNamespace: "monitoring" }, datasources: { searchNamespace: "monitoring" } },
  });
});

test("has dashboards in the folders that they name, the chart's own among them", () => {
  expect(grafanaValues(base)).toMatchObject({
    sidecar: {
      dashboards: {
        folderAnnotation: "grafana_folder",
        annotations: { grafana_folder: "Kubernetes" },
        provider: { foldersFromFilesStructure: true },
      },
    },
  });
});

test("asks Prometheus and Alertmanager by ids that stay", () => {
  expect(grafanaValues(base)).toMatchObject({
    sidecar: { datasources: { uid: "prometheus", alertmanager: { uid: "alertmanager" } } },
  });
});

test("has no monitor, no data source and no dashboard of what is not there", () => {
  expect(grafanaValues({ ...base, prometheus: false })).toMatchObject({
    serviceMonitor: { enabled: false },
    defaultDashboardsEnabled: false,
    sidecar: { datasources: { defaultDatasourceEnabled: false, alertmanager: { enabled: false } } },
  });
});

test("lets the chart make and keep a password where there are no secrets", () => {
  expect(grafanaValues(base)).not.toHaveProperty("admin");
  expect(grafanaSecrets(base)).toEqual([]);
});

test("has its administrator from a secret, by the keys that the chart asks for", () => {
  expect(grafanaValues({ ...base, administrator: "a/b" })).toMatchObject({
    admin: { existingSecret: "grafana-admin", userKey: "admin-user", passwordKey: "admin-password" },
  });
  expect(grafanaSecrets({ ...base, administrator: "a/b" })).toMatchObject([
    {
      kind: "ExternalSecret",
      metadata: { name: "grafana-admin", namespace: "monitoring" },
      spec: {
        secretStoreRef: { name: "monitoring" },
        data: [
          { secretKey: "admin-user", remoteRef: { key: "a/b", property: "username" } },
          { secretKey: "admin-password", remoteRef: { key: "a/b", property: "password" } },
        ],
      },
    },
  ]);
});

test("single sign-on that is off leaves nothing", () => {
  expect(grafanaValues({ ...base, options: {} })).toEqual(grafanaValues(base));
  expect(Object.keys((grafanaValues(base) as { "grafana.ini": object })["grafana.ini"])).toEqual(["analytics"]);
  expect(grafanaValues(base)).not.toHaveProperty("envValueFrom");
  expect(JSON.stringify(grafanaValues(base))).not.toMatch(/oauth|LOGS_/i);
});

test("knows the address under which it is reached, and keeps its cookies to https then", () => {
  const values = grafanaValues({ ...base, options: { url } });
  expect(settings(values, "server")).toEqual({ root_url: url });
  expect(settings(values, "security")).toEqual({ cookie_secure: true });
});

test("lets people in by the company's accounts, as viewers", () => {
  expect(settings(withSso(), "auth.generic_oauth")).toEqual({
    enabled: true,
    name: "Single sign-on",
    client_id: "grafana",
    scopes: "openid profile email",
    auth_url: sso.authUrl,
    token_url: sso.tokenUrl,
    api_url: sso.apiUrl,
    use_pkce: true,
    use_refresh_token: true,
    allow_sign_up: true,
  });
});

test("has the client's secret in a variable alone", () => {
  expect(withSso()).toMatchObject({
    envValueFrom: {
      GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET: {
        secretKeyRef: { name: "grafana-single-sign-on", key: "client-secret" },
      },
    },
  });
  expect(grafanaSecrets({ ...base, options: { url, singleSignOn: sso } })).toMatchObject([
    {
      metadata: { name: "grafana-single-sign-on" },
      spec: { data: [{ secretKey: "client-secret", remoteRef: { key: "production/grafana-client" } }] },
    },
  ]);
  expect(JSON.stringify(withSso())).not.toContain("production/grafana-client");
});

test("keeps an expression of roles whole: Grafana's file would cut it at '#' and take its quotes", () => {
  expect(settings(withSso({ roleAttributePath: "'Viewer'" }), "auth.generic_oauth")).toMatchObject({
    role_attribute_path: `"""'Viewer'"""`,
    role_attribute_strict: true,
  });
});

test("lets in only the domains that are named, and asks for the scopes that are", () => {
  const values = withSso({ allowedDomains: ["example.com", "example.org"], scopes: ["openid", "groups"] });
  expect(settings(values, "auth.generic_oauth")).toMatchObject({
    allowed_domains: "example.com example.org",
    scopes: "openid groups",
  });
});

test("has the logs as a data source, over TLS of an authority that it knows, from one line to all of its id", () => {
  expect(grafanaValues({ ...base, logs })).toMatchObject({
    additionalDataSources: [
      {
        name: "Logs",
        uid: "logs",
        type: "elasticsearch",
        url: logs.url,
        basicAuth: true,
        basicAuthUser: "$LOGS_USER",
        jsonData: {
          index: "logs-cqrs-*",
          timeField: "@timestamp",
          tlsAuthWithCACert: true,
          // Grafana makes one dollar of two.
          dataLinks: [{ field: "correlation_id", datasourceUid: "logs", url: 'correlation_id:"$${__value.raw}"' }],
        },
        secureJsonData: { basicAuthPassword: "$LOGS_PASSWORD", tlsCACert: "$__file{/etc/grafana/logs/ca.crt}" },
      },
    ],
    envValueFrom: {
      LOGS_USER: { secretKeyRef: { name: "grafana-logs", key: "username" } },
      LOGS_PASSWORD: { secretKeyRef: { name: "grafana-logs", key: "password" } },
    },
    extraSecretMounts: [
      { secretName: "grafana-logs", mountPath: "/etc/grafana/logs", items: [{ key: "ca.crt", path: "ca.crt" }] },
    ],
  });
});

test("reads the user of the logs and the authority from the secrets that are named, and nothing else of them", () => {
  expect(grafanaSecrets({ ...base, logs })).toMatchObject([
    {
      metadata: { name: "grafana-logs", namespace: "monitoring" },
      spec: {
        data: [
          { secretKey: "username", remoteRef: { key: logs.login, property: "username" } },
          { secretKey: "password", remoteRef: { key: logs.login, property: "password" } },
          { secretKey: "ca.crt", remoteRef: { key: logs.certificateAuthority, property: "ca.crt" } },
        ],
      },
    },
  ]);
});

(hasDefinitions ? test : test.skip)("makes external secrets as their definition wants them", () => {
  expect(grafanaSecrets(all).flatMap((manifest) => definitionProblems(manifest))).toEqual([]);
});

test("holds no secret, and lets the chart look for some", () => {
  const { additionalDataSources, ...values } = grafanaValues(all) as {
    additionalDataSources: readonly { secureJsonData: object }[];
  };
  expect(secretValuesIn(values)).toEqual([]);
  expect(values).toMatchObject({ assertNoLeakedSecrets: true });
  expect(additionalDataSources.flatMap(({ secureJsonData }) => Object.values(secureJsonData))).toEqual([
    "$LOGS_PASSWORD",
    "$__file{/etc/grafana/logs/ca.crt}",
  ]);
});
