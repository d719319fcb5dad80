import { batchesOf } from "../../event-store/event-batches";
import type { StoredEvent } from "../../event-store/event-store";
import { isAfter, type Position } from "../../event-store/position";
import { wholeNumber } from "../../health/whole-number";
import type { WrappingKeys } from "../../keys/wrapping-keys";
import { BackupCatalog } from "../backup/backup-catalog";
import { BackupKeys } from "../backup/backup-keys";
import type { BackupStorage } from "../backup/backup-storage";
import { secondsSince } from "../seconds-since";
import type { StageReport } from "../stage-report";
import type { DeletedSubjects } from "../subjects/deleted-subjects";
import { backupEvents } from "../verify/backup-events";
import { type Finding, UnsoundBackupError } from "../verify/finding";
import { openBackup } from "../verify/opened-backup";
import { VERIFY_STAGES, verifyBackup } from "../verify/verify-backup";
import { verifyStore } from "../verify/verify-store";
import { type EventImport, OthersInPlaceError, StoreDamagedError, StoreNotEmptyError } from "./event-import";

/** In their order; events come in as many writes as they need. */
export const RESTORE_STAGES = [
  ...VERIFY_STAGES,
  "restore begun",
  "events restored",
  "deleted subjects deleted again",
  "store replaced",
] as const;
export type RestoreStage = (typeof RESTORE_STAGES)[number];

/** A write is in memory several times: while its events are read, and while they are sent. */
const DEFAULT_WRITE_BYTES = 2 * 1024 * 1024;
/** Ours, to limit that memory. */
const MAX_WRITE_BYTES = 64 * 1024 * 1024;

export interface RestoreOptions {
  readonly storage: BackupStorage;
  readonly wrappingKeys: WrappingKeys;
  readonly backup: string;
  readonly events: EventImport;
  /** Whoever was forgotten stays so: applied before anybody sees the events. @default - no personal data was ever encrypted */
  readonly deletedSubjects?: DeletedSubjects;
  /** The place of the store, said in words, whose events may be replaced. @default - only an empty store */
  readonly replace?: string;
  /** Bytes of event data after which a write ends, 1 to 67108864. A write also ends after 5000 events. @default 2097152 */
  readonly writeBytes?: number;
  readonly report?: StageReport<RestoreStage>;
  readonly signal?: AbortSignal;
}

export interface Restored {
  readonly backup: string;
  readonly events: number;
  readonly recoveryPoint: string;
  readonly seconds: number;
  /** Where the store that was replaced is kept. */
  readonly former: string | undefined;
  readonly deletedSubjects: number;
}

/**
 * Puts a backup's events where a store is to be. The whole backup is verified first, and nothing is begun with one that is
 * unsound. A restore that died goes on where it stopped. Read models that are there are of another store afterwards: rebuild them.
 * @throws {RangeError} for a `writeBytes` that is out of bounds.
 * @throws {UnsoundBackupError} with all that is wrong; nothing was written.
 * @throws {StoreDamagedError} when this backup was restored already, and the store has other events since.
 * @throws {StoreNotEmptyError | OthersInPlaceError} when there are events, or others' things, whose place was not said.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { storage, wrappingKeys, backup, events: target, replace, report, signal } = options;
  const writeBytes = wholeNumber("writeBytes", options.writeBytes ?? DEFAULT_WRITE_BYTES, 1, MAX_WRITE_BYTES);
  const began = performance.now();
  const ground = await target.look(backup, { signal });
  const mayBeReplaced = target.isReplaceable && replace === target.place;
  // Before the backup is read, which may take long.
  if (!ground.isRestored && !mayBeReplaced) {
    if (ground.head !== undefined) throw new StoreNotEmptyError(target, ground.head, replace);
    if (ground.others.length > 0) throw new OthersInPlaceError(target.place, ground.others);
  }
  const { findings, recoveryPoint, events } = await verifyBackup(options);
  if (findings.length > 0 || recoveryPoint === undefined) throw new UnsoundBackupError(findings);
  const catalog = new BackupCatalog(storage);
  const lineage = await openBackup(catalog, new BackupKeys(wrappingKeys), backup, refuse, { signal });
  // One that died after its last stage has nothing left to do. Somebody may have damaged the store since.
  const compared = ground.isRestored ? await verifyStore(target, storage, lineage, { signal }) : undefined;
  const damage = compared?.findings[0];
  if (damage !== undefined && !mayBeReplaced) throw new StoreDamagedError(target, damage);
  const isDone = ground.isRestored && damage === undefined;

  if (!isDone) {
    await target.begin(backup, { signal });
    report?.("restore begun", { backup, events, resumed: ground.resumesAfter !== undefined });
    const batches = batchesOf(backupEvents(storage, lineage, refuse, { signal }), writeBytes);
    await writeAll(target, batches, ground.resumesAfter, {
      signal,
      onWritten: (done) => report?.("events restored", { done, events }),
    });
  }
  const deletedSubjects = (await options.deletedSubjects?.deleteAgain({ signal })) ?? 0;
  report?.("deleted subjects deleted again", { subjects: deletedSubjects });
  const former = isDone ? undefined : await target.finish(backup, ground, { signal });
  const seconds = secondsSince(began);
  report?.("store replaced", { former, seconds });
  return { backup, events, recoveryPoint, seconds, former, deletedSubjects };
}

/** While one batch is written, the next is read. */
async function writeAll(
  target: EventImport,
  batches: AsyncIterable<readonly StoredEvent[]>,
  after: Position | undefined,
  { signal, onWritten }: { readonly signal: AbortSignal | undefined; readonly onWritten: (events: number) => void },
): Promise<void> {
  let done = 0;
  let writing = Promise.resolve();
  try {
    for await (const batch of batches) {
      await writing;
      writing = target
        .write(
          batch.filter(({ position }) => isAfter(position, after)),
          { signal },
        )
        .then(() => {
          done += batch.length;
          onWritten(done);
        });
      // Told by whoever waits for it.
      writing.catch(() => undefined);
    }
  } finally {
    // Nothing is written any more when this has ended, whichever way.
    await writing;
  }
}

/** It was sound a moment ago. */
const refuse = (found: Finding): never => {
  throw new UnsoundBackupError([found]);
};
