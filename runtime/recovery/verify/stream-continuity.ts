import { partitionOf } from "../../projections/partitions";

/** As many as some ten megabytes hold. */
const STREAMS_IN_MEMORY = 200_000;

/** In how many looks all streams are seen, when each look has room for so many of them. */
export const passesFor = (streams: number): number => Math.max(1, Math.ceil(streams / STREAMS_IN_MEMORY));

/** Whether each stream's revisions come one after the other, of one of several parts of all streams. */
export class StreamContinuity {
  private readonly revisions = new Map<string, bigint>();

  /** @param beginsAtZero false where a store may have cut off what was before, and may leave out what it has scavenged. */
  constructor(
    private readonly part: number,
    private readonly parts: number,
    private readonly beginsAtZero: boolean,
  ) {}

  get streams(): number {
    return this.revisions.size;
  }

  /** @returns what is wrong with it, where something is. */
  add(stream: string, revision: bigint): string | undefined {
    if (this.parts > 1 && partitionOf(stream, this.parts) !== this.part) return undefined;
    const former = this.revisions.get(stream);
    this.revisions.set(stream, revision);
    const next = former === undefined ? 0n : former + 1n;
    if (revision === next) return undefined;
    if (!this.beginsAtZero && revision > next) return undefined;
    return `revision ${revision} comes ${former === undefined ? "first" : `after ${former}`}, where ${next} should be`;
  }
}
