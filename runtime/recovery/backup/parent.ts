import type { EventStore } from "../../event-store/event-store";
import type { Waiting } from "../../keys/wrapping-keys";
import type { Finding } from "../verify/finding";
import { openBackup } from "../verify/opened-backup";
import type { BackupCatalog } from "./backup-catalog";
import type { BackupKeys } from "./backup-keys";
import { hasEvent } from "./last-event";
import type { SealedManifest } from "./manifest";

export interface ParentOptions {
  readonly catalog: BackupCatalog;
  readonly keys: BackupKeys;
  readonly store: Pick<EventStore, "readStream">;
  readonly storeKind: string;
  readonly fullAfterDays: number;
}

/** What a backup goes on from, or why from nothing, in words. */
export type Parent =
  | { readonly manifest: SealedManifest; readonly fullBecause?: undefined }
  | { readonly manifest?: undefined; readonly fullBecause: string };

const DAY_MS = 24 * 60 * 60 * 1000;

/** The last backup, where it is of this very store, and its chain is not too long yet. @param id the last one's. */
export async function parentOf(
  { catalog, keys, store, storeKind, fullAfterDays }: ParentOptions,
  id: string | undefined,
  now: Date,
  waiting: Waiting,
): Promise<Parent> {
  if (id === undefined) return { fullBecause: "it is the first" };
  if (fullAfterDays === 0) return { fullBecause: "it was asked for" };
  let problem = "";
  const found = (each: Finding) => {
    problem = wordsOf(each);
  };
  const manifest = (await openBackup(catalog, keys, id, found, waiting)).at(-1)?.manifest;
  // What can't be read, or was not written by this tool, is not gone on with.
  if (manifest === undefined) return { fullBecause: `the last, ${id}, ${problem}` };
  const { store: ofKind, fullSince, events } = manifest;
  if (ofKind !== storeKind) return { fullBecause: `the last, ${id}, is of another store, of ${ofKind}` };
  if (events.last === undefined) return { fullBecause: `the last, ${id}, is of a store without events` };
  const ageDays = (now.getTime() - Date.parse(fullSince)) / DAY_MS;
  if (ageDays >= fullAfterDays) return { fullBecause: `the last full one is older than ${fullAfterDays} days` };
  // A clock was wrong once. Without a new full one, the chain would grow until that time, beyond the retention of its first.
  if (-ageDays >= fullAfterDays) return { fullBecause: `the last full one is of ${fullSince}, which has not come yet` };
  return (await hasEvent(store, events.last, waiting))
    ? { manifest }
    : { fullBecause: `the last, ${id}, is of another store, or of this one before it was restored` };
}

const wordsOf = ({ kind, where, message }: Finding): string =>
  kind === "wrong key" ? `is under another key: ${message}` : `could not be opened: ${kind}: ${where}: ${message}`;
