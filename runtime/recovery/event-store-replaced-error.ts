/** A restore has put another in the place of an event store whose events were being read: together they are of none that ever was. */
export class EventStoreReplacedError extends Error {
  override readonly name = "EventStoreReplacedError";

  /** @param work during which it was, and what is to be done. */
  constructor(work: string) {
    super(`the event store was replaced while ${work}`);
  }
}
