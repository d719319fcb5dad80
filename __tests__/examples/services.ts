// #region docs/services.md
import type { ServicesConfig } from "cdktf-cqrs";

export const services: ServicesConfig = {
  commandApi: {
    images: { blue: "ghcr.io/acme/command-api:1.4.2", green: "ghcr.io/acme/command-api:1.4.1" },
    active: "blue",
    idle: 3, // ready for a rollback at once; 0 stops it
    host: "commands.example.com",
    certificate: "production/commands-certificate",
    limits: { bodyMib: 1, requestsPerSecond: 100 },
    secrets: { EVENT_STORE_CREDENTIALS: "production/event-store-commands" },
  },
  commandProcessors: {
    image: "ghcr.io/acme/command-processors:1.4.2",
    autoscaling: { maxInstances: 20, cpuPercent: 70 },
    resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { memory: "1Gi" } },
  },
  queryApi: {
    images: { blue: "ghcr.io/acme/query-api:2.0.7", green: "ghcr.io/acme/query-api:2.0.6" },
    active: "blue",
    host: "queries.example.com",
    certificate: "production/queries-certificate",
    variables: { LOG_LEVEL: "info" },
  },
  projections: { image: "ghcr.io/acme/projections:3.1.0", partitions: 100 },
};
// #endregion
