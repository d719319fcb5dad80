import { production } from "../../environments/production";
import type {
  CacheConfig,
  CommandApiConfig,
  CommandProcessorsConfig,
  EventStoreTopology,
  ProductionArchitecture,
  QueryApiConfig,
  ReadDatabaseConfig,
} from "../../lib/config/architecture";

export const architecture: ProductionArchitecture = production.architecture;
const { commandApi, eventStore, commandProcessors } = architecture.writeSide;
const { queryApi, readDatabases } = architecture.readSide;

export const commandApis: CommandApiConfig[] = [
  { ...commandApi, healthCheck: "/ready" },
  // @ts-expect-error a path begins with a slash
  { ...commandApi, healthCheck: "health" },
  // @ts-expect-error no such load balancer
  { ...commandApi, loadBalancer: "haproxy" },
];

export const topologies: EventStoreTopology[] = [
  { ...eventStore, type: "KurrentDB" },
  // @ts-expect-error no such event store
  { ...eventStore, type: "Kafka" },
  // @ts-expect-error two nodes have no quorum
  { ...eventStore, clusterSize: 2 },
  // @ts-expect-error the servers replicate synchronously or have nobody to replicate to
  { ...eventStore, replication: "asynchronous" },
];

export const processors: CommandProcessorsConfig[] = [
  { ...commandProcessors, scaling: "fixed" },
  // @ts-expect-error no such scaling
  { ...commandProcessors, scaling: "manual" },
];

export const queryApis: QueryApiConfig[] = [
  { ...queryApi, cache: "none" },
  // @ts-expect-error no such cache
  { ...queryApi, cache: "browser" },
];

export const databases: ReadDatabaseConfig[] = [
  readDatabases.primary,
  // @ts-expect-error no such database
  { ...readDatabases.primary, type: "MySQL" },
  // @ts-expect-error no such key
  { ...readDatabases.primary, size: "large" },
];

export const caches: CacheConfig[] = [
  readDatabases.cache,
  // @ts-expect-error no such cache
  { ...readDatabases.cache, type: "Memcached" },
];

// @ts-expect-error nothing is changed after it was given
architecture.readSide.queryApi.instances = 1;
