import { isAfter, positionOf } from "../../event-store/position";
import type { StageReport } from "../stage-report";
import type { BackupKey } from "./backup-keys";
import type { BackupStorage } from "./backup-storage";
import { type KnownStore, lacksEvent, lastEventOf, OF_ANOTHER_STORE } from "./last-event";
import type { BackedUpReadModels, BackedUpTable } from "./manifest";
import type { ModelSource } from "./model-dump";
import { writeSegment } from "./segments";

/** Why a backup has no read models though there are some. */
export const LEFT_OUT = `they are ${OF_ANOTHER_STORE}; rebuild them`;

interface ModelBackupOptions {
  readonly storage: BackupStorage;
  /** Whose events the models must be of. */
  readonly store: KnownStore;
  readonly report?: StageReport<"table backed up">;
  readonly signal?: AbortSignal;
}

/**
 * Backs up read models, with the last event that the store had when they were read. Undefined of those that have what the
 * store has not: it is the events that matter, and they are no reason to have no backup of these.
 */
export function backUpReadModels(
  { storage, store, report, signal }: ModelBackupOptions,
  source: ModelSource,
  backup: string,
  { cipher }: BackupKey,
): Promise<BackedUpReadModels | undefined> {
  return source.snapshot(
    async ({ checkpoints, reach, tables: dumped }) => {
      // After the checkpoints: whatever they were made of was in the store by then.
      const last = await store.lastEvent({ signal });
      if (checkpoints.some(({ position }) => isAfter(positionOf(position), last?.position))) return undefined;
      if (reach !== undefined && (await lacksEvent(store, reach, { signal }))) return undefined;
      const tables: BackedUpTable[] = [];
      for await (const table of dumped()) {
        const { name, columns, rows } = table;
        const number = `${tables.length}`.padStart(4, "0");
        const segment = await writeSegment({ storage, cipher, backup }, `table-${number}`, rows, { signal });
        tables.push({ name, columns, rows: table.counted(), segment });
        report?.("table backed up", { table: name, rows: table.counted() });
      }
      return { ...(last && { last: lastEventOf(last) }), checkpoints, tables };
    },
    { signal },
  );
}
