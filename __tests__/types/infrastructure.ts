import { production } from "../../environments/production";
import type {
  ClusterConfig,
  EventStoreConfig,
  Infrastructure,
  MonitoringConfig,
} from "../../lib/config/infrastructure";

export const infrastructure: Infrastructure = production.infrastructure;
const { writeCluster, eventStore, monitoring } = infrastructure;
const { resources } = writeCluster;

export const clusters: ClusterConfig[] = [
  { ...writeCluster, nodes: 4 },
  // @ts-expect-error a cluster of machines is none of ours
  { ...writeCluster, type: "vm" },
  // @ts-expect-error a number, not a text
  { ...writeCluster, nodes: "3" },
  // @ts-expect-error no such key
  { ...writeCluster, replicas: 3 },
  // @ts-expect-error memory has a unit
  { ...writeCluster, resources: { ...resources, memory: "16" } },
  // @ts-expect-error storage says that it is solid
  { ...writeCluster, resources: { ...resources, storage: "500GB" } },
  // @ts-expect-error no rotating disks
  { ...writeCluster, resources: { ...resources, storage: "HDD 500GB" } },
  // @ts-expect-error cores have a unit
  { ...writeCluster, resources: { ...resources, cpu: "4" } },
  // @ts-expect-error a quantity, not a number
  { ...writeCluster, resources: { ...resources, cpu: 4 } },
  // @ts-expect-error resources have all three
  { ...writeCluster, resources: { cpu: "4 cores", memory: "16GB" } },
];

export const eventStores: EventStoreConfig[] = [
  { ...eventStore, provider: "Kurrent Cloud" },
  // @ts-expect-error the event store is its maker's to run
  { ...eventStore, type: "self-hosted" },
  // @ts-expect-error AWS runs no event store
  { ...eventStore, provider: "AWS" },
  // @ts-expect-error no such size
  { ...eventStore, size: "huge" },
  // @ts-expect-error no such frequency
  { ...eventStore, backup: { ...eventStore.backup, frequency: "minutely" } },
  // @ts-expect-error retention has a unit
  { ...eventStore, backup: { ...eventStore.backup, retention: "30" } },
  // @ts-expect-error retention is in days
  { ...eventStore, backup: { ...eventStore.backup, retention: "4 weeks" } },
];

export const monitorings: MonitoringConfig[] = [
  { ...monitoring, grafana: false },
  // @ts-expect-error a switch, not a text
  { ...monitoring, prometheus: "true" },
  // @ts-expect-error a misspelt key
  { prometheus: true, grafana: true, elasticstack: true },
];

// @ts-expect-error all four parts are required
export const partial: Infrastructure = { writeCluster, eventStore, monitoring };

// @ts-expect-error nothing is changed after it was given
infrastructure.writeCluster.nodes = 5;
// @ts-expect-error nor anything inside
infrastructure.eventStore.backup.retention = "7 days";
