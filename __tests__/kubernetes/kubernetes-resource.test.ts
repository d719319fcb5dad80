import { DeploymentV1, type DeploymentV1Config } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { IngressV1, type IngressV1Config } from "@cdktf/provider-kubernetes/lib/ingress-v1";
import { NetworkPolicyV1, type NetworkPolicyV1Config } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { StatefulSetV1, type StatefulSetV1Config } from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import { App, TerraformStack } from "cdktf";
import { KubernetesResource } from "../../lib/kubernetes/kubernetes-resource";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

/** With capitals, which Kubernetes allows in keys. */
const annotations = { "example.com/ownedBy": "Orders" };
const metadata = { name: "a", namespace: "b", labels: { "app.kubernetes.io/name": "a" }, annotations };
const podSpec = {
  nodeSelector: { diskType: "ssd" },
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  container: [
    {
      name: "a",
      image: "a:1",
      args: ["backup"],
      env: [{ name: "INDEX", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
      port: [{ name: "http", containerPort: 8080 }],
      readinessProbe: { httpGet: { path: "/readyz", port: "http" }, periodSeconds: 5 },
      lifecycle: { preStop: [{ exec: { command: ["sleep", "10"] } }] },
      resources: { requests: { cpu: "250m", "example.com/fastNic": "1" }, limits: { memory: "1Gi" } },
      volumeMount: [{ name: "s", mountPath: "/t" }],
    },
  ],
  volume: [{ name: "s", emptyDir: { sizeLimit: "1Mi" } }],
};
const selector = { matchLabels: { "app.kubernetes.io/name": "a", costCenter: "Orders" } };

const DEPLOYMENT: DeploymentV1Config = {
  metadata,
  spec: {
    replicas: undefined,
    minReadySeconds: 5,
    selector,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "0" } },
    template: { metadata: { labels: selector.matchLabels }, spec: podSpec },
  },
  timeouts: { create: "30m", update: "30m", delete: "10m" },
};
const INGRESS: IngressV1Config = {
  metadata: { ...metadata, annotations: { ...annotations, "nginx.org/client-max-body-size": "1m" } },
  spec: {
    ingressClassName: "nginx",
    tls: [{ hosts: ["a.example.com"], secretName: "tls" }],
    rule: [
      {
        host: "a.example.com",
        http: {
          path: [{ path: "/", pathType: "Prefix", backend: { service: { name: "a", port: { number: 80 } } } }],
        },
      },
    ],
  },
};
const NETWORK_POLICY: NetworkPolicyV1Config = {
  metadata,
  spec: {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      { from: [{ namespaceSelector: selector, podSelector: selector }], ports: [{ port: "1", protocol: "TCP" }] },
    ],
    egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/16" } }], ports: [] }],
  },
};
const STATEFUL_SET: StatefulSetV1Config = {
  metadata,
  spec: {
    serviceName: "a",
    replicas: "2",
    selector,
    podManagementPolicy: "Parallel",
    updateStrategy: [{ type: "RollingUpdate", rollingUpdate: [{ partition: 0 }] }],
    template: { metadata: { labels: selector.matchLabels }, spec: podSpec },
  },
};

const RESTARTED_AT = {
  ignore_changes: ['spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]'],
};

type Make = (stack: TerraformStack) => void;
const dependsOn: [] = [];

test.each<[string, Make, Make]>([
  [
    "deployment_v1",
    (stack) => new KubernetesResource(stack, "It", "deployment_v1", { ...DEPLOYMENT, dependsOn }),
    (stack) => new DeploymentV1(stack, "It", DEPLOYMENT),
  ],
  [
    "ingress_v1",
    (stack) => new KubernetesResource(stack, "It", "ingress_v1", { ...INGRESS, dependsOn }),
    (stack) => new IngressV1(stack, "It", INGRESS),
  ],
  [
    "network_policy_v1",
    (stack) => new KubernetesResource(stack, "It", "network_policy_v1", { ...NETWORK_POLICY, dependsOn }),
    (stack) => new NetworkPolicyV1(stack, "It", NETWORK_POLICY),
  ],
  [
    "stateful_set_v1",
    (stack) => new KubernetesResource(stack, "It", "stateful_set_v1", { ...STATEFUL_SET, dependsOn }),
    (stack) => new StatefulSetV1(stack, "It", STATEFUL_SET),
  ],
])("%s is what the provider's own class, which takes too long to load, would be", (kind, ours, theirs) => {
  const [own, provider] = [ours, theirs].map((make) => resourceOf(synthesizeStack(make), `kubernetes_${kind}`));
  const { lifecycle: _, ...args } = own ?? {};
  expect(args).toEqual({ ...provider, depends_on: [] });
});

test.each<[string, Make, object | undefined]>([
  [
    "deployment_v1",
    (stack) => new KubernetesResource(stack, "It", "deployment_v1", { ...DEPLOYMENT, dependsOn }),
    RESTARTED_AT,
  ],
  [
    "stateful_set_v1",
    (stack) => new KubernetesResource(stack, "It", "stateful_set_v1", { ...STATEFUL_SET, dependsOn }),
    RESTARTED_AT,
  ],
  ["ingress_v1", (stack) => new KubernetesResource(stack, "It", "ingress_v1", { ...INGRESS, dependsOn }), undefined],
])("%s keeps what kubectl rollout restart writes, if it has a pod template", (kind, make, lifecycle) => {
  expect(resourceOf(synthesizeStack(make), `kubernetes_${kind}`).lifecycle).toEqual(lifecycle);
});

test("is refused as HCL, which would leave out its arguments", () => {
  const stack = new TerraformStack(new App(), "stack");
  const resource = new KubernetesResource(stack, "It", "ingress_v1", { ...INGRESS, dependsOn });
  expect(() => resource.toHclTerraform()).toThrow("stack/It: must be synthesized as JSON, got HCL");
});
