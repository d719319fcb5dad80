/** Events were read of two stores, or of one that is no more: together they are of none that ever was. */
export class StoreReplacedError extends Error {
  override readonly name = "StoreReplacedError";

  constructor() {
    super("the event store was replaced while it was backed up, and no backup was made: run it again");
  }
}
