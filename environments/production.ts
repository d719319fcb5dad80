import type { ProductionArchitecture } from "../lib/config/architecture";
import type { Environment } from "../lib/config/environment";
import type { Infrastructure } from "../lib/config/infrastructure";

const infrastructure: Infrastructure = {
  writeCluster: {
    type: "kubernetes",
    nodes: 3,
    resources: { cpu: "4 cores", memory: "16GB", storage: "SSD 500GB" },
  },
  readCluster: {
    type: "kubernetes",
    nodes: 5,
    resources: { cpu: "8 cores", memory: "32GB", storage: "SSD 1TB" },
  },
  eventStore: {
    type: "managed",
    provider: "EventStore Cloud",
    size: "production",
    backup: { frequency: "hourly", retention: "30 days" },
  },
  monitoring: { prometheus: true, grafana: true, elasticStack: true },
};

const architecture: ProductionArchitecture = {
  writeSide: {
    commandApi: { instances: 3, loadBalancer: "nginx", healthCheck: "/health" },
    eventStore: { type: "EventStore", clusterSize: 3, replication: "synchronous" },
    commandProcessors: { instances: 5, scaling: "auto" },
  },
  readSide: {
    queryApi: { instances: 10, loadBalancer: "cloudflare", cache: "edge" },
    readDatabases: {
      primary: { type: "PostgreSQL", replicas: 3 },
      cache: { type: "Redis", cluster: true },
    },
    projections: { workers: 5, parallelism: 10 },
  },
};

/** The seed's two objects. Account and role are AWS's example account: put in your own. */
export const production: Environment = {
  region: "eu-central-1",
  infrastructure,
  architecture,
  network: { cidr: "10.0.0.0/16", eventStoreCidr: "10.1.0.0/22" },
  administrators: { deployer: "arn:aws:iam::111122223333:role/platform-deployer" },
};
