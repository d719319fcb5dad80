import { DEFAULT_PROMETHEUS, type PrometheusOptions } from "../config/prometheus";
import { daysOf, storageGibOf } from "../config/quantities";
import type { Side } from "../config/side";
import { ONE_STAYS } from "../kubernetes/addons/replicas";
import { TWO_ZONES } from "../kubernetes/spread";
import { INGEST_PORTS } from "./ingest-ports";

export interface PrometheusProps {
  readonly environment: string;
  /** Whose targets it scrapes. */
  readonly side: Side;
  readonly options?: PrometheusOptions;
  readonly storageClassName: string;
  /** Name of the Prometheus that takes what this one scrapes. @default - it keeps it, and takes what others bring */
  readonly writesTo?: string;
}

/** Retention by size leaves room for the write-ahead log and for blocks that are being compacted. */
const RETENTION_SHARE = 0.85;
/** As long as another Prometheus keeps what it could not bring, and a replica that was away may be behind the other. */
const LATE = "2h";
/** The label by which the operator tells replicas apart, in what they send elsewhere. */
const REPLICA_LABEL = "prometheus_replica";

/**
 * What every series says of where it is from. Given to targets and not only to what leaves Prometheus: rules and
 * dashboards ask one Prometheus for both sides. `cluster` is what the chart's own rules tell clusters apart by.
 */
const originOf = ({ environment, side }: PrometheusProps) => ({ environment, side, cluster: `${environment}-${side}` });

/** The part `prometheus` of kube-prometheus-stack's values. */
export const prometheusValues = (props: PrometheusProps): object => {
  const options = { ...DEFAULT_PROMETHEUS, ...props.options };
  const storageGib = storageGibOf(options.storage) ?? 0;
  return {
    // Of one, none could ever go, and no node be drained.
    podDisruptionBudget: options.replicas > 1 ? { enabled: true, ...ONE_STAYS } : { enabled: false },
    prometheusSpec: {
      ...TWO_ZONES,
      replicas: options.replicas,
      // By default only monitors and rules of this very release count.
      podMonitorSelectorNilUsesHelmValues: false,
      probeSelectorNilUsesHelmValues: false,
      ruleSelectorNilUsesHelmValues: false,
      scrapeConfigSelectorNilUsesHelmValues: false,
      serviceMonitorSelectorNilUsesHelmValues: false,
      scrapeClasses: [
        {
          name: "platform",
          default: true,
          relabelings: Object.entries(originOf(props)).map(([targetLabel, replacement]) => ({
            targetLabel,
            replacement,
          })),
        },
      ],
      // Of the side an alert speaks by its own labels: it may be of the other one.
      externalLabels: { environment: props.environment },
      retention: `${daysOf(options.retention)}d`,
      // Prometheus counts in powers of two: its GB is the volume's Gi.
      retentionSize: `${Math.floor(storageGib * RETENTION_SHARE)}GB`,
      storageSpec: {
        volumeClaimTemplate: {
          spec: {
            storageClassName: props.storageClassName,
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: `${storageGib}Gi` } },
          },
        },
      },
      resources: options.resources,
      ...(props.writesTo === undefined
        ? { enableRemoteWriteReceiver: true, tsdb: { outOfOrderTimeWindow: LATE } }
        : { remoteWrite: remoteWrites(props.writesTo, options.replicas) }),
    },
  };
};

/**
 * Each replica brings what it has to one of the other side's: both have all of it once. Two that wrote to one would
 * count everything double there, and one that wrote to both would be the only one that brings anything.
 */
const remoteWrites = (host: string, replicas: number) =>
  Array.from({ length: replicas }, (_, index) => ({
    name: `replica-${index}`,
    url: `http://${host}:${INGEST_PORTS.prometheus.listener + index}/api/v1/write`,
    writeRelabelConfigs: [
      { sourceLabels: [REPLICA_LABEL], regex: `.*-${index}`, action: "keep" },
      { regex: `prometheus|${REPLICA_LABEL}`, action: "labeldrop" },
    ],
  }));
