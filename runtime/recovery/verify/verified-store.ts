import type { Finding } from "./finding";

/** What a store is beside a backup of it. */
export interface VerifiedStore {
  /** At most one: behind the first difference everything differs. */
  readonly findings: readonly Finding[];
  /** Events that the backup has, and that have come since. */
  readonly events: number;
  readonly since: number;
}
