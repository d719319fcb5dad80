import type { StoredEvent } from "../event-store/event-store";

/** Makes rows of events. */
export interface Projection<Transaction> {
  /** Names its checkpoints and its metrics: at most 64 lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Types that it makes rows of; all others pass by. */
  readonly types: readonly string[];
  /**
   * Writes what an event changes, by the transaction and by nothing else: events are given again when models are built anew,
   * and nobody is to be written to twice. Time and chance are the event's.
   */
  handle(event: StoredEvent, transaction: Transaction): Promise<void>;
  /**
   * The same for events of one partition, in their order, where many together cost less than each by itself.
   * @default - one after the other
   */
  handleAll?(events: readonly StoredEvent[], transaction: Transaction): Promise<void>;
}
