import { production } from "../../../environments/production";
import type { Environment } from "../../../lib/config/environment";

const resources = { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } } as const;
const variables = { LOG_LEVEL: "debug" };
const limits = { bodyMib: 2, requestsPerSecond: 50 };
const objective = { percent: 99.5, seconds: 2.5, fastPercent: 95 } as const;
const { services, cloudflare, monitoring, recovery } = production as Required<typeof production>;
const container = { resources, variables, secrets: { API_TOKEN: "orders/api-token" } };

/** A valid environment in which every key is given that one can have at once. */
export const complete: Environment = {
  ...production,
  account: "111122223333",
  network: {
    ...production.network,
    serviceCidr: "172.20.0.0/16",
    availabilityZones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    natGateways: "per-zone",
  },
  apiAccess: { cidrs: ["203.0.113.0/24"] },
  kubernetes: {
    version: "1.35",
    instructionSet: "x86_64",
    instanceTypes: { write: "m7i.2xlarge", read: "m7i.4xlarge" },
    spareNodes: { write: 2, read: 2 },
    nodeImage: "1.35.2-20261120",
    addonVersions: {
      "vpc-cni": "v1.20.0-eksbuild.1",
      "kube-proxy": "v1.35.0-eksbuild.1",
      "eks-pod-identity-agent": "v1.3.8-eksbuild.2",
      coredns: "v1.12.4-eksbuild.1",
      "aws-ebs-csi-driver": "v1.58.0-eksbuild.1",
      "eks-node-monitoring-agent": "v1.5.0-eksbuild.1",
    },
  },
  readStore: {
    database: { cpu: "4 cores", memory: "16GB", storage: "SSD 500GB" },
    instanceClass: "db.m8g.2xlarge",
    cache: { nodeType: "cache.r7g.large", shards: 3, replicasPerShard: 1 },
    versions: { postgres: "17", valkey: "8" },
    passwordVersion: 2,
  },
  services: {
    commandApi: { ...services.commandApi, ...container, idle: 3, limits },
    commandProcessors: {
      ...services.commandProcessors,
      ...container,
      autoscaling: { maxInstances: 10, query: "sum(depth)", perInstance: 5 },
    },
    queryApi: { ...services.queryApi, ...container, limits },
    projections: { ...services.projections, ...container, partitions: 50 },
  },
  auth: { ...production.auth, tokenType: "at+jwt" } as Environment["auth"],
  cloudflare: { ...cloudflare, cacheable: [{ path: "/catalogue/*", seconds: 30, evenAuthorized: true }] },
  monitoring: {
    ...monitoring,
    prometheus: { retention: "30 days", storage: "SSD 200GB", replicas: 2, resources },
    objectives: {
      commands: objective,
      queries: objective,
      commandTypes: { CreateOrder: objective },
      queryTypes: { GetOrder: objective },
    },
    alerting: {
      receivers: {
        onCall: { pagerDuty: { routingKey: "orders/pagerduty" } },
        team: { slack: { channel: "#orders", webhook: "orders/slack" } },
        office: {
          email: {
            to: ["orders@example.com"],
            from: "alerts@example.com",
            smarthost: "smtp.example.com:587",
            username: "alerts",
            password: "orders/smtp",
          },
        },
        hook: { webhook: { url: "https://alerts.example.com/hook", token: "orders/hook" } },
      },
      critical: ["onCall", "hook"],
      warning: ["team", "office"],
      repeatHours: { critical: 2, warning: 12 },
      deadMansSwitch: { url: "https://heartbeat.example.com/orders", token: "orders/heartbeat", everyMinutes: 5 },
    },
    grafana: {
      url: "https://grafana.example.com",
      passwordVersion: 2,
      singleSignOn: {
        clientId: "grafana",
        clientSecret: "orders/grafana",
        authUrl: "https://auth.example.com/authorize",
        tokenUrl: "https://auth.example.com/token",
        apiUrl: "https://auth.example.com/userinfo",
        scopes: ["openid", "email"],
        allowedDomains: ["example.com"],
        roleAttributePath: "'Viewer'",
      },
    },
    logs: {
      retention: "30 days",
      storage: "SSD 50GB",
      memory: "8GB",
      certificateAuthority: "orders/logs-ca",
      passwordVersion: 2,
      snapshots: { retention: "30 days" },
    },
    remoteWrite: { certificate: "orders/metrics", certificateAuthority: "orders/metrics-ca", passwordVersion: 2 },
    eventStoreCredentials: "orders/event-store-metrics",
    runbooks: "https://wiki.example.com/runbooks",
    hourlyPrices: { "m7i.2xlarge": 0.4 },
  },
  recovery: {
    ...recovery,
    vaultLock: { mode: "compliance", changeableForDays: 3, minRetentionDays: 1, maxRetentionDays: 365 },
    objectLock: { mode: "governance", days: 7 },
    restoreTests: "weekly",
    failureTopic: "arn:aws:sns:eu-central-1:111122223333:failures",
    jobs: {
      image: "registry.example.com/orders/operations:1.4.2",
      resources,
      variables,
      formerKeys: ["arn:aws:kms:eu-central-1:111122223333:key/mrk-1"],
      subjectKeys: {
        secret: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/subject-keys-AbCdEf",
        ranges: ["10.2.0.0/24"],
        port: 5432,
      },
    },
  },
  state: {
    bucket: "acme-terraform-state",
    keyArn: "arn:aws:kms:eu-central-1:111122223333:key/1",
    existing: true,
    region: "eu-central-1",
  },
  providerVersions: {
    aws: "~> 6.25",
    cloudflare: "~> 5.14",
    helm: "~> 3.1",
    kubernetes: "~> 2.38",
    kurrentcloud: "~> 3.1",
  },
  tags: { Team: "orders" },
  deletionProtection: true,
};
