import { EVENT_STORE_CLIENT_RULES, type EventStoreTopology } from "../config/architecture";
import { type Cidr, isRange } from "../core/cidr";
import { having, type Rule, text, wholeNumber } from "../core/rules";
import { NETWORK_PORT } from "../kubernetes/network-policy";
import type { StoreAccess } from "./store-access";

/** What a client needs of the event store, ours or one that stands already: where it is, and what the architecture calls it. */
export interface EventStoreAttributes extends Pick<EventStoreTopology, "type" | "clusterSize"> {
  /** Name under which all nodes are found. */
  readonly dnsName: string;
  readonly port: number;
  /** Range in which the nodes are. */
  readonly cidr: Cidr;
}

export const isEventStore: Rule = having<EventStoreAttributes>("an event store", {
  dnsName: text("a host name", /^[\w.-]+$/),
  port: wholeNumber(NETWORK_PORT),
  cidr: isRange("10.1.0.0/22"),
  ...EVENT_STORE_CLIENT_RULES,
});

/** Clients from before 2025 know the old name's scheme alone; newer ones know both. */
const SCHEMES: Readonly<Record<EventStoreTopology["type"], string>> = { EventStore: "esdb", KurrentDB: "kurrentdb" };

/** Clients of a cluster ask its name for all nodes and keep to the leader; a single node is found as it is. */
function connectionString({ dnsName, port, type, clusterSize }: EventStoreAttributes): string {
  return clusterSize > 1
    ? `${SCHEMES[type]}+discover://${dnsName}:${port}?nodePreference=leader`
    : `${SCHEMES[type]}://${dnsName}:${port}`;
}

/** The way to the event store, under TLS; its users and their passwords are secrets of the services. */
export const eventStoreAccess = (store: EventStoreAttributes): StoreAccess => ({
  variables: { EVENT_STORE_CONNECTION_STRING: connectionString(store) },
  statements: [],
  ways: [{ peer: { cidr: store.cidr }, port: store.port }],
});
