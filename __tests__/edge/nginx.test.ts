import { Token } from "cdktf";
import { CLOUDFLARE_RANGES } from "../../lib/edge/cloudflare-ranges";
import { Nginx, type NginxProps, type NginxValuesProps, nginxValues } from "../../lib/edge/nginx";
import { HEALTH_CHECK } from "../../lib/edge/node-ports";
import { chartSchema } from "../support/cluster/chart-schemas";
import { ownValues, strangersIn } from "../support/cluster/chart-values";
import { FREE_PATHS } from "../support/cluster/free-paths";
import { schemaProblems } from "../support/cluster/json-schema";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: NginxProps = { namespace: "queries", backendPort: 8080, apiServer: ["10.0.0.0/16", "172.20.0.0/16"] };
const made = (props: Partial<NginxProps> = {}) =>
  synthesizeStack((stack) => new Nginx(stack, "Nginx", { ...base, ...props }));

const EVERYTHING: NginxValuesProps = {
  namespace: "queries",
  proxies: CLOUDFLARE_RANGES,
  cacheable: [{ path: "/catalogue/*", seconds: 30 }],
  serviceMonitor: true,
};
const own = ownValues("nginx-ingress");
const schema = chartSchema("nginx-ingress");

const CASES: [string, NginxValuesProps][] = [
  ["as little as can be", base],
  ["everything", EVERYTHING],
];

(own ? test.each : test.skip.each)(CASES)("with %s, every value is known to the chart", (_, props) => {
  expect(strangersIn(nginxValues(props), own ?? {}, FREE_PATHS.nginxIngress)).toEqual([]);
});

(schema ? test.each : test.skip.each)(CASES)("with %s, the values are as the chart's schema says", (_, props) => {
  expect(schemaProblems(schema ?? {}, nginxValues(props))).toEqual([]);
});

test("is reached at fixed ports of its nodes, by TLS alone, and passes nothing on to other nodes", () => {
  expect(nginxValues(base)).toMatchObject({
    controller: {
      service: {
        type: "NodePort",
        externalTrafficPolicy: "Local",
        httpPort: { enable: false },
        httpsPort: { nodePort: 30_043 },
        customPorts: [{ nodePort: 30_081, targetPort: 8090 }],
      },
    },
  });
});

test("runs three times, on three nodes of three zones, of which one may be taken away", () => {
  const labelSelector = {
    matchLabels: { "app.kubernetes.io/name": "nginx-ingress", "app.kubernetes.io/instance": "nginx-ingress" },
  };
  expect(nginxValues(base)).toMatchObject({
    controller: {
      replicaCount: 3,
      podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
      topologySpreadConstraints: [
        { topologyKey: "topology.kubernetes.io/zone", labelSelector, matchLabelKeys: ["pod-template-hash"] },
        { topologyKey: "kubernetes.io/hostname", labelSelector, matchLabelKeys: ["pod-template-hash"] },
      ],
    },
  });
});

test("says that it is about to go for longer than the load balancer needs to believe it, and then lets requests end", () => {
  const { controller } = nginxValues(base) as {
    controller: {
      lifecycle: { preStop: { exec: { command: [string, string, string] } } };
      terminationGracePeriodSeconds: number;
      config: { entries: Record<string, string> };
    };
  };
  const waited = Number(/sleep (\d+)$/.exec(controller.lifecycle.preStop.exec.command[2])?.[1]);
  const requests = Number.parseInt(controller.config.entries["worker-shutdown-timeout"] ?? "", 10);
  expect(waited).toBeGreaterThan(HEALTH_CHECK.intervalSeconds * HEALTH_CHECK.answers);
  expect(controller.terminationGracePeriodSeconds).toBeGreaterThan(waited + requests);
});

test("tells nobody: neither its version to clients nor what it does to its maker", () => {
  expect(nginxValues(base)).toMatchObject({
    controller: { config: { entries: { "server-tokens": "False" } }, telemetryReporting: { enable: false } },
  });
});

