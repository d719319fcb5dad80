import type { EventStore } from "../event-store/event-store";
import type { Probe } from "./probe";

/** Whether the store answers by the connection and the user that the service itself has. */
export const eventStoreProbe =
  (eventStore: Pick<EventStore, "head">): Probe =>
  async (signal): Promise<void> => {
    await eventStore.head({ signal });
  };
