import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { API_RULES, isHost, type RequestLimits } from "../config/services";
import { checkProps, list, optional, type Rules, text } from "../core/rules";
import { KubernetesResource } from "../kubernetes/kubernetes-resource";
import { type Manifest, ManifestRelease } from "../kubernetes/manifest-release";
import { isNamespaceName } from "../kubernetes/release-settings";
import { INGRESS_CLASS } from "./nginx";

export interface ApiIngressProps {
  /** The API's Service, whose port 80 answers; the Ingress is named as it is. */
  readonly service: string;
  readonly namespace: string;
  /** Name under which the API is reached. */
  readonly host: string;
  /** Secret of the namespace with the host's certificate, of type kubernetes.io/tls. */
  readonly tlsSecret: string;
  /** @default - 1 MiB bodies, 100 requests a second from one address */
  readonly limits?: RequestLimits;
  /**
   * Secret of the namespace with an authority's certificate as `ca.crt`, of type nginx.org/ca: only those who show a
   * certificate of its get an answer.
   * @default - everybody gets one
   */
  readonly clientCaSecret?: string;
  /** What must stand before it: NGINX, whose kinds it uses. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** What the names of releases of its objects end in; Helm takes 53 characters. */
const POLICIES = "-policies";
export const CERTIFICATES = "-certificates";
const isServiceName = text(
  "a service's name: at most 40 lower-case letters, digits and hyphens, a letter first",
  /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
);
const isSecret = text(
  "a Kubernetes secret's name: at most 253 lower-case letters, digits, '-' and '.'",
  /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
);

export const API_INGRESS_RULES: Rules<ApiIngressProps> = {
  service: isServiceName,
  namespace: isNamespaceName,
  host: isHost,
  tlsSecret: isSecret,
  limits: API_RULES.limits,
  clientCaSecret: optional(isSecret),
  dependsOn: optional(list("a list of resources")),
};

const DEFAULT_LIMITS: RequestLimits = { bodyMib: 1, requestsPerSecond: 100 };
const TOO_MANY_REQUESTS = 429;
const SERVICE_PORT = 80;

/**
 * What NGINX lets through. Each NGINX counts for itself and not a third: a client keeps to one connection, and so to
 * one of them. One request beyond the burst passes.
 */
const limitAnnotations = ({ bodyMib, requestsPerSecond }: RequestLimits): Record<string, string> => ({
  "nginx.org/client-max-body-size": `${bodyMib}m`,
  "nginx.org/limit-req-rate": `${requestsPerSecond}r/s`,
  "nginx.org/limit-req-burst": `${2 * requestsPerSecond - 1}`,
  "nginx.org/limit-req-no-delay": "true",
  "nginx.org/limit-req-reject-code": `${TOO_MANY_REQUESTS}`,
});

/**
 * NGINX's way from one host to one API: everything below `/`, its health among it. A client certificate, where one is
 * asked for, is asked for by the host, and so for health too: Cloudflare's monitors show it, as they probe through the
 * zone.
 */
export class ApiIngress extends Construct {
  readonly resource: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ApiIngressProps) {
    super(scope, id);
    props = checkProps(this, props, API_INGRESS_RULES);
    const { service, namespace, host, clientCaSecret, dependsOn = [] } = props;
    const policy = clientCaSecret === undefined ? undefined : certificatePolicy(service, namespace, clientCaSecret);
    // Without the policy that it names, an Ingress answers 500.
    const release =
      policy &&
      new ManifestRelease(this, "Policy", {
        name: `${service}${POLICIES}`,
        namespace,
        manifests: [policy],
        dependsOn,
      });

    this.resource = new KubernetesResource(this, "Resource", "ingress_v1", {
      metadata: {
        name: service,
        namespace,
        annotations: {
          ...limitAnnotations(props.limits ?? DEFAULT_LIMITS),
          ...(policy && { "nginx.org/policies": policy.metadata.name }),
        },
      },
      spec: {
        ingressClassName: INGRESS_CLASS,
        tls: [{ hosts: [host], secretName: props.tlsSecret }],
        rule: [
          {
            host,
            http: {
              path: [
                {
                  path: "/",
                  pathType: "Prefix",
                  backend: { service: { name: service, port: { number: SERVICE_PORT } } },
                },
              ],
            },
          },
        ],
      },
      dependsOn: [...dependsOn, ...(release ? [release.resource] : [])],
    });
  }
}

/** NGINX asks whoever connects for a certificate that the authority itself has signed. */
const certificatePolicy = (service: string, namespace: string, clientCertSecret: string): Manifest => ({
  apiVersion: "k8s.nginx.org/v1",
  kind: "Policy",
  metadata: { name: `${service}-client-certificate`, namespace },
  spec: { ingressMTLS: { clientCertSecret, verifyClient: "on", verifyDepth: 1 } },
});
