/** So many of something; who wants one more waits until one is given back, in the order of asking. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** @throws the signal's reason, when it ends the wait. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.free > 0) {
      this.free--;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const turn = () => {
        signal.removeEventListener("abort", end);
        resolve();
      };
      const end = () => {
        this.waiting.splice(this.waiting.indexOf(turn), 1);
        reject(signal.reason);
      };
      this.waiting.push(turn);
      signal.addEventListener("abort", end, { once: true });
    });
  }

  give(count = 1): void {
    for (let given = 0; given < count; given++) {
      const turn = this.waiting.shift();
      if (turn === undefined) this.free++;
      else turn();
    }
  }
}
