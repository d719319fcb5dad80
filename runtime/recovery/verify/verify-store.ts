import type { EventLog } from "../../event-store/event-batches";
import type { StoredEvent } from "../../event-store/event-store";
import { comparePositions, isAfter, type Position, positionOf, positionText } from "../../event-store/position";
import type { Waiting } from "../../keys/wrapping-keys";
import type { BackupStorage } from "../backup/backup-storage";
import { lineOf } from "../backup/event-line";
import { HashChain } from "../backup/hash-chain";
import type { EventSegment } from "../backup/manifest";
import { type Finding, finding } from "./finding";
import type { OpenedBackup } from "./opened-backup";
import type { VerifiedStore } from "./verified-store";
import { isAppended, verifyAppendedStore } from "./verify-appended-store";

/**
 * Compares a store with a backup of it, byte for byte by the hash chain, up to the backup's last event; where the backup was
 * restored into it by appending, event by event.
 */
export async function verifyStore(
  log: EventLog,
  storage: BackupStorage,
  lineage: readonly OpenedBackup[],
  waiting?: Waiting,
): Promise<VerifiedStore> {
  if (await isAppended(log, lineage, waiting)) return verifyAppendedStore(log, storage, lineage, waiting);
  const segments = lineage.flatMap(({ manifest }) => manifest.events.segments);
  const comparison = new SegmentComparison(segments);
  let since = 0;
  for await (const batch of log.readBatches(undefined, waiting)) {
    for (const event of batch) {
      if (!comparison.isOver) comparison.add(event);
      else since++;
    }
    if (comparison.difference !== undefined) break;
  }
  const difference = comparison.end();
  return { findings: difference === undefined ? [] : [difference], events: comparison.events, since };
}

/** Goes through a store's events beside the segments that say what they should be. */
class SegmentComparison {
  events = 0;
  difference: Finding | undefined;
  private readonly chain = new HashChain();
  private next = 0;
  private counted = 0;

  constructor(private readonly segments: readonly EventSegment[]) {}

  get isOver(): boolean {
    return this.next >= this.segments.length || this.difference !== undefined;
  }

  add(event: StoredEvent): void {
    const segment = this.segments[this.next];
    if (segment === undefined) return;
    const last = positionOf(segment.last);
    if (isAfter(event.position, last)) {
      this.tell(segment, `it ends before ${positionText(last)}, which the store has not`);
      return;
    }
    this.chain.add(lineOf(event));
    this.events++;
    this.counted++;
    if (comparePositions(event.position, last) === 0) this.compare(segment, last);
  }

  end(): Finding | undefined {
    const segment = this.segments[this.next];
    if (segment !== undefined && this.difference === undefined)
      this.tell(segment, `the store ends ${segment.events - this.counted} events before its end`);
    return this.difference;
  }

  private compare(segment: EventSegment, last: Position): void {
    if (this.counted !== segment.events)
      this.tell(
        segment,
        `up to ${positionText(last)} the store has ${this.counted} events, the backup ${segment.events}`,
      );
    else if (this.chain.value !== segment.chain)
      this.tell(segment, `up to ${positionText(last)} events are not the same`);
    this.counted = 0;
    this.next++;
  }

  private tell({ key, first }: EventSegment, message: string): void {
    this.difference = finding("events differ", key, `from ${first} on: ${message}`);
  }
}
