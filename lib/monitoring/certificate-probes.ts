import { POD_RESOURCES } from "../config/pod-resources";
import { CHARTS } from "../kubernetes/charts";

/** A server whose certificate is watched. */
export interface WatchedServer {
  /** What it is called in alerts: the host's name. */
  readonly name: string;
  /** Where it answers with TLS: `'host:443'`. */
  readonly address: string;
}

/** How each is asked; by which name, the exporter is told with the question. */
const TLS = {
  prober: "tcp",
  timeout: "10s",
  // An end that has come must still be told; whether clients trust it, they say themselves.
  tcp: { tls: true, tls_config: { insecure_skip_verify: true } },
};

/** Values of prometheus-blackbox-exporter: nothing else says when the certificates end that are truly served. */
export const certificateProbeValues = (servers: readonly WatchedServer[]): object => ({
  config: { modules: { tls: TLS } },
  podSecurityContext: { seccompProfile: { type: "RuntimeDefault" } },
  resources: POD_RESOURCES.certificateProbes,
  serviceMonitor: {
    enabled: true,
    defaults: { interval: "60s", scrapeTimeout: "15s" },
    targets: servers.map(({ name, address }) => ({ name, url: address, hostname: name, module: "tls" })),
  },
});

/** NGINX's Service in its cluster, as the chart names it. */
const NGINX = `${CHARTS.nginxIngress.name}-controller.${CHARTS.nginxIngress.namespace}.svc:443`;

/** NGINX, once for each host that it has a certificate of. */
export const nginxServers = (hosts: readonly string[]): readonly WatchedServer[] =>
  hosts.map((name) => ({ name, address: NGINX }));
