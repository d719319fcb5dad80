import { ageOf, type EventStore } from "./event-store";

/** Events of a store that are committed and not readable yet. */
export interface UnreadableEvents {
  /** Exact below 10,000; 10,000 where there are as many or more. */
  readonly events: number;
  /** Age of the oldest of them, 0 without any. Milliseconds are usual: transactions of other writers are about to commit. */
  readonly seconds: number;
}

const MOST_COUNTED = 10_000;

export async function unreadableEvents(
  store: Pick<EventStore, "countUnreadable">,
  signal: AbortSignal,
): Promise<UnreadableEvents> {
  const counted = await store.countUnreadable?.(MOST_COUNTED, { signal });
  return { events: counted?.count ?? 0, seconds: ageOf(counted?.oldest) };
}
