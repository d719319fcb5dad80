import { PRIVATE_RANGES } from "../kubernetes/cluster-ranges";
import type { PodPolicy } from "../kubernetes/network-policy";
import { monitoringPolicies } from "../monitoring/network-paths";
import type { MonitoringPart } from "../monitoring/pods";
import type { MonitoringPlan } from "./monitoring-plan";
import type { MonitoringProps } from "./monitoring-props";

/** Whom the pods of monitoring may speak to, by namespace, of what is on. */
export const policiesOfPlan = (
  props: MonitoringProps,
  plan: MonitoringPlan,
): Readonly<Record<string, readonly PodPolicy[]>> => {
  const { ranges = PRIVATE_RANGES, ingest, eventStore } = props;
  const { credentials, remoteWrite, certificateAuthority, alerting, options } = plan;
  return monitoringPolicies({
    side: "read",
    ranges,
    parts: partsOf(props, plan),
    takes: { metrics: remoteWrite !== undefined, logs: ingest !== undefined && certificateAuthority !== undefined },
    eventStore:
      eventStore === undefined || credentials === undefined
        ? undefined
        : { ranges: eventStore.cidr === undefined ? PRIVATE_RANGES.nodes : [eventStore.cidr], port: eventStore.port },
    alerting,
    singleSignOn: options.grafana?.singleSignOn,
  });
};

const partsOf = (
  { prometheus, grafana, elasticStack, cluster }: MonitoringProps,
  { certificateAuthority }: MonitoringPlan,
): Readonly<Record<MonitoringPart, boolean>> => ({
  prometheus,
  alertmanager: prometheus,
  certificateProbes: prometheus && (cluster?.hosts ?? []).length > 0,
  cloudWatch: prometheus && cluster !== undefined,
  grafana,
  elasticStack,
  logLifecycle: certificateAuthority !== undefined,
  logShipper: certificateAuthority !== undefined,
});