test("no Ingress writes its configuration, and none of another namespace is heard", () => {
  expect(nginxValues(base)).toMatchObject({
    controller: { enableSnippets: false, watchNamespace: "queries", ingressClass: { setAsDefaultIngress: false } },
  });
});

test("writes nothing to its root file system, and is bound in memory but not in CPU", () => {
  const bound = {
    requests: { cpu: expect.any(String), memory: expect.any(String) },
    limits: { memory: expect.any(String) },
  };
  expect(nginxValues(base)).toMatchObject({
    controller: { readOnlyRootFilesystem: true, resources: bound, initContainerResources: bound },
  });
  expect(nginxValues(base)).not.toHaveProperty("controller.resources.limits.cpu");
});

test("takes Cloudflare's word on the client's address from Cloudflare alone", () => {
  expect(nginxValues({ ...base, proxies: ["104.16.0.0/13", "172.64.0.0/13"] })).toMatchObject({
    controller: {
      config: { entries: { "real-ip-header": "CF-Connecting-IP", "set-real-ip-from": "104.16.0.0/13,172.64.0.0/13" } },
    },
  });
});

test("takes nobody's word on it where the load balancer leaves it as it is", () => {
  expect(JSON.stringify(nginxValues(base))).not.toMatch(/real-ip/);
});

test("every entry is a text, as a ConfigMap wants it", () => {
  const { controller } = nginxValues(EVERYTHING) as { controller: { config: { entries: object } } };
  expect(Object.values(controller.config.entries).every((entry) => typeof entry === "string")).toBe(true);
});

test("has metrics, and asks for nothing of Prometheus' operator unless told to", () => {
  expect(nginxValues(base)).toMatchObject({
    controller: { enableLatencyMetrics: true },
    prometheus: { create: true, service: { create: true } },
  });
  expect(nginxValues(base)).not.toHaveProperty("prometheus.serviceMonitor");
  expect(nginxValues(EVERYTHING)).toHaveProperty("prometheus.serviceMonitor.create", true);
});

test("is F5's chart in the version that was checked, in a restricted namespace of its own", () => {
  const tf = made();
  expect(resourceOf(tf, "kubernetes_namespace_v1").metadata).toMatchObject({
    name: "ingress",
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
  });
  expect(resourceOf(tf, "helm_release")).toMatchObject({
    name: "nginx-ingress",
    repository: "oci://ghcr.io/nginx/charts",
    version: "2.6.4",
    namespace: "ingress",
    // Which depends on the namespace.
    depends_on: [expect.stringMatching(/^kubernetes_network_policy_v1\./)],
  });
});

test("its values reach the plan as they are, NGINX's variables among them", () => {
  const [values] = resourceOf(made({ cacheable: [{ path: "/a", seconds: 5 }] }), "helm_release").values as [string];
  expect(JSON.parse(values)).toEqual(nginxValues({ ...base, cacheable: [{ path: "/a", seconds: 5 }] }));
});

test.each<[Partial<NginxProps>, string]>([
  [
    { namespace: "Queries" },
    "namespace: must be a namespace of at most 63 lower-case letters, digits and hyphens, got 'Queries'",
  ],
  [{ proxies: ["104.16.0.1/13"] }, "proxies[0]: must be a range such as '173.245.48.0/20', got '104.16.0.1/13'"],
  [{ proxies: ["1.1.1.0/24", "1.1.1.0/24"] }, "proxies[1]: must be given once, got '1.1.1.0/24' twice"],
  [
    { apiServer: Token.asList({ resolve: () => [] }) as NginxProps["apiServer"] },
    "apiServer: must be a list of 1 to 100, each a range such as '10.0.0.0/16', known at synth, got a list token",
  ],
  [{ cacheable: [{ path: "/a", seconds: 0 }] }, "cacheable[0].seconds: must be a whole number from 1 to 86400, got 0"],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(`  Test/Nginx.${message}`);
});
