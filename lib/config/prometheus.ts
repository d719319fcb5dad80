import { known, optional, type Rule, shape, wholeNumber } from "../core/rules";
import { type Days, isDays, isStorage, type Storage } from "./quantities";
import { type ContainerResources, isContainerResources } from "./services";

/** Each cluster's Prometheus; the read side's keeps what both scrape. */
export interface PrometheusOptions {
  /** How long samples are kept, '1 day' to '365 days', as long as the volume has room. @default '15 days' */
  readonly retention?: Days;
  /** Volume of each replica, 'SSD 10GB' to 'SSD 16TB'. It can't change once it stands. @default 'SSD 100GB' */
  readonly storage?: Storage;
  /** Of each side, 1 to 3: each of the write side's brings what it scrapes to one of the read side's. @default 2 */
  readonly replicas?: number;
  /** Of each replica. @default - 500m and 2Gi asked for, 4Gi at most */
  readonly resources?: ContainerResources;
}

export const DEFAULT_PROMETHEUS: Required<PrometheusOptions> = {
  retention: "15 days",
  storage: "SSD 100GB",
  replicas: 2,
  resources: { requests: { cpu: "500m", memory: "2Gi" }, limits: { memory: "4Gi" } },
};

/** Ours: more than a year is another kind of storage. */
const RETENTION = { min: "1 day", max: "365 days" } as const;
/** EBS: the largest gp3 volume that every Region offers has 16 TiB. With less than 10 GiB, a day is too much. */
const STORAGE = { min: "SSD 10GB", max: "SSD 16TB" } as const;
/** Ours: one a zone. */
export const PROMETHEUS_REPLICAS = { min: 1, max: 3 } as const;

export const isPrometheusOptions: Rule = shape<PrometheusOptions>({
  retention: optional(isDays(RETENTION)),
  storage: optional(isStorage(STORAGE)),
  replicas: optional(known(wholeNumber(PROMETHEUS_REPLICAS))),
  resources: optional(isContainerResources),
});
