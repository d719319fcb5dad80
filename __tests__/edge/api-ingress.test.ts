import { ApiIngress, type ApiIngressProps } from "../../lib/edge/api-ingress";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: ApiIngressProps = {
  service: "command-api",
  namespace: "commands",
  host: "commands.example.com",
  tlsSecret: "command-api-tls",
};
function made(props: Partial<ApiIngressProps> = {}) {
  const tf = synthesizeStack((stack) => void new ApiIngress(stack, "Ingress", { ...base, ...props }));
  const manifests = resourcesOf(tf, "helm_release").flatMap(({ values }) => JSON.parse(String(values)).resources);
  return { manifests, resource: resourceOf(tf, "kubernetes_ingress_v1") };
}

test("leads all of one host to the API's Service, its health among it", () => {
  expect(made().resource.spec).toMatchObject({
    ingress_class_name: "nginx",
    rule: [
      {
        host: "commands.example.com",
        http: {
          path: [
            { path: "/", path_type: "Prefix", backend: { service: { name: "command-api", port: { number: 80 } } } },
          ],
        },
      },
    ],
  });
});

test("the host has its own certificate, by its Secret's name", () => {
  expect(made().resource.spec).toMatchObject({
    tls: [{ hosts: ["commands.example.com"], secret_name: "command-api-tls" }],
  });
});

test("lets through what is asked for, and answers 429 to what comes faster", () => {
  expect(made({ limits: { bodyMib: 8, requestsPerSecond: 20 } }).resource.metadata).toMatchObject({
    annotations: {
      "nginx.org/client-max-body-size": "8m",
      "nginx.org/limit-req-rate": "20r/s",
      "nginx.org/limit-req-burst": "39",
      "nginx.org/limit-req-no-delay": "true",
      "nginx.org/limit-req-reject-code": "429",
    },
  });
});

test("lets through 1 MiB and 100 requests a second unless told otherwise", () => {
  expect(made().resource.metadata).toMatchObject({
    annotations: { "nginx.org/client-max-body-size": "1m", "nginx.org/limit-req-rate": "100r/s" },
  });
});

test("no annotation is the retired controller's, which this one does not read", () => {
  expect(JSON.stringify(made({ clientCaSecret: "ca" }).resource)).not.toContain("nginx.ingress.kubernetes.io");
});

test("asks for a client certificate where its authority is given", () => {
  const { manifests, resource } = made({ clientCaSecret: "origin-pull-ca" });
  expect(manifests).toEqual([
    {
      apiVersion: "k8s.nginx.org/v1",
      kind: "Policy",
      metadata: { name: "command-api-client-certificate", namespace: "commands" },
      spec: { ingressMTLS: { clientCertSecret: "origin-pull-ca", verifyClient: "on", verifyDepth: 1 } },
    },
  ]);
  expect(resource.metadata).toMatchObject({
    annotations: { "nginx.org/policies": "command-api-client-certificate" },
  });
});

test("asks nobody for a certificate otherwise", () => {
  const { manifests, resource } = made();
  expect(manifests).toEqual([]);
  expect(resource.metadata).not.toHaveProperty(["annotations", "nginx.org/policies"]);
});

test.each<[Partial<ApiIngressProps>, string]>([
  [{ host: "commands" }, "host: must be a host name in lower case such as 'commands.example.com', got 'commands'"],
  [
    { host: "*.example.com" },
    "host: must be a host name in lower case such as 'commands.example.com', got '*.example.com'",
  ],
  [
    { service: "Command" },
    "service: must be a service's name: at most 40 lower-case letters, digits and hyphens, a letter first, got 'Command'",
  ],
  [
    { tlsSecret: "ns/tls" },
    "tlsSecret: must be a Kubernetes secret's name: at most 253 lower-case letters, digits, '-' and '.', got 'ns/tls'",
  ],
  [{ limits: { bodyMib: 0, requestsPerSecond: 1 } }, "limits.bodyMib: must be a whole number from 1 to 100, got 0"],
  [
    { limits: { bodyMib: 1, requestsPerSecond: 10_001 } },
    "limits.requestsPerSecond: must be a whole number from 1 to 10000, got 10001",
  ],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(`  Test/Ingress.${message}`);
});
