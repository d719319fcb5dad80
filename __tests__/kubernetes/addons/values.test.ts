import type { KubernetesVersion } from "../../../lib/config/kubernetes";
import { clusterAutoscalerValues } from "../../../lib/kubernetes/addons/cluster-autoscaler";
import { externalSecretsValues } from "../../../lib/kubernetes/addons/external-secrets";
import { kedaValues } from "../../../lib/kubernetes/addons/keda";
import { metricsServerValues } from "../../../lib/kubernetes/addons/metrics-server";
import { CHARTS, type ChartKey } from "../../../lib/kubernetes/charts";
import { chartSchema } from "../../support/cluster/chart-schemas";
import { ownValues, strangersIn } from "../../support/cluster/chart-values";
import { FREE_PATHS } from "../../support/cluster/free-paths";
import { schemaProblems } from "../../support/cluster/json-schema";

interface Subject {
  readonly chart: ChartKey;
  readonly values: (serviceMonitor: boolean) => object;
  /** Where the resources of each of its parts are. */
  readonly parts: readonly (readonly string[])[];
}

function autoscalerValues(serviceMonitor: boolean, version: KubernetesVersion = "1.35"): object {
  return clusterAutoscalerValues({ clusterName: "orders", region: "eu-central-1", version, serviceMonitor });
}

const SUBJECTS: readonly Subject[] = [
  {
    chart: "metricsServer",
    values: (serviceMonitor) => metricsServerValues({ serviceMonitor }),
    parts: [["resources"]],
  },
  {
    chart: "externalSecrets",
    values: (serviceMonitor) => externalSecretsValues({ serviceMonitor }),
    parts: [["resources"], ["webhook", "resources"], ["certController", "resources"]],
  },
  {
    chart: "keda",
    values: (serviceMonitor) => kedaValues({ serviceMonitor }),
    parts: [
      ["resources", "operator"],
      ["resources", "metricServer"],
      ["resources", "webhooks"],
    ],
  },
  {
    chart: "clusterAutoscaler",
    values: autoscalerValues,
    parts: [["resources"]],
  },
];

