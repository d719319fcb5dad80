import type { Construct } from "constructs";
import type { EventStoreConfig } from "../lib/config/infrastructure";
import type { Cidr } from "../lib/core/cidr";
import { KurrentcloudProvider } from "../lib/event-store/kurrentcloud/provider";
import type { ManagedEventStore } from "../lib/event-store/managed-event-store";
import { EventStore } from "../lib/infrastructure/event-store";
import type { NetworkAttributes } from "../lib/network/network";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

export interface EventStoreStackProps extends PlatformStackProps {
  readonly eventStore: EventStoreConfig;
  /** The event store's own range at its maker's. */
  readonly cidr: Cidr;
  readonly network: NetworkAttributes;
  /** Security groups of those who may connect, by names that are part of the rules' addresses: `{ ReadCluster: … }`. */
  readonly clients: Readonly<Record<string, string>>;
}

/** The managed event store, its way to us and its backups. */
export class EventStoreStack extends PlatformStack {
  readonly eventStore: ManagedEventStore;

  constructor(scope: Construct, props: EventStoreStackProps) {
    super(scope, "event-store", props);
    const { environment, region, eventStore, cidr, network, clients, deletionProtection } = props;

    // Whoever deploys signs in by ESC_ORG_ID, ESC_CLIENT_ID and ESC_CLIENT_SECRET of a service account at Kurrent. The
    // provider also wants a folder that it may write to, in the home folder or at ESC_TOKEN_STORE.
    new KurrentcloudProvider(this, "Kurrent");
    this.eventStore = new EventStore(this, "EventStore", {
      ...eventStore,
      name: `${environment}-events`,
      cidr,
      region,
      network,
      deletionProtection,
    }).store;
    for (const [id, securityGroupId] of Object.entries(clients)) this.eventStore.allowFrom(id, securityGroupId);

    this.output("dns_name", "Name under which the event store's nodes are found", this.eventStore.dnsName);
    this.output("port", "Port of gRPC and HTTP, under TLS", this.eventStore.port);
    this.output(
      "connection_string",
      "For KurrentDB's clients, without user and password",
      this.eventStore.connectionString,
    );
    this.output("cidr", "Kurrent's range, which the private subnets reach", this.eventStore.cidr);
    this.output("project_id", "Kurrent's project, for its command line", this.eventStore.projectId);
    this.output("cluster_id", "Kurrent's cluster, for its command line and its backups", this.eventStore.clusterId);
  }
}
