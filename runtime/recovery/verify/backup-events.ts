import type { StoredEvent } from "../../event-store/event-store";
import { comparePositions, type Position, positionText } from "../../event-store/position";
import type { Waiting } from "../../keys/wrapping-keys";
import type { BackupStorage } from "../backup/backup-storage";
import { eventOf, linesOf } from "../backup/event-line";
import { HashChain } from "../backup/hash-chain";
import type { EventSegment } from "../backup/manifest";
import { checkedSegment, DamagedSegmentError } from "./checked-segment";
import { type Finder, finding } from "./finding";
import type { OpenedBackup } from "./opened-backup";

/**
 * Events of a backup and of all that it goes on from, in the log's order, as far as they can be read. What is wrong with an
 * object, its events' order, their number or their hash is told as it is found; the next segment is looked at all the same.
 */
export async function* backupEvents(
  storage: BackupStorage,
  lineage: readonly OpenedBackup[],
  found: Finder,
  waiting?: Waiting,
): AsyncGenerator<StoredEvent> {
  const order = new AscendingPositions(found);
  let chain = new HashChain().value;
  for (const { manifest, cipher } of lineage) {
    const { events, id } = manifest;
    if (events.chainBefore !== chain) found(finding("chain broken", id, "it does not begin where its parent ended"));
    chain = events.chainBefore;
    let count = 0;
    for (const segment of events.segments) {
      const bytes = checkedSegment(storage, cipher, segment, waiting);
      for await (const event of segmentEvents(segment, chain, bytes, found)) {
        order.add(event, segment.key);
        yield event;
      }
      // What comes behind a damaged one is judged by itself.
      chain = segment.chain;
      count += segment.events;
    }
    if (count !== events.count) found(finding("count differs", id, `${count} in segments, ${events.count} in all`));
    if (chain !== events.chain) found(finding("chain broken", id, "it does not end where its last segment does"));
  }
}

async function* segmentEvents(
  segment: EventSegment,
  chainBefore: string,
  bytes: AsyncIterable<Uint8Array>,
  found: Finder,
): AsyncGenerator<StoredEvent> {
  const chain = new HashChain(chainBefore);
  let count = 0;
  try {
    for await (const line of linesOf(bytes)) {
      chain.add(line);
      count++;
      yield eventOf(line);
    }
  } catch (error) {
    if (!(error instanceof DamagedSegmentError)) throw error;
    found(error.finding);
    return;
  }
  if (count !== segment.events)
    found(finding("count differs", segment.key, `${count} events, ${segment.events} in the manifest`));
  if (chain.value !== segment.chain) found(finding("chain broken", segment.key));
}

/** Told once of each segment: of those that were swapped, every event would be one. */
class AscendingPositions {
  private last: Position | undefined;
  private told: string | undefined;

  constructor(private readonly found: Finder) {}

  add({ position }: StoredEvent, segment: string): void {
    const { last } = this;
    this.last = position;
    if (last === undefined || comparePositions(position, last) > 0 || this.told === segment) return;
    this.told = segment;
    this.found(finding("wrong order", segment, `${positionText(position)} comes after ${positionText(last)}`));
  }
}
