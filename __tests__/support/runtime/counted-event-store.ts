import type { CountedEvents, EventStore, Reading } from "../../../runtime/event-store/event-store";
import type { Position } from "../../../runtime/event-store/position";

/**
 * A test double of the event store's port that only counts: it has so many events, whose positions have gaps of a thousand,
 * as the bytes of a log have. All were stored at one moment.
 */
export class CountedEventStore implements Pick<EventStore, "countAfter" | "head"> {
  readonly bounds: number[] = [];

  constructor(
    public events: number,
    private readonly created = new Date(),
  ) {}

  /** Of an event, from 1 on. */
  positionOf(event: number): Position {
    return { major: BigInt(event) * 1000n, minor: BigInt(event) * 1000n };
  }

  async head(): Promise<Position | undefined> {
    return this.events === 0 ? undefined : this.positionOf(this.events);
  }

  async countAfter(after: Position | undefined, bound: number, _?: Reading): Promise<CountedEvents> {
    this.bounds.push(bound);
    const count = Math.min(bound, this.events - Number((after?.major ?? 0n) / 1000n));
    return { count, oldest: count === 0 ? undefined : this.created };
  }
}
