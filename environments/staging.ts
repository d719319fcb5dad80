import type { ProductionArchitecture } from "../lib/config/architecture";
import type { Environment } from "../lib/config/environment";
import type { Infrastructure } from "../lib/config/infrastructure";

const infrastructure: Infrastructure = {
  writeCluster: {
    type: "kubernetes",
    nodes: 2,
    resources: { cpu: "2 cores", memory: "8GB", storage: "SSD 100GB" },
  },
  readCluster: {
    type: "kubernetes",
    nodes: 2,
    resources: { cpu: "4 cores", memory: "16GB", storage: "SSD 200GB" },
  },
  eventStore: {
    type: "managed",
    provider: "Kurrent Cloud",
    size: "development",
    backup: { frequency: "daily", retention: "7 days" },
  },
  monitoring: { prometheus: true, grafana: true, elasticStack: false },
};

const architecture: ProductionArchitecture = {
  writeSide: {
    commandApi: { instances: 1, loadBalancer: "nginx", healthCheck: "/health" },
    eventStore: { type: "EventStore", clusterSize: 1, replication: "none" },
    commandProcessors: { instances: 1, scaling: "fixed" },
  },
  readSide: {
    queryApi: { instances: 2, loadBalancer: "nginx", cache: "none" },
    readDatabases: {
      primary: { type: "PostgreSQL", replicas: 1 },
      cache: { type: "Redis", cluster: false },
    },
    projections: { workers: 2, parallelism: 5 },
  },
};

/** Small, and different wherever it can be, so that nothing of production is hard-wired. */
export const staging: Environment = {
  region: "eu-west-1",
  infrastructure,
  architecture,
  network: {
    cidr: "10.16.0.0/18",
    eventStoreCidr: "10.17.0.0/24",
    serviceCidr: "10.18.0.0/20",
    natGateways: "single",
  },
  administrators: { deployer: "arn:aws:iam::111122223333:role/platform-deployer" },
  readStore: {
    database: { cpu: "2 cores", memory: "8GB", storage: "SSD 50GB" },
    cache: { nodeType: "cache.t4g.small", shards: 1, replicasPerShard: 1 },
  },
};
