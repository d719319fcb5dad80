import { type PrometheusProps, prometheusValues } from "../../lib/monitoring/prometheus";

const base: PrometheusProps = { environment: "production", side: "read", storageClassName: "encrypted" };
const spec = (props: Partial<PrometheusProps> = {}) =>
  (prometheusValues({ ...base, ...props }) as { prometheusSpec: Record<string, unknown> }).prometheusSpec;

/** As whom the write side brings, and how it knows to whom. */
const SENDER = {
  basicAuth: {
    username: { name: "remote-write", key: "username" },
    password: { name: "remote-write", key: "password" },
  },
  tlsConfig: {
    ca: { secret: { name: "remote-write", key: "ca.crt" } },
    serverName: "prometheus-ingest.monitoring.svc",
    minVersion: "TLS12",
  },
};

test("keeps metrics for 15 days, on 85 % of a volume of the given class", () => {
  expect(spec()).toMatchObject({
    retention: "15d",
    retentionSize: "85GB",
    storageSpec: {
      volumeClaimTemplate: {
        spec: {
          storageClassName: "encrypted",
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "100Gi" } },
        },
      },
    },
  });
});

test("takes retention, volume, replicas and resources from the configuration", () => {
  const resources = { requests: { cpu: "2", memory: "8Gi" }, limits: { memory: "16Gi" } } as const;
  const options = { retention: "90 days", storage: "SSD 1TB", replicas: 3, resources } as const;
  expect(spec({ options })).toMatchObject({
    retention: "90d",
    retentionSize: "870GB",
    replicas: 3,
    resources,
    storageSpec: { volumeClaimTemplate: { spec: { resources: { requests: { storage: "1024Gi" } } } } },
  });
});

test("gives every target its environment, its side and its cluster, not only what leaves Prometheus", () => {
  expect(spec({ side: "write" }).scrapeClasses).toEqual([
    {
      name: "platform",
      default: true,
      relabelings: [
        { targetLabel: "environment", replacement: "production" },
        { targetLabel: "side", replacement: "write" },
        { targetLabel: "cluster", replacement: "production-write" },
      ],
    },
  ]);
});

test("watches whatever asks for it, not its own release alone", () => {
  expect(spec()).toMatchObject({
    podMonitorSelectorNilUsesHelmValues: false,
    probeSelectorNilUsesHelmValues: false,
    ruleSelectorNilUsesHelmValues: false,
    scrapeConfigSelectorNilUsesHelmValues: false,
    serviceMonitorSelectorNilUsesHelmValues: false,
  });
});

test("takes what others bring, also when it comes late", () => {
  const values = spec({ remoteWrite: "receives" });
  expect(values).toMatchObject({ enableRemoteWriteReceiver: true, tsdb: { outOfOrderTimeWindow: "2h" } });
  expect(values).not.toHaveProperty("remoteWrite");
});

test("neither takes nor brings anything unless it is said", () => {
  for (const key of ["enableRemoteWriteReceiver", "remoteWrite", "containers", "volumes"]) {
    expect(spec()).not.toHaveProperty(key);
  }
});

test("brings each replica's samples to one replica of the other side, so that both have all of it once", () => {
  const values = spec({ remoteWrite: { to: "ingest.internal" } });
  expect(values).not.toHaveProperty("enableRemoteWriteReceiver");
  expect(values.remoteWrite).toEqual([
    {
      name: "replica-0",
      url: "https://ingest.internal:9443/api/v1/write",
      ...SENDER,
      writeRelabelConfigs: [
        { sourceLabels: ["prometheus_replica"], regex: ".*-0", action: "keep" },
        { regex: "prometheus|prometheus_replica", action: "labeldrop" },
      ],
    },
    {
      name: "replica-1",
      url: "https://ingest.internal:9444/api/v1/write",
      ...SENDER,
      writeRelabelConfigs: [
        { sourceLabels: ["prometheus_replica"], regex: ".*-1", action: "keep" },
        { regex: "prometheus|prometheus_replica", action: "labeldrop" },
      ],
    },
  ]);
});

test.each([
  [1, { enabled: false }],
  [2, { enabled: true, minAvailable: 1 }],
])("with %d replicas lets a node be drained", (replicas, podDisruptionBudget) => {
  expect(prometheusValues({ ...base, options: { replicas } })).toMatchObject({ podDisruptionBudget });
});
