import { type AccessLogsConfig, isAccessLogsConfig } from "../config/access-logs";
import { MONITORING_RULES, type MonitoringConfig } from "../config/infrastructure";
import { isMonitoringOptions, type MonitoringOptions } from "../config/monitoring";
import type { Frequency } from "../config/quantities";
import { given, isTrueOrFalse, oneOf, optional, type Rules, text } from "../core/rules";
import { type ClusterRanges, isClusterRanges } from "../kubernetes/cluster-ranges";
import type { EventStoreScrapeProps } from "../monitoring/event-store-scrape";
import type { IngestLoadBalancerProps } from "../monitoring/ingest-load-balancer";
import { type KeyArns, keysFor } from "../security/encryption-keys";
import { isMonitoredCluster, type MonitoredCluster } from "./monitored-cluster";

/** The seed's own keys, and what monitoring needs beside them. */
export interface MonitoringProps extends MonitoringConfig {
  /** Keys of the volumes, and of the secrets that it makes. */
  readonly keys: Pick<KeyArns, "volumes" | "secrets">;
  /** What every series and every line says of where it is from. @default - the stack's id */
  readonly environment?: string;
  /** @default - those that each of its keys names */
  readonly options?: MonitoringOptions;
  /** The cluster that it runs in. @default - not known: no metrics of what AWS runs, nothing that is secret */
  readonly cluster?: MonitoredCluster;
  /** By where another cluster brings its metrics and its logs. @default - none does */
  readonly ingest?: Omit<IngestLoadBalancerProps, "name" | "ports">;
  /** Addresses that the pods' network policies name. @default - all private ones */
  readonly ranges?: ClusterRanges;
  /** The event store, asked for its metrics where `options.eventStoreCredentials` say as whom. @default - it is not asked */
  readonly eventStore?: EventStoreScrapeProps;
  /** How often recovery's jobs export both stores: an export that is older is an alert. @default - they do not */
  readonly backups?: Frequency;
  /** S3's log of requests to the archive of logs, in a bucket of its own. @default - none */
  readonly accessLogs?: AccessLogsConfig;
  /** Whether Terraform refuses to destroy what holds volumes, and they outlive their claims. @default true */
  readonly deletionProtection?: boolean;
}

export const MONITORING_PROPS_RULES: Rules<MonitoringProps> = {
  ...MONITORING_RULES,
  keys: keysFor("volumes", "secrets"),
  environment: optional(text("an environment's name", /\S/)),
  options: optional(isMonitoringOptions),
  cluster: optional(isMonitoredCluster),
  ingest: optional(given("an object with 'network', 'nodes' and 'clients'")),
  ranges: optional(isClusterRanges),
  eventStore: optional(given("an object with 'dnsName' and 'port'")),
  backups: optional(oneOf(["hourly", "daily"])),
  accessLogs: optional(isAccessLogsConfig),
  deletionProtection: optional(isTrueOrFalse),
};
