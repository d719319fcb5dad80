/** A message that can't be read, or has no sense: the sender's mistake. */
export class BadMessageError extends Error {
  override readonly name = "BadMessageError";
}

/** What the domain says no to. Both texts reach the sender. */
export class RejectedError extends Error {
  override readonly name = "RejectedError";

  /** @param code for programs: `out_of_stock`. @param message for people. */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
