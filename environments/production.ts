import type { AccessLogsConfig } from "../lib/config/access-logs";
import type { ProductionArchitecture } from "../lib/config/architecture";
import type { AuthConfig } from "../lib/config/auth";
import type { CloudflareConfig } from "../lib/config/edge";
import type { Environment } from "../lib/config/environment";
import type { Infrastructure } from "../lib/config/infrastructure";
import type { MonitoringOptions } from "../lib/config/monitoring";
import type { RecoveryConfig } from "../lib/config/recovery";
import type { ServicesConfig } from "../lib/config/services";
import type { StateConfig } from "../lib/config/state";

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

const services: ServicesConfig = {
  commandApi: {
    images: {
      blue: "registry.example.com/orders/command-api:1.4.2",
      green: "registry.example.com/orders/command-api:1.4.1",
    },
    active: "blue",
    idle: 3,
    host: "commands.example.com",
    certificate: "production/commands-certificate",
    secrets: { EVENT_STORE_CREDENTIALS: "production/event-store-commands" },
  },
  commandProcessors: {
    image: "registry.example.com/orders/command-processors:1.4.2",
    secrets: { EVENT_STORE_CREDENTIALS: "production/event-store-processors" },
  },
  queryApi: {
    images: {
      blue: "registry.example.com/orders/query-api:2.0.7",
      green: "registry.example.com/orders/query-api:2.0.6",
    },
    active: "blue",
    idle: 10,
    host: "queries.example.com",
    certificate: "production/queries-certificate",
  },
  projections: {
    image: "registry.example.com/orders/projections:3.1.0",
    secrets: { EVENT_STORE_CREDENTIALS: "production/event-store-projections" },
  },
};

const auth: AuthConfig = {
  issuer: "https://auth.example.com/",
  audience: "orders-production",
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

const cloudflare: CloudflareConfig = {
  accountId: "00000000000000000000000000000001",
  zoneId: "00000000000000000000000000000002",
  zone: "example.com",
  originPullCa: "production/cloudflare-origin-pull-ca",
  cacheable: [{ path: "/catalogue/*", seconds: 30 }],
};

const monitoring: MonitoringOptions = {
  alerting: {
    receivers: {
      onCall: { pagerDuty: { routingKey: "production/pagerduty-routing-key" } },
      team: { slack: { channel: "#orders-alerts", webhook: "production/slack-webhook" } },
    },
    critical: ["onCall", "team"],
    warning: ["team"],
    deadMansSwitch: { url: "https://heartbeat.example.com/orders-production", token: "production/heartbeat-token" },
  },
  grafana: {
    url: "https://grafana.example.com",
    singleSignOn: {
      clientId: "grafana",
      clientSecret: "production/grafana-single-sign-on",
      authUrl: "https://auth.example.com/authorize",
      tokenUrl: "https://auth.example.com/token",
      apiUrl: "https://auth.example.com/userinfo",
      roleAttributePath: "contains(groups[*], 'platform') && 'Admin' || 'Viewer'",
    },
  },
  remoteWrite: { certificate: "production/metrics-certificate", certificateAuthority: "production/metrics-ca" },
  logs: { retention: "30 days", certificateAuthority: "production/logs-ca" },
  eventStoreCredentials: "production/event-store-metrics",
  runbooks: "https://git.example.com/orders/platform/docs/runbooks",
};

const recovery: RecoveryConfig = {
  secondRegion: "eu-west-1",
  vaultLock: { mode: "governance" },
  objectLock: { mode: "governance", days: 7 },
  jobs: { image: "registry.example.com/orders/operations:1.4.2" },
};

const accessLogs: AccessLogsConfig = { retention: "365 days" };

/** Once the stack `state` is deployed, its outputs are bucket and keyArn. */
const state: StateConfig = { secondRegion: "eu-west-1" };

/** The seed's two objects. Accounts, zone, hosts, images and key are examples: put in your own. */
export const production: Environment = {
  region: "eu-central-1",
  infrastructure,
  architecture,
  services,
  auth,
  cloudflare,
  monitoring,
  recovery,
  accessLogs,
  state,
  network: { cidr: "10.0.0.0/16", eventStoreCidr: "10.1.0.0/22" },
  administrators: { deployer: "arn:aws:iam::111122223333:role/platform-deployer" },
};
