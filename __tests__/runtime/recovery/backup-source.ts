import { batchesOf } from "../../../runtime/event-store/event-batches";
import type { EventStore } from "../../../runtime/event-store/event-store";

/** What any store gives to a backup of it. */
export const backupSource = (store: EventStore) => ({
  store,
  events: { readBatches: (...of: Parameters<EventStore["readAll"]>) => batchesOf(store.readAll(...of)) },
});
