/** Tells listeners that a dependency has failed in real traffic, so that nobody has to ask it all the time. */
export class Failures {
  private readonly listeners = new Set<() => void>();

  /** @returns what removes the listener. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  report(): void {
    for (const listener of this.listeners) listener();
  }
}
