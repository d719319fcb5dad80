import { DEFAULT_PROMETHEUS, type PrometheusOptions } from "../config/prometheus";
import { daysOf, storageGibOf } from "../config/quantities";
import type { Side } from "../config/side";
import { withDefaults } from "../core/defaults";
import { ONE_STAYS } from "../kubernetes/addons/replicas";
import { TWO_ZONES } from "../kubernetes/spread";
import { originOf, relabelingsOf } from "./origin";
import { INGEST_VALUES, remoteWrites } from "./remote-write";

export interface PrometheusProps {
  readonly environment: string;
  /** Whose targets it scrapes. */
  readonly side: Side;
  readonly options?: PrometheusOptions;
  readonly storageClassName: string;
  /** What it does with metrics of another cluster. @default - it has nothing to do with any */
  readonly remoteWrite?: RemoteWrite;
}

/** Bringing what it scrapes to the Prometheus behind a host, or taking what another one brings. */
export type RemoteWrite = { readonly to: string } | "receives";

/** Retention by size leaves room for the write-ahead log and for blocks that are being compacted. */
const RETENTION_SHARE = 0.85;
/** As long as another Prometheus keeps what it could not bring, and a replica that was away may be behind the other. */
const LATE = "2h";
/** The label by which the operator tells replicas apart, in what they send elsewhere. */
const REPLICA_LABEL = "prometheus_replica";

/** The part `prometheus` of kube-prometheus-stack's values. */
export const prometheusValues = (props: PrometheusProps): object => {
  const options = withDefaults(DEFAULT_PROMETHEUS, props.options);
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
          // Given to targets and not only to what leaves Prometheus: rules and dashboards ask one Prometheus for both sides.
          relabelings: relabelingsOf(originOf(props.environment, props.side)),
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
      ...remoteWriteValues(props.remoteWrite, options.replicas),
    },
  };
};

function remoteWriteValues(remoteWrite: RemoteWrite | undefined, replicas: number): object {
  if (remoteWrite === undefined) return {};
  if (remoteWrite === "receives") return { ...INGEST_VALUES, tsdb: { outOfOrderTimeWindow: LATE } };
  return { remoteWrite: remoteWrites(remoteWrite.to, replicas, REPLICA_LABEL) };
}