describe.each(SUBJECTS)("the values of $chart", ({ chart, values, parts }) => {
  const { name } = CHARTS[chart];
  const own = ownValues(name);
  const schema = chartSchema(name);

  (own ? test.each([true, false]) : test.skip.each([true]))(
    "are all known to the chart, with service monitors: %s",
    (serviceMonitor) => {
      expect(strangersIn(values(serviceMonitor), own ?? {}, FREE_PATHS[chart])).toEqual([]);
    },
  );

  (schema ? test.each([true, false]) : test.skip.each([true]))(
    `are as the chart's schema says${schema ? "" : ", of which there is none at hand"}, with service monitors: %s`,
    (serviceMonitor) => {
      expect(schemaProblems(schema ?? {}, values(serviceMonitor))).toEqual([]);
    },
  );

  test.each(parts.map((path) => ({ path })))("bound $path, but not its CPU", ({ path }) => {
    expect(values(false)).toHaveProperty([...path, "requests"], {
      cpu: expect.any(String),
      memory: expect.any(String),
    });
    expect(values(false)).toHaveProperty([...path, "limits", "memory"], expect.any(String));
    expect(values(false)).not.toHaveProperty([...path, "limits", "cpu"], expect.any(String));
  });

  test("ask for nothing of Prometheus' operator unless told to", () => {
    expect(JSON.stringify(values(false))).not.toMatch(/serviceMonitor/);
    expect(JSON.stringify(values(true))).toMatch(/"serviceMonitor":\{"enabled":true/);
  });
});

const overZones = (labels: object) => [
  {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labels },
    matchLabelKeys: ["pod-template-hash"],
  },
];
const labelled = (name: string, instance = name) =>
  overZones({ "app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance });
const ONE_STAYS = { enabled: true, minAvailable: 1 };
const serviceMonitor = false;

test("metrics-server runs twice, in two zones, of which one stays", () => {
  expect(metricsServerValues({ serviceMonitor })).toMatchObject({
    replicas: 2,
    podDisruptionBudget: ONE_STAYS,
    topologySpreadConstraints: labelled("metrics-server"),
  });
});

test("each part of external-secrets runs twice, in two zones, of which one stays and one leads", () => {
  const two = { replicaCount: 2, podDisruptionBudget: ONE_STAYS };
  expect(externalSecretsValues({ serviceMonitor })).toMatchObject({
    ...two,
    leaderElect: true,
    topologySpreadConstraints: labelled("external-secrets"),
    webhook: { ...two, topologySpreadConstraints: labelled("external-secrets-webhook", "external-secrets") },
    certController: {
      ...two,
      topologySpreadConstraints: labelled("external-secrets-cert-controller", "external-secrets"),
    },
  });
});

test("external-secrets' operator is asked whether it lives and whether it is ready", () => {
  expect(externalSecretsValues({ serviceMonitor })).toMatchObject({
    livenessProbe: { enabled: true },
    readinessProbe: { enabled: true },
    webhook: { livenessProbe: { enabled: true } },
    certController: { livenessProbe: { enabled: true } },
  });
});

test("external-secrets has no rights but to read secrets from stores", () => {
  expect(externalSecretsValues({ serviceMonitor })).toMatchObject({
    processClusterExternalSecret: false,
    processClusterPushSecret: false,
    processPushSecret: false,
    rbac: { serviceAccountTokenCreate: false },
  });
});

test("external-secrets fails where it is to be monitored and can't be", () => {
  expect(externalSecretsValues({ serviceMonitor: true })).toMatchObject({
    serviceMonitor: { enabled: true, renderMode: "failIfMissing" },
  });
});

test("definitions of custom resources stay when their operator goes", () => {
  const keep = { "helm.sh/resource-policy": "keep" };
  expect(externalSecretsValues({ serviceMonitor })).toMatchObject({ crds: { annotations: keep } });
  expect(kedaValues({ serviceMonitor })).toMatchObject({ crds: { additionalAnnotations: keep } });
});

test("each part of KEDA runs twice, in two zones, of which one stays", () => {
  expect(kedaValues({ serviceMonitor })).toMatchObject({
    operator: { replicaCount: 2 },
    metricsServer: { replicaCount: 2 },
    webhooks: { replicaCount: 2 },
    podDisruptionBudget: {
      operator: { minAvailable: 1 },
      metricServer: { minAvailable: 1 },
      webhooks: { minAvailable: 1 },
    },
    topologySpreadConstraints: {
      operator: overZones({ app: "keda-operator" }),
      metricsServer: overZones({ app: "keda-operator-metrics-apiserver" }),
      webhooks: overZones({ app: "keda-admission-webhooks" }),
    },
  });
});

test("KEDA takes the chart's limit of CPU away, and reads no Secret but its own", () => {
  expect(kedaValues({ serviceMonitor })).toMatchObject({
    resources: { operator: { limits: { cpu: null } } },
    permissions: { operator: { restrict: { secret: true } }, metricServer: { restrict: { secret: true } } },
  });
});

test("cluster-autoscaler runs twice, in two zones; the chart lets one be taken away at a time", () => {
  const values = autoscalerValues(serviceMonitor);
  expect(values).toMatchObject({
    replicaCount: 2,
    topologySpreadConstraints: labelled("aws-cluster-autoscaler", "cluster-autoscaler"),
  });
  // The chart fails where its own maxUnavailable is joined by a minAvailable.
  expect(values).not.toHaveProperty("podDisruptionBudget");
});

test("cluster-autoscaler finds the groups of its cluster and no others", () => {
  expect(autoscalerValues(serviceMonitor)).toMatchObject({
    cloudProvider: "aws",
    awsRegion: "eu-central-1",
    autoDiscovery: { clusterName: "orders" },
  });
});

const ownAutoscaler = ownValues("cluster-autoscaler");
(ownAutoscaler ? test : test.skip)("cluster-autoscaler looks for the tags that its role may change groups by", () => {
  expect(ownAutoscaler).toMatchObject({
    autoDiscovery: {
      tags: ["k8s.io/cluster-autoscaler/enabled", "k8s.io/cluster-autoscaler/{{ .Values.autoDiscovery.clusterName }}"],
    },
  });
});

test("cluster-autoscaler gives back nodes on which pods have scratch space", () => {
  expect(autoscalerValues(serviceMonitor)).toHaveProperty(["extraArgs", "skip-nodes-with-local-storage"], false);
});

test("cluster-autoscaler keeps to the restricted level, which its chart leaves to whoever installs it", () => {
  expect(autoscalerValues(serviceMonitor)).toMatchObject({
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containerSecurityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
  });
});

test.each(["1.34", "1.35", "1.36"] as const)("cluster-autoscaler is of Kubernetes' own version, %s", (version) => {
  expect(autoscalerValues(serviceMonitor, version)).toMatchObject({
    image: { tag: expect.stringMatching(new RegExp(`^v${version.replace(".", "\\.")}\\.\\d+$`)) },
  });
});
