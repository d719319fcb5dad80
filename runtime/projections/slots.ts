import { within } from "../deadline";

/** So many of something; who wants more waits until enough are given back, in the order of asking. */
export class Slots {
  private readonly waiting: { readonly count: number; readonly turn: () => void }[] = [];

  constructor(private free: number) {}

  /** @param count never more than there are in all. @throws the signal's reason, when it ends the wait. */
  async take(signal: AbortSignal, count = 1): Promise<void> {
    signal.throwIfAborted();
    if (this.tryTake(count)) return;
    await within({ signals: [signal] }, (end) => {
      return new Promise<void>((turn) => {
        const waiting = { count, turn };
        this.waiting.push(waiting);
        const leave = () => {
          const place = this.waiting.indexOf(waiting);
          if (place >= 0) this.waiting.splice(place, 1);
          // Those behind it may want less.
          this.give(0);
        };
        end.addEventListener("abort", leave, { once: true });
      });
    });
  }

  /** Whether they could be had at once. */
  tryTake(count = 1): boolean {
    if (this.waiting.length > 0 || this.free < count) return false;
    this.free -= count;
    return true;
  }

  give(count = 1): void {
    this.free += count;
    for (let first = this.waiting[0]; first !== undefined && first.count <= this.free; first = this.waiting[0]) {
      this.waiting.shift();
      this.free -= first.count;
      first.turn();
    }
  }
}
