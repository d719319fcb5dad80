import { isDeepStrictEqual } from "node:util";
import type { EventLog } from "../../event-store/event-batches";
import type { StoredEvent } from "../../event-store/event-store";
import { positionText } from "../../event-store/position";
import type { Waiting } from "../../keys/wrapping-keys";
import type { BackupStorage } from "../backup/backup-storage";
import { RESTORE_STREAM, restoredForm } from "../restore/appended-event-import";
import { backupEvents } from "./backup-events";
import { type Finding, finding, UnsoundBackupError } from "./finding";
import type { OpenedBackup } from "./opened-backup";
import type { VerifiedStore } from "./verified-store";

/** Whether a store is what backups were restored to by appending, and not the one that they were made of. */
export async function isAppended(log: EventLog, lineage: readonly OpenedBackup[], waiting?: Waiting): Promise<boolean> {
  for await (const [first] of log.readBatches(undefined, waiting)) {
    if (first === undefined) continue;
    const [oldest] = lineage.flatMap(({ manifest }) => manifest.events.segments);
    return first.stream === RESTORE_STREAM && oldest?.first !== positionText(first.position);
  }
  return false;
}

/**
 * Compares a store with the backup that was appended to it, event by event: positions and revisions are its own, so that no
 * hash of the backup is one of the store.
 */
export async function verifyAppendedStore(
  log: EventLog,
  storage: BackupStorage,
  lineage: readonly OpenedBackup[],
  waiting?: Waiting,
): Promise<VerifiedStore> {
  const backedUp = backedUpEvents(storage, lineage, waiting);
  let [events, since] = [0, 0];
  let { value: next } = await backedUp.next();
  try {
    for await (const batch of log.readBatches(undefined, waiting)) {
      for (const event of batch) {
        if (event.stream === RESTORE_STREAM) continue;
        if (next === undefined) {
          since++;
          continue;
        }
        if (!isSame(event, next))
          return { findings: [differs(next, "the store has another event there")], events, since };
        events++;
        ({ value: next } = await backedUp.next());
      }
    }
  } finally {
    await backedUp.return();
  }
  const findings = next === undefined ? [] : [differs(next, "the store ends before it")];
  return { findings, events, since };
}

/** Those of a former restore were not restored. */
async function* backedUpEvents(storage: BackupStorage, lineage: readonly OpenedBackup[], waiting?: Waiting) {
  for await (const event of backupEvents(storage, lineage, refuse, waiting))
    if (event.stream !== RESTORE_STREAM) yield event;
}

function isSame({ stream, id, type, data, metadata }: StoredEvent, backedUp: StoredEvent): boolean {
  const wanted = restoredForm(backedUp);
  return (
    stream === backedUp.stream &&
    id === wanted.id &&
    type === wanted.type &&
    Buffer.compare(data, wanted.data) === 0 &&
    isDeepStrictEqual({ ...metadata }, wanted.metadata)
  );
}

const differs = ({ stream, revision }: StoredEvent, message: string): Finding =>
  finding("events differ", stream, `from revision ${revision} of the backup on: ${message}`);

/** It was sound a moment ago. */
const refuse = (found: Finding): never => {
  throw new UnsoundBackupError([found]);
};
