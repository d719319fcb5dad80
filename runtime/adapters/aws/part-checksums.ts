import { createHash, type Hash } from "node:crypto";

const newHash = (): Hash => createHash("sha256");

/** What S3 has as the checksum of an object of parts: that of its parts' checksums. The number of parts may stand behind it. */
export function compositeOf(parts: readonly Buffer[]): string {
  const hash = newHash();
  for (const part of parts) hash.update(part);
  return hash.digest("base64");
}

/** The checksum of bytes that come, as of one part or of parts of one size. */
export class PartChecksums {
  private readonly done: Buffer[] = [];
  private hash = newHash();
  private left: number;

  /** @param partBytes of each part but the last; nothing for an object that was never in parts. */
  constructor(private readonly partBytes: number | undefined) {
    this.left = partBytes ?? Number.POSITIVE_INFINITY;
  }

  update(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > this.left) {
      this.hash.update(rest.subarray(0, this.left));
      rest = rest.subarray(this.left);
      this.done.push(this.hash.digest());
      this.hash = newHash();
      this.left = this.partBytes ?? Number.POSITIVE_INFINITY;
    }
    this.hash.update(rest);
    this.left -= rest.length;
  }

  /** At the end: in base64, as S3 has it. */
  digest(): string {
    const last = this.hash.digest();
    return this.partBytes === undefined ? last.toString("base64") : compositeOf([...this.done, last]);
  }
}
