import { BLOCKED_READERS_SECONDS } from "../../lib/monitoring/metrics/cqrs";
import type { EventStore } from "../event-store/event-store";
import { unreadableEvents } from "../event-store/unreadable-events";
import { type Probe, watchedProbe } from "./probe";

/**
 * Whether the store takes appends, by the connection and the user that the service itself has, and gives them to readers.
 * During a failover its name may lead to a standby, which answers reads. Degraded while events are committed and not readable
 * for 60 seconds or longer. It also runs at once when the store fails in real traffic.
 */
export const eventStoreProbe = (
  eventStore: Pick<EventStore, "checkWritable" | "countUnreadable" | "failures">,
): Probe =>
  watchedProbe(eventStore, async (signal) => {
    await eventStore.checkWritable({ signal });
    const unreadable = await unreadableEvents(eventStore, signal);
    const status = unreadable.seconds >= BLOCKED_READERS_SECONDS ? "degraded" : "healthy";
    return { status, found: { unreadable }, unreadable };
  });
