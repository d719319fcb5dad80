import { createHash } from "node:crypto";

/** Before the first event. */
export const CHAIN_BEGINNING = "0".repeat(64);

/**
 * One hash over all events so far, each with the hash before it: two stores with one value have the same events in the same
 * order, byte for byte.
 */
export class HashChain {
  private hash: Buffer;

  /** @param value where it goes on, in hexadecimal. @default - at the first event */
  constructor(value: string = CHAIN_BEGINNING) {
    this.hash = Buffer.from(value, "hex");
  }

  get value(): string {
    return this.hash.toString("hex");
  }

  add(line: Uint8Array): void {
    this.hash = createHash("sha256").update(this.hash).update(line).digest();
  }
}
