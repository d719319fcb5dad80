import type { AlertingConfig } from "../config/alerting";
import { DEFAULT_RUNBOOKS, type MonitoringOptions } from "../config/monitoring";
import type { RemoteWriteConfig } from "../config/remote-write";
import { BOTH_SIDES } from "../config/side";
import type { GrafanaProps } from "../monitoring/grafana";
import { logSource } from "../monitoring/logs/log-users";
import type { RuleOptions } from "../monitoring/rules/options";
import type { MonitoringProps } from "./monitoring-props";

/** What of monitoring is made, of the switches that are on and of what it may know. */
export interface MonitoringPlan {
  readonly environment: string;
  readonly options: MonitoringOptions;
  readonly alerting?: AlertingConfig;
  /** @default - no Grafana */
  readonly grafana?: GrafanaProps;
  /** Secret as whom the event store is asked. @default - it is not */
  readonly credentials?: string;
  /** How another cluster brings its metrics. @default - it does not */
  readonly remoteWrite?: RemoteWriteConfig;
  /** Secret of Elasticsearch's certificate authority. @default - no logs are shipped */
  readonly certificateAuthority?: string;
  readonly rules: RuleOptions;
}

export function monitoringPlan(props: MonitoringProps, environment: string): MonitoringPlan {
  const { prometheus, elasticStack, cluster, ingest, eventStore } = props;
  const hasSecrets = cluster?.services ?? false;
  const options = hasSecrets ? (props.options ?? {}) : withoutSecrets(props.options);
  const credentials = prometheus && eventStore !== undefined ? options.eventStoreCredentials : undefined;
  const remoteWrite = prometheus && ingest !== undefined ? options.remoteWrite : undefined;
  const certificateAuthority = elasticStack ? options.logs?.certificateAuthority : undefined;
  return {
    environment,
    options,
    alerting: prometheus ? options.alerting : undefined,
    grafana: props.grafana
      ? {
          prometheus,
          options: options.grafana,
          administrator: hasSecrets ? `${environment}/monitoring/grafana` : undefined,
          logs: certificateAuthority === undefined ? undefined : logSource(environment, certificateAuthority),
        }
      : undefined,
    credentials,
    remoteWrite,
    certificateAuthority,
    rules: {
      environment,
      objectives: options.objectives,
      sides: remoteWrite === undefined ? ["read"] : BOTH_SIDES,
      cloudWatch: cluster !== undefined,
      services: hasSecrets,
      eventStore: { scraped: credentials !== undefined },
      backup: { frequency: props.backups ?? "daily", exported: props.backups !== undefined },
      logs: certificateAuthority !== undefined,
      runbooks: options.runbooks ?? DEFAULT_RUNBOOKS,
    },
  };
}

/** What needs a secret waits until External Secrets has come with the services. */
const withoutSecrets = ({ grafana, logs, ...options }: MonitoringOptions = {}): MonitoringOptions => ({
  ...options,
  ...{ alerting: undefined, remoteWrite: undefined, eventStoreCredentials: undefined },
  grafana: grafana && { url: grafana.url },
  logs: logs && { ...logs, certificateAuthority: undefined },
});
