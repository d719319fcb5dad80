import type { ProductionArchitecture } from "./architecture";
import type { DeepPartial } from "./deep-partial";
import type { Infrastructure } from "./infrastructure";
import type { KubernetesOptions } from "./kubernetes";
import type { MonitoringOptions } from "./monitoring";
import type { RecoveryConfig } from "./recovery";
import type { ServicesConfig } from "./services";

/** The parts of an environment that decide what runs in its clusters, each as unsound as it may be. */
export interface ClusterParts {
  readonly region?: string;
  readonly infrastructure?: DeepPartial<Infrastructure>;
  readonly architecture?: DeepPartial<ProductionArchitecture>;
  readonly kubernetes?: DeepPartial<KubernetesOptions>;
  readonly services?: DeepPartial<ServicesConfig>;
  readonly monitoring?: DeepPartial<MonitoringOptions>;
  readonly recovery?: DeepPartial<RecoveryConfig>;
}
