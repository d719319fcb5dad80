import type { StoredEvent } from "../event-store/event-store";

/** An event of the usual size takes one of the places of those that are read ahead; one of a megabyte two thousand. */
const BYTES_PER_PLACE = 512;

/** How many of so many places an event takes, so that events read ahead are bounded in bytes, too. */
export const roomIn =
  (places: number) =>
  ({ data }: StoredEvent): number =>
    Math.min(1 + Math.floor(data.length / BYTES_PER_PLACE), places);
