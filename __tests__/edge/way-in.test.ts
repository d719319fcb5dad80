import type { TerraformStack } from "cdktf";
import { CLOUDFLARE_RANGES } from "../../lib/edge/cloudflare-ranges";
import { nginxValues } from "../../lib/edge/nginx";
import { WayIn, type WayInProps } from "../../lib/edge/way-in";
import { externalSecret } from "../../lib/kubernetes/external-secret";
import { Namespace } from "../../lib/kubernetes/namespace";
import { type Arguments, resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

type Props = Omit<WayInProps, "secretStore" | "dependsOn">;

const base: Props = {
  service: "command-api",
  namespace: "commands",
  host: "commands.example.com",
  certificate: "orders/commands-certificate",
  backendPort: 8080,
  loadBalancer: "nginx",
  apiServer: ["10.0.0.0/16", "172.20.0.0/16"],
};
const cloudflare = { loadBalancer: "cloudflare", originPullCa: "orders/origin-pull-ca" } as const;

/** Namespaces stand for what must be there before it. */
const standing = (stack: TerraformStack, name: string) => new Namespace(stack, name, { name }).resource;
const made = (props: Partial<Props> = {}) =>
  synthesizeStack((stack) => {
    const secretStore = standing(stack, "store");
    new WayIn(stack, "WayIn", { ...base, ...props, secretStore, dependsOn: [standing(stack, "commands")] });
  });
const problemOf = (props: object) => {
  try {
    made(props);
  } catch (error) {
    return (error as Error).message;
  }
};

const releaseOf = (name: string, tf = made()) => resourceOf(tf, "helm_release", { name });
const valuesOf = ({ values }: Arguments) => JSON.parse((values as readonly [string])[0]);
const releaseNames = (tf = made()) => resourcesOf(tf, "helm_release").map(({ name }) => name);
const addressIn = (part: string, type: string) => expect.stringMatching(new RegExp(`^${type}\\.WayIn_${part}_`));
const NGINX = { metadata: { name: "nginx-ingress", namespace: "ingress" } };
const STORE = expect.stringMatching(/^kubernetes_network_policy_v1\.store_DefaultDeny_/);
const GIVEN = expect.stringMatching(/^kubernetes_network_policy_v1\.commands_DefaultDeny_/);

const tlsSecret = externalSecret({
  name: "command-api-tls",
  namespace: "commands",
  type: "kubernetes.io/tls",
  data: {
    "tls.crt": { secret: "orders/commands-certificate", property: "tls.crt" },
    "tls.key": { secret: "orders/commands-certificate", property: "tls.key" },
  },
});
const clientCaSecret = externalSecret({
  name: "command-api-client-ca",
  namespace: "commands",
  type: "nginx.org/ca",
  data: { "ca.crt": { secret: "orders/origin-pull-ca", property: "ca.crt" } },
});

test("the host's certificate and its key come from one secret, by their names", () => {
  expect(valuesOf(releaseOf("command-api-certificates"))).toEqual({ resources: [tlsSecret] });
});

test("behind Cloudflare, the authority of its client certificate comes with them", () => {
  expect(valuesOf(releaseOf("command-api-certificates", made(cloudflare)))).toEqual({
    resources: [tlsSecret, clientCaSecret],
  });
});

test("the Ingress shows the certificate that the secret becomes", () => {
  expect(resourceOf(made(), "kubernetes_ingress_v1").spec).toMatchObject({
    tls: [{ hosts: ["commands.example.com"], secret_name: "command-api-tls" }],
  });
});

test("the Ingress lets through what the API's limits allow", () => {
  const tf = made({ limits: { bodyMib: 8, requestsPerSecond: 20 } });
  expect(resourceOf(tf, "kubernetes_ingress_v1").metadata).toMatchObject({
    annotations: { "nginx.org/client-max-body-size": "8m", "nginx.org/limit-req-rate": "20r/s" },
  });
});

test("behind Cloudflare, whoever shows no certificate of its authority is refused", () => {
  const tf = made(cloudflare);
  const [policy] = valuesOf(releaseOf("command-api-policies", tf)).resources;
  expect(policy.spec.ingressMTLS).toMatchObject({ clientCertSecret: "command-api-client-ca", verifyClient: "on" });
  expect(resourceOf(tf, "kubernetes_ingress_v1").metadata).toMatchObject({
    annotations: { "nginx.org/policies": policy.metadata.name },
  });
});

test("behind the network load balancer alone, nobody is asked for a certificate", () => {
  expect(releaseNames()).toEqual(["command-api-certificates", "nginx-ingress"]);
  expect(resourceOf(made(), "kubernetes_ingress_v1").metadata).not.toHaveProperty([
    "annotations",
    "nginx.org/policies",
  ]);
});

test("behind Cloudflare, NGINX takes Cloudflare's word on clients' addresses", () => {
  expect(valuesOf(releaseOf("nginx-ingress", made(cloudflare)))).toEqual(
    nginxValues({ namespace: "commands", proxies: CLOUDFLARE_RANGES }),
  );
});

test("behind Cloudflare, NGINX says what the edge may keep", () => {
  const cacheable = [{ path: "/catalogue/*", seconds: 30 }];
  expect(valuesOf(releaseOf("nginx-ingress", made({ ...cloudflare, cacheable })))).toEqual(
    nginxValues({ namespace: "commands", proxies: CLOUDFLARE_RANGES, cacheable }),
  );
});

test("behind the network load balancer alone, NGINX takes nobody's word", () => {
  expect(valuesOf(releaseOf("nginx-ingress", made()))).toEqual(nginxValues({ namespace: "commands" }));
});

test("NGINX gets to the API's pods, at their port", () => {
  expect(resourceOf(made(), "kubernetes_network_policy_v1", NGINX).spec).toMatchObject({
    egress: expect.arrayContaining([
      {
        to: [{ namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "commands" } } }],
        ports: [{ port: "8080", protocol: "TCP" }],
      },
    ]),
  });
});

