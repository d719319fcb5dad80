import type { ProductionArchitecture } from "../lib/config/architecture";
import type { AuthConfig } from "../lib/config/auth";
import type { Environment } from "../lib/config/environment";
import type { Infrastructure } from "../lib/config/infrastructure";
import type { ServicesConfig } from "../lib/config/services";

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

const services: ServicesConfig = {
  commandApi: {
    images: {
      blue: "registry.example.com/orders/command-api:1.4.2",
      green: "registry.example.com/orders/command-api:1.4.1",
    },
    active: "blue",
    idle: 0,
    host: "commands.staging.example.com",
    certificate: "staging/commands-certificate",
    secrets: { EVENT_STORE_CREDENTIALS: "staging/event-store-commands" },
  },
  commandProcessors: {
    image: "registry.example.com/orders/command-processors:1.4.2",
    secrets: { EVENT_STORE_CREDENTIALS: "staging/event-store-processors" },
  },
  queryApi: {
    images: {
      blue: "registry.example.com/orders/query-api:2.0.7",
      green: "registry.example.com/orders/query-api:2.0.6",
    },
    active: "blue",
    host: "queries.staging.example.com",
    certificate: "staging/queries-certificate",
  },
  projections: {
    image: "registry.example.com/orders/projections:3.1.0",
    secrets: { EVENT_STORE_CREDENTIALS: "staging/event-store-projections" },
  },
};

const auth: AuthConfig = {
  issuer: "https://auth.staging.example.com/",
  audience: "orders-staging",
  // Whoever knew the other half of this example has thrown it away.
  publicKey: [
    "-----BEGIN PUBLIC KEY-----",
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA+lfXo6iLCeNtLiSdd5kw",
    "UhSxvKyg1r2+HWJuCIvdcoxQHmn4w40I0mxFEbX1U9YYgsa/3/bjPNCvhCVTGJlw",
    "amYb8VfsImP3D1P0xQ5zBmnDimHNzg7lo4IXBLofnEHRym5s6IFjZburjapcFDRK",
    "gTt6PXEyUWWPuMBuWCqk4EdQxZYtf36j9jCcst/TTtG/by/49myiqjKXFLFQQV6N",
    "TglwtIwEM+BL5svp6N96NmcFrr8InR70eQBS26Cv2APaoe3RUxOwJQwYINUsXGcr",
    "aM1lYULQfwamyiaT86lHCRvGfpcTR8YKfV4RJFO2bI4nWdvbNSrYV5292Eu9SOs4",
    "7wIDAQAB",
    "-----END PUBLIC KEY-----",
  ].join("\n"),
  commandPermissions: {
    CreateOrder: ["user", "admin"],
    CancelOrder: ["admin"],
    UpdateInventory: ["inventory_manager", "admin"],
  },
  queryPermissions: {
    GetOrder: ["user", "admin"],
    GetAllOrders: ["admin"],
    GetInventory: ["inventory_viewer", "admin"],
  },
};

/**
 * Small, and different wherever it can be, so that nothing of production is hard-wired. It has no replica of its state, because
 * it has no copies in another Region that the state would own, and no access logs, because it holds no data of customers.
 */
export const staging: Environment = {
  region: "eu-west-1",
  infrastructure,
  architecture,
  services,
  auth,
  network: {
    cidr: "10.16.0.0/18",
    eventStoreCidr: "10.17.0.0/24",
    serviceCidr: "10.18.0.0/20",
    natGateways: "single",
  },
  monitoring: {
    prometheus: {
      replicas: 1,
      storage: "SSD 50GB",
      resources: { requests: { cpu: "250m", memory: "1Gi" }, limits: { memory: "2Gi" } },
    },
    remoteWrite: { certificate: "staging/metrics-certificate", certificateAuthority: "staging/metrics-ca" },
  },
  administrators: { deployer: "arn:aws:iam::111122223333:role/platform-deployer" },
  recovery: {
    restoreTests: "monthly",
    jobs: { image: "registry.example.com/orders/operations:1.4.2" },
  },
  readStore: {
    database: { cpu: "2 cores", memory: "8GB", storage: "SSD 50GB" },
    cache: { nodeType: "cache.t4g.small", shards: 1, replicasPerShard: 1 },
  },
};
