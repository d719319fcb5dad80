/** A data key that is open, in this process's memory. */
export class DataKey {
  private isDiscarded = false;

  /** @param secret its bytes, which are its own from now on. */
  constructor(
    readonly id: string,
    readonly subject: string,
    private readonly secret: Buffer,
  ) {}

  /**
   * To be used at once, without waiting for anything in between.
   * @throws {Error} after it was zeroed: nothing must ever be encrypted with zeros.
   */
  get bytes(): Buffer {
    if (this.isDiscarded) throw new Error("a data key was used after it was discarded");
    return this.secret;
  }

  /**
   * Zeroes it, at the end of this turn of the event loop: whoever has waited for it in the same turn still uses it. Copies
   * that the engine or the SDK made on its way are out of reach.
   */
  discard(): void {
    setImmediate(() => {
      this.isDiscarded = true;
      this.secret.fill(0);
    });
  }
}
