import type { EventStore } from "../event-store/event-store";
import type { Probe } from "./probe";

/**
 * Whether the store takes appends, by the connection and the user that the service itself has. During a failover its name may
 * lead to a standby, which answers reads.
 */
export const eventStoreProbe =
  (eventStore: Pick<EventStore, "checkWritable">): Probe =>
  (signal) =>
    eventStore.checkWritable({ signal });
