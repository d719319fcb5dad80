import type { Cidr } from "../core/cidr";
import { externalSecret } from "../kubernetes/external-secret";
import type { Manifest } from "../kubernetes/manifest-release";
import { NAMESPACES } from "../kubernetes/namespaces";
import { MONITORING_SECRET_STORE } from "./monitoring-secrets";
import { originOf, relabelingsOf } from "./origin";

export interface EventStoreScrapeProps {
  /** Name of the cluster in DNS, which leads to each of its nodes. */
  readonly dnsName: string;
  readonly port: number;
  /** Range in which the nodes are. @default - all private ones */
  readonly cidr?: Cidr;
}

const SECRET = "event-store-metrics";
/** KurrentDB: what its longest times are of. */
const INTERVAL = "15s";

/** As whom its nodes are asked; `credentials` is the secret of Secrets Manager with `username` and `password`. */
export const eventStoreLogin = (credentials: string): Manifest =>
  externalSecret({
    name: SECRET,
    namespace: NAMESPACES.monitoring,
    store: MONITORING_SECRET_STORE,
    data: {
      username: { secret: credentials, property: "username" },
      password: { secret: credentials, property: "password" },
    },
  });

/** What makes Prometheus scrape each node of the event store, which lets in none but its users. */
export const eventStoreScrape = (environment: string, { dnsName, port }: EventStoreScrapeProps): Manifest => ({
  apiVersion: "monitoring.coreos.com/v1alpha1",
  kind: "ScrapeConfig",
  metadata: { name: "event-store", namespace: NAMESPACES.monitoring },
  spec: {
    jobName: "event-store",
    scrapeInterval: INTERVAL,
    scheme: "HTTPS",
    // Nodes are found by their addresses, their certificate is the cluster's.
    dnsSDConfigs: [{ names: [dnsName], type: "A", port }],
    tlsConfig: { serverName: dnsName },
    basicAuth: {
      username: { name: SECRET, key: "username" },
      password: { name: SECRET, key: "password" },
    },
    // It gives times of its own, by which a node that has gone would seem to answer for minutes.
    honorTimestamps: false,
    // It belongs to where commands are handled, from wherever it is scraped.
    relabelings: relabelingsOf({ ...originOf(environment, "write"), job: "event-store" }),
  },
});
