import { alertmanagerValues } from "../../lib/monitoring/alertmanager";
import { grafanaValues } from "../../lib/monitoring/grafana";
import { prometheusValues } from "../../lib/monitoring/prometheus";
import { PROMETHEUS_CRD_VALUES, prometheusStackValues } from "../../lib/monitoring/prometheus-stack";
import { ownValues, strangersIn } from "../support/cluster/chart-values";
import { FREE_PATHS, SUBCHARTS } from "../support/cluster/free-paths";
import { secretValuesIn } from "../support/synthesis/secrets";

const storageClassName = "encrypted";
const nodeExporterNamespace = "node-exporter";
const prometheus = prometheusValues({ environment: "production", side: "read", storageClassName });
const alertmanager = alertmanagerValues({ storageClassName });
const rules = { cqrs: { groups: [] } };
const values = () =>
  prometheusStackValues({
    ...{ nodeExporterNamespace, prometheus, alertmanager, rules },
    grafana: grafanaValues({ prometheus: true }),
  });
const grafanaAlone = prometheusStackValues({
  nodeExporterNamespace,
  grafana: grafanaValues({ prometheus: false }),
});
const prometheusAlone = prometheusStackValues({ nodeExporterNamespace, prometheus, alertmanager, rules });
const collector = prometheusStackValues({
  nodeExporterNamespace,
  prometheus: prometheusValues({
    environment: "production",
    side: "write",
    storageClassName,
    remoteWrite: { to: "ingest" },
  }),
});

const own = ownValues("kube-prometheus-stack", SUBCHARTS.kubePrometheusStack);
const ownCrds = ownValues("prometheus-operator-crds");

(own ? test : test.skip)("has no value that kube-prometheus-stack does not know", () => {
  for (const each of [values(), grafanaAlone, prometheusAlone, collector]) {
    expect(
      strangersIn(each, own ?? {}, FREE_PATHS.kubePrometheusStack).filter((it) => !it.endsWith("is free for nobody")),
    ).toEqual([]);
  }
});

(ownCrds ? test : test.skip)(
  `has no value that prometheus-operator-crds does not know${ownCrds ? "" : ": its values are not at hand"}`,
  () => {
    expect(strangersIn(PROMETHEUS_CRD_VALUES, ownCrds ?? {}, FREE_PATHS.prometheusOperatorCrds)).toEqual([]);
  },
);

test.each(["kubeControllerManager", "kubeEtcd", "kubeProxy", "kubeScheduler"])(
  "does not watch %s, which EKS hides",
  (it) => {
    expect(values()).toHaveProperty([it, "enabled"], false);
  },
);

test("watches whatever asks for it, not its own release alone", () => {
  expect(values()).toMatchObject({
    prometheus: {
      prometheusSpec: {
        podMonitorSelectorNilUsesHelmValues: false,
        probeSelectorNilUsesHelmValues: false,
        ruleSelectorNilUsesHelmValues: false,
        scrapeConfigSelectorNilUsesHelmValues: false,
        serviceMonitorSelectorNilUsesHelmValues: false,
      },
    },
  });
});

test("has two Alertmanagers, in different zones, of which one stays", () => {
  expect(values()).toMatchObject({
    alertmanager: {
      podDisruptionBudget: { enabled: true, minAvailable: 1 },
      alertmanagerSpec: {
        replicas: 2,
        podAntiAffinity: "soft",
        podAntiAffinityTopologyKey: "topology.kubernetes.io/zone",
      },
    },
  });
});

test("has the chart's own alerts tell environments and sides apart, as ours do", () => {
  expect(values()).toMatchObject({
    defaultRules: { additionalAggregationLabels: ["environment", "side"], disabled: { KubeHpaMaxedOut: true } },
    additionalPrometheusRulesMap: rules,
  });
});

test("without rules of its own evaluates none, and speaks to no Alertmanager", () => {
  expect(collector).toMatchObject({
    defaultRules: { create: false },
    alertmanager: { enabled: false },
    grafana: { enabled: false },
  });
});

test.each([
  ["prometheus", "prometheusSpec"],
  ["alertmanager", "alertmanagerSpec"],
  ["prometheusOperator"],
  ["prometheusOperator", "prometheusConfigReloader"],
  ["prometheusOperator", "admissionWebhooks", "patch"],
  ["kube-state-metrics"],
  ["prometheus-node-exporter"],
  ["grafana"],
  ["grafana", "sidecar"],
])("bounds %s %s %s", (...path) => {
  expect(values()).toHaveProperty([...path, "resources"], {
    requests: { cpu: expect.any(String), memory: expect.any(String) },
    limits: { memory: expect.any(String) },
  });
});

test("gives the node exporter a namespace of its own", () => {
  expect(values()).toMatchObject({ "prometheus-node-exporter": { namespaceOverride: "node-exporter" } });
});

test("never installs the custom resources' definitions, which an upgrade would not reach", () => {
  for (const each of [values(), grafanaAlone, prometheusAlone])
    expect(each).toMatchObject({ crds: { enabled: false } });
  expect(PROMETHEUS_CRD_VALUES.crds.annotations).toEqual({ "helm.sh/resource-policy": "keep" });
});

describe("Grafana", () => {
  test("has no volume", () => {
    expect(values()).toMatchObject({ grafana: { persistence: { enabled: false } } });
  });

  test("is given no password, and refuses a release with one", () => {
    expect(values()).toMatchObject({ grafana: { assertNoLeakedSecrets: true } });
    expect(values()).not.toHaveProperty(["grafana", "adminPassword"]);
    expect(secretValuesIn(values())).toEqual([]);
  });

  test("runs nothing as root", () => {
    expect(values()).toMatchObject({ grafana: { initChownData: { enabled: false } } });
  });

  test("reads the Secrets of its own namespace alone", () => {
    expect(values()).toMatchObject({
      grafana: {
        rbac: { namespaced: true },
        sidecar: { dashboards: { searchNamespace: "monitoring" }, datasources: { searchNamespace: "monitoring" } },
      },
    });
  });

  test("is off where it is not asked for", () => {
    expect(prometheusAlone).toHaveProperty("grafana", { enabled: false });
  });
});

describe("Grafana alone", () => {
  const { grafana: _, ...rest } = grafanaAlone as Record<string, object>;

  test("has nothing else beside it", () => {
    const isOff = (value: object) => Object.values(value).every((each) => each === false);
    expect(Object.entries(rest).filter(([, value]) => !isOff(value))).toEqual([]);
  });

  (own ? test : test.skip)("leaves nothing of the chart on that is on by default", () => {
    const onByDefault = Object.entries(own ?? {})
      .filter(([, value]) => (value as { enabled?: boolean } | null)?.enabled === true)
      .map(([key]) => key);
    expect(onByDefault.filter((key) => !Object.hasOwn(grafanaAlone, key))).toEqual([]);
  });

  test("has no monitor, no data source and no dashboard of what is not there", () => {
    expect(grafanaAlone).toMatchObject({
      grafana: {
        serviceMonitor: { enabled: false },
        defaultDashboardsEnabled: false,
        sidecar: { datasources: { defaultDatasourceEnabled: false, alertmanager: { enabled: false } } },
      },
    });
  });

  test("has the volume that it has with Prometheus", () => {
    const persistence = (each: object) => (each as { grafana: { persistence: object } }).grafana.persistence;
    expect(persistence(grafanaAlone)).toEqual(persistence(values()));
  });
});
