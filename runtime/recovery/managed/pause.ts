import { setTimeout as wait } from "node:timers/promises";
import type { Waiting } from "../../keys/wrapping-keys";

/** @throws the signal's own reason, as soon as nobody waits any more. */
export async function pause(milliseconds: number, { signal }: Waiting = {}): Promise<void> {
  try {
    await wait(milliseconds, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