test("NGINX gets to the cluster's own API, from which it learns its Ingresses", () => {
  expect(resourceOf(made(), "kubernetes_network_policy_v1", NGINX).spec).toMatchObject({
    egress: expect.arrayContaining(
      base.apiServer.map((cidr) => ({
        to: [{ ip_block: { cidr } }],
        ports: [{ port: "443", protocol: "TCP" }],
      })),
    ),
  });
});

describe("what stands before what", () => {
  test("the certificates wait for the store that fills them", () => {
    expect(releaseOf("command-api-certificates").depends_on).toEqual([STORE, GIVEN]);
  });

  test("NGINX waits for what it is given", () => {
    expect(releaseOf("nginx-ingress").depends_on).toEqual(expect.arrayContaining([GIVEN]));
  });

  test("the Ingress waits for NGINX and for its certificate", () => {
    expect(resourceOf(made(), "kubernetes_ingress_v1").depends_on).toEqual([
      addressIn("Nginx_Release", "helm_release"),
      addressIn("Certificates", "helm_release"),
    ]);
  });

  test("the policies wait for NGINX, which brings their definition, and the Ingress for them", () => {
    const tf = made(cloudflare);
    expect(releaseOf("command-api-policies", tf).depends_on).toContainEqual(addressIn("Nginx_Release", "helm_release"));
    expect(resourceOf(tf, "kubernetes_ingress_v1").depends_on).toContainEqual(
      addressIn("Ingress_Policy", "helm_release"),
    );
  });
});

test("needs nothing but the store to stand before it", () => {
  const tf = synthesizeStack((stack) => {
    new WayIn(stack, "WayIn", { ...base, secretStore: standing(stack, "store") });
  });
  expect(releaseOf("command-api-certificates", tf).depends_on).toEqual([STORE]);
});

test.each<[props: object, line: string]>([
  [
    { cacheable: [{ path: "/a", seconds: 1 }] },
    ".cacheable: must be left out with loadBalancer 'nginx', got a list of 1",
  ],
  [{ loadBalancer: "cloudflare" }, ".originPullCa: is missing, must be given with loadBalancer 'cloudflare'"],
  [{ loadBalancer: "both" }, ".originPullCa: is missing, must be given with loadBalancer 'both'"],
  [
    { originPullCa: "orders/origin-pull-ca" },
    ".originPullCa: must be left out with loadBalancer 'nginx', got 'orders/origin-pull-ca'",
  ],
  [{ loadBalancer: "haproxy" }, ".loadBalancer: must be 'nginx', 'both' or 'cloudflare', got 'haproxy'"],
  [
    { service: "Command" },
    ".service: must be a service's name: at most 40 lower-case letters, digits and hyphens, a letter first, got 'Command'",
  ],
  [
    { namespace: "Commands" },
    ".namespace: must be a namespace of at most 63 lower-case letters, digits and hyphens, got 'Commands'",
  ],
  [{ host: "commands" }, ".host: must be a host name in lower case such as 'commands.example.com', got 'commands'"],
  [{ backendPort: 0 }, ".backendPort: must be a whole number from 1 to 65535, got 0"],
  [{ backendPort: 65_536 }, ".backendPort: must be a whole number from 1 to 65535, got 65536"],
  [
    { limits: { bodyMib: 101, requestsPerSecond: 1 } },
    ".limits.bodyMib: must be a whole number from 1 to 100, got 101",
  ],
  [
    { apiServer: "10.0.0.0/16" },
    ".apiServer: must be a list of 1 to 100, each a range such as '10.0.0.0/16', got '10.0.0.0/16'",
  ],
  [{ apiServer: ["10.0.0.1/16"] }, ".apiServer[0]: must be a range such as '10.0.0.0/16', got '10.0.0.1/16'"],
  [{ cacheable: [{ path: "/a", seconds: 0 }] }, ".cacheable[0].seconds: must be a whole number from 1 to 86400, got 0"],
])("refuses %j", (props, line) => {
  expect(problemOf(props)).toBe(`1 problem in the configuration, nothing was synthesized:\n  Test/WayIn${line}`);
});

test("says all that is wrong at once", () => {
  expect(problemOf({ backendPort: 0, host: "commands" })).toBe(
    [
      "2 problems in the configuration, nothing was synthesized:",
      "  Test/WayIn.backendPort: must be a whole number from 1 to 65535, got 0",
      "  Test/WayIn.host: must be a host name in lower case such as 'commands.example.com', got 'commands'",
    ].join("\n"),
  );
});

test("needs a store to fill its secrets from", () => {
  const without = () => synthesizeStack((stack) => new WayIn(stack, "WayIn", base as WayInProps));
  expect(without).toThrow("  Test/WayIn.secretStore: is missing, must be a resource");
});
