import type { ReadSide } from "../../../lib/config/architecture";
import type { Environment } from "../../../lib/config/environment";
import type { Infrastructure, MonitoringConfig } from "../../../lib/config/infrastructure";
import type { KubernetesVersion } from "../../../lib/config/kubernetes";
import type { NetworkConfig } from "../../../lib/config/network";
import type { EngineVersions } from "../../../lib/config/read-store";
import type { RecoveryConfig } from "../../../lib/config/recovery";

type ReadDatabases = ReadSide["readDatabases"];

// Changes of one part of an environment, for the tables of what a change does.

export const monitoring =
  (change: Partial<MonitoringConfig>) =>
  (environment: Environment): Environment => {
    const { infrastructure } = environment;
    return {
      ...environment,
      infrastructure: { ...infrastructure, monitoring: { ...infrastructure.monitoring, ...change } },
    };
  };

export const recovery =
  (change: Partial<RecoveryConfig>) =>
  (environment: Environment): Environment => ({ ...environment, recovery: { ...environment.recovery, ...change } });

export const kubernetes =
  (version: KubernetesVersion) =>
  (environment: Environment): Environment => ({
    ...environment,
    kubernetes: { ...environment.kubernetes, version },
  });

export const versions =
  (chosen: EngineVersions) =>
  (environment: Environment): Environment => ({
    ...environment,
    readStore: { ...environment.readStore, versions: chosen },
  });

export const eventStoreSize =
  (size: Infrastructure["eventStore"]["size"]) =>
  (environment: Environment): Environment => {
    const { infrastructure } = environment;
    return {
      ...environment,
      infrastructure: { ...infrastructure, eventStore: { ...infrastructure.eventStore, size } },
    };
  };

export const readDatabases =
  (change: (was: ReadDatabases) => Partial<ReadDatabases>) =>
  (environment: Environment): Environment => {
    const { architecture } = environment;
    const { readSide } = architecture;
    const changed = { ...readSide.readDatabases, ...change(readSide.readDatabases) };
    return {
      ...environment,
      architecture: { ...architecture, readSide: { ...readSide, readDatabases: changed } },
    };
  };

export const network =
  (change: Partial<NetworkConfig>) =>
  (environment: Environment): Environment => ({ ...environment, network: { ...environment.network, ...change } });

export function withNginx(environment: Environment): Environment {
  const { architecture } = environment;
  const { readSide } = architecture;
  const queryApi = { ...readSide.queryApi, loadBalancer: "nginx", cache: "none" } as const;
  return { ...environment, architecture: { ...architecture, readSide: { ...readSide, queryApi } } };
}

export const unchanged = (environment: Environment): Environment => environment;
