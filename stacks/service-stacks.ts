import type { App } from "cdktf";
import { isProxied, type LoadBalancer } from "../lib/config/architecture";
import type { Environment } from "../lib/config/environment";
import { DEFAULT_KUBERNETES_VERSION } from "../lib/config/kubernetes";
import { DEFAULT_SERVICE_CIDR } from "../lib/config/network";
import type { Side } from "../lib/config/side";
import { spareNodesOf } from "../lib/config/spare-nodes";
import type { Cidr } from "../lib/core/cidr";
import { CLOUDFLARE_RANGES } from "../lib/edge/cloudflare-ranges";
import { ANYBODY } from "../lib/edge/network-load-balancer";
import type { Recovery } from "../lib/infrastructure/recovery";
import type { ClusterRanges } from "../lib/kubernetes/cluster-ranges";
import type { KeyArns } from "../lib/security/encryption-keys";
import { QUERY_HEALTH_CHECK } from "../lib/workloads/services";
import type { ClusterStack } from "./cluster-stack";
import type { ProxiedApi } from "./edge-stack";
import type { EventStoreStack } from "./event-store-stack";
import type { NetworkStack } from "./network-stack";
import type { PlatformStack, PlatformStackProps } from "./platform-stack";
import type { ReadStoreStack } from "./read-store-stack";

/** What the services stand on. */
export interface Foundations {
  readonly keys: KeyArns;
  readonly network: NetworkStack["network"];
  readonly write: ClusterStack;
  readonly read: ClusterStack;
  readonly events: EventStoreStack;
  readonly readStore: ReadStoreStack;
}

/** Who may reach a load balancer. With both, no rule is replaced: one apply has no order between a new one and an old one. */
const CLIENTS: Readonly<Record<LoadBalancer, readonly Cidr[]>> = {
  nginx: [ANYBODY],
  both: [ANYBODY, ...CLOUDFLARE_RANGES],
  cloudflare: CLOUDFLARE_RANGES,
};
export const clientsOf = (loadBalancer: LoadBalancer): readonly Cidr[] => CLIENTS[loadBalancer];

/** What policies in both clusters name: they share the network, and the range of their services. */
export const rangesOf = ({ network }: Environment, { privateCidrBlocks }: Foundations["network"]): ClusterRanges => ({
  nodes: privateCidrBlocks,
  services: network.serviceCidr ?? DEFAULT_SERVICE_CIDR,
});

/**
 * The stacks of both sides' services, and of the edge where there is a zone. Without services, none.
 * @returns those of the services.
 */
export function addServices(
  app: App,
  common: PlatformStackProps,
  environment: Environment,
  on: Foundations & { readonly recovery: Recovery },
): readonly PlatformStack[] {
  const { architecture, services, auth, cloudflare, kubernetes } = environment;
  if (services === undefined || auth === undefined) return [];
  // Loaded here, because an environment without services does not need their modules.
  const { WriteServicesStack } = require("./write-services-stack") as typeof import("./write-services-stack");
  const { ReadServicesStack } = require("./read-services-stack") as typeof import("./read-services-stack");
  const { writeSide, readSide } = architecture;
  const { keys, network, events, readStore } = on;
  // A variable of the name `exports` would hide that of CommonJS.
  const { bucket, arn } = on.recovery.exports;

  const ranges = rangesOf(environment, network);
  const shared = (side: Side) => ({
    auth,
    cloudflare,
    keys,
    fieldKey: { arn: keys.fields, ranges: network.privateCidrBlocks },
    version: kubernetes?.version ?? DEFAULT_KUBERNETES_VERSION,
    clusterAutoscaler: spareNodesOf(environment, side) > 0,
    apiServer: [environment.network.cidr, ranges.services],
    ranges,
    eventStore: {
      dnsName: events.eventStore.dnsName,
      port: events.eventStore.port,
      cidr: events.eventStore.cidr,
      type: writeSide.eventStore.type,
      clusterSize: writeSide.eventStore.clusterSize,
    },
  });
  const write = new WriteServicesStack(app, {
    ...common,
    cluster: on.write.cluster.controlPlane,
    services: {
      ...shared("write"),
      architecture: writeSide,
      services,
      deletedSubjects: { bucket, arn, keyArn: keys.backups },
    },
  });
  const read = new ReadServicesStack(app, {
    ...common,
    cluster: on.read.cluster.controlPlane,
    services: {
      ...shared("read"),
      architecture: readSide,
      services,
      readModels: { database: readStore.database, cache: readStore.cache, ranges: network.dataCidrBlocks },
    },
  });
  // Queries are answered with what commands have brought about.
  read.addDependency(write);

  const apis: Partial<Record<Side, ProxiedApi>> = {
    ...(isProxied(writeSide.commandApi.loadBalancer) && {
      write: {
        host: services.commandApi.host,
        healthCheck: writeSide.commandApi.healthCheck,
        address: addressOf(on.write),
        isCached: false,
      },
    }),
    ...(isProxied(readSide.queryApi.loadBalancer) && {
      read: {
        host: services.queryApi.host,
        healthCheck: QUERY_HEALTH_CHECK,
        address: addressOf(on.read),
        isCached: readSide.queryApi.cache === "edge",
      },
    }),
  };
  // Whether or not Cloudflare is in front of anything: to take away what was, Terraform must still know where it is.
  if (cloudflare !== undefined) {
    // Loaded here, because Cloudflare's bindings are 1.7 MB.
    const { EdgeStack } = require("./edge-stack") as typeof import("./edge-stack");
    new EdgeStack(app, { ...common, cloudflare, apis }).addDependency(read);
  }
  return [write, read];
}

const addressOf = ({ loadBalancer }: ClusterStack): string => loadBalancer?.dnsName ?? "";
