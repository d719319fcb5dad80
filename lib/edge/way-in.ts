import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { COMMAND_API_RULES, isProxied, type LoadBalancer } from "../config/architecture";
import { CLOUDFLARE_RULES, type CloudflareConfig } from "../config/edge";
import { API_RULES, type ApiConfig } from "../config/services";
import { type Cidr, isRange } from "../core/cidr";
import { shown } from "../core/problems";
import {
  checkProps,
  given,
  list,
  listOf,
  optional,
  type Relation,
  type Rules,
  unique,
  wholeNumber,
} from "../core/rules";
import { externalSecret } from "../kubernetes/external-secret";
import { ManifestRelease } from "../kubernetes/manifest-release";
import { NETWORK_PORT } from "../kubernetes/network-policy";
import { isNamespaceName } from "../kubernetes/release-settings";
import { API_INGRESS_RULES, ApiIngress, CERTIFICATES } from "./api-ingress";
import { CLOUDFLARE_RANGES } from "./cloudflare-ranges";
import { Nginx } from "./nginx";

export interface WayInProps
  extends Pick<ApiConfig, "host" | "certificate" | "limits">,
    Partial<Pick<CloudflareConfig, "originPullCa" | "cacheable">> {
  /** The API's Service, whose port 80 answers. */
  readonly service: string;
  readonly namespace: string;
  /** Port of the API's pods. */
  readonly backendPort: number;
  /** What is before NGINX: the network load balancer alone, Cloudflare, or both for as long as clients move. */
  readonly loadBalancer: LoadBalancer;
  /** Ranges in which the cluster's own API is: the VPC's and the services'. */
  readonly apiServer: readonly Cidr[];
  /** The store of secrets. */
  readonly secretStore: ITerraformDependable;
  /** What must stand before it: the API's namespace. @default - it is there already */
  readonly dependsOn?: readonly ITerraformDependable[];
}

export const isApiServer = unique(listOf(isRange("10.0.0.0/16")));

const RULES: Rules<WayInProps> = {
  service: API_INGRESS_RULES.service,
  namespace: isNamespaceName,
  backendPort: wholeNumber(NETWORK_PORT),
  loadBalancer: COMMAND_API_RULES.loadBalancer,
  ...API_RULES,
  originPullCa: optional(CLOUDFLARE_RULES.originPullCa),
  cacheable: CLOUDFLARE_RULES.cacheable,
  apiServer: isApiServer,
  secretStore: given("a resource"),
  dependsOn: optional(list("a list of resources")),
};

/** Cloudflare's ranges are all its customers': without the certificate, each of them would get in. */
const LOCKED: Relation<WayInProps> = {
  between: ["loadBalancer", "originPullCa"],
  problemsOf: ({ loadBalancer, originPullCa }, path) =>
    isProxied(loadBalancer) && originPullCa === undefined
      ? [{ path: `${path}.originPullCa`, message: `is missing, must be given with loadBalancer '${loadBalancer}'` }]
      : [],
};

const NO_EDGE: Relation<WayInProps> = {
  between: ["loadBalancer", "originPullCa", "cacheable"],
  problemsOf: ({ loadBalancer, ...props }, path) =>
    (["originPullCa", "cacheable"] as const)
      .filter((key) => loadBalancer === "nginx" && props[key] !== undefined)
      .map((key) => ({
        path: `${path}.${key}`,
        message: `must be left out with loadBalancer 'nginx', got ${shown(props[key])}`,
      })),
};

/** What one secret of AWS Secrets Manager must have, by keys of a JSON object, and what Kubernetes calls its kind. */
const TLS = { type: "kubernetes.io/tls", keys: ["tls.crt", "tls.key"] } as const;
const CLIENT_CA = { type: "nginx.org/ca", keys: ["ca.crt"] } as const;

/** One API's way in: NGINX, the host's certificate, and who gets through. */
export class WayIn extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: WayInProps) {
    super(scope, id);
    props = checkProps(this, props, RULES, LOCKED, NO_EDGE);
    const { service, namespace, host, limits, originPullCa, cacheable, secretStore, dependsOn = [] } = props;
    const [tlsSecret, clientCaSecret] = [`${service}-tls`, `${service}-client-ca`];
    const secret = (name: string, { type, keys }: typeof TLS | typeof CLIENT_CA, source: string) =>
      externalSecret({
        ...{ name, namespace, type },
        data: Object.fromEntries(keys.map((key) => [key, { secret: source, property: key }])),
      });

    const certificates = new ManifestRelease(this, "Certificates", {
      name: `${service}${CERTIFICATES}`,
      namespace,
      manifests: [
        secret(tlsSecret, TLS, props.certificate),
        ...(originPullCa === undefined ? [] : [secret(clientCaSecret, CLIENT_CA, originPullCa)]),
      ],
      dependsOn: [secretStore, ...dependsOn],
    });
    const nginx = new Nginx(this, "Nginx", {
      namespace,
      backendPort: props.backendPort,
      apiServer: props.apiServer,
      proxies: isProxied(props.loadBalancer) ? CLOUDFLARE_RANGES : undefined,
      cacheable,
      dependsOn,
    });
    new ApiIngress(this, "Ingress", {
      ...{ service, namespace, host, tlsSecret, limits },
      // With both, who comes directly has no certificate of Cloudflare. Its authority is here for the next step.
      clientCaSecret: props.loadBalancer === "cloudflare" ? clientCaSecret : undefined,
      dependsOn: [nginx.resource, certificates.resource],
    });
  }
}
