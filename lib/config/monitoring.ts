import { known, mapOf, optional, type Rule, rule, shape } from "../core/rules";
import { url } from "../core/urls";
import { type AlertingConfig, isAlertingConfig } from "./alerting";
import { type GrafanaOptions, isGrafanaOptions } from "./grafana";
import { isInstanceType } from "./instance-types";
import { isLogsOptions, type LogsOptions } from "./logs";
import { isObjectivesConfig, type ObjectivesConfig } from "./objectives";
import { isPrometheusOptions, type PrometheusOptions } from "./prometheus";
import { isRemoteWriteConfig, type RemoteWriteConfig } from "./remote-write";
import { isSecretName } from "./secret-names";

/** How the seed's three switches are filled in. What belongs to one that is off, waits until it is on. */
export interface MonitoringOptions {
  /** @default - those that each of its keys names */
  readonly prometheus?: PrometheusOptions;
  /** What is promised, by which alerts know what is too much. @default - 99.9 % without failure, 99 % in time */
  readonly objectives?: ObjectivesConfig;
  /** Who hears of what. @default - nobody: alerts are seen in Prometheus, Alertmanager and Grafana */
  readonly alerting?: AlertingConfig;
  /** @default - no address of its own, signing in as its administrator */
  readonly grafana?: GrafanaOptions;
  /** @default - those that each of its keys names */
  readonly logs?: LogsOptions;
  /**
   * How the write side's metrics come to the read side, by TLS; needs `services`. @default - they don't: each side's
   * Prometheus keeps its own, and alerts and dashboards are of the read side alone
   */
  readonly remoteWrite?: RemoteWriteConfig;
  /**
   * Secret of AWS Secrets Manager with `username` and `password` of a user of the event store, by which its nodes are
   * asked for their metrics; it needs no other right. @default - they are not asked: of the event store is known what
   * the services say of it
   */
  readonly eventStoreCredentials?: string;
  /** Address of the folder of our runbooks, which alerts lead to. @default 'docs/runbooks', as in the package */
  readonly runbooks?: string;
  /** Dollars an hour by EC2 instance type: what the account pays, which AWS tells nobody else. @default - costs are shown in nodes */
  readonly hourlyPrices?: Readonly<Record<string, number>>;
}

export const DEFAULT_RUNBOOKS = "docs/runbooks";
/** Ours: the dearest instance costs less. */
const HOURLY_PRICE = { min: 0, max: 1000 } as const;

export const isMonitoringOptions: Rule = shape<MonitoringOptions>({
  prometheus: optional(isPrometheusOptions),
  objectives: optional(isObjectivesConfig),
  alerting: optional(isAlertingConfig),
  grafana: optional(isGrafanaOptions),
  logs: optional(isLogsOptions),
  remoteWrite: optional(isRemoteWriteConfig),
  eventStoreCredentials: optional(isSecretName),
  runbooks: optional(
    // Dashboards have links if it is an address.
    known(
      url(
        "an https URL without '/' at its end, such as 'https://wiki.example.com/runbooks'",
        /^https:\/\/[^\s?#]+[^\s/?#]$/,
      ),
    ),
  ),
  hourlyPrices: optional(
    mapOf(
      known(
        rule(
          `a number of dollars above ${HOURLY_PRICE.min} and up to ${HOURLY_PRICE.max}`,
          (value) => typeof value === "number" && value > HOURLY_PRICE.min && value <= HOURLY_PRICE.max,
        ),
      ),
      isInstanceType,
    ),
  ),
});
