import type { EventLog } from "../event-store/event-batches";
import type { EventStore } from "../event-store/event-store";
import type { WrappingKeys } from "../keys/wrapping-keys";
import type { Projection } from "../projections/projection";
import type { Log } from "../service/log";
import { backUp } from "./backup/backup";
import { BackupCatalog } from "./backup/backup-catalog";
import { BackupKeys } from "./backup/backup-keys";
import type { BackupStorage } from "./backup/backup-storage";
import type { ModelSource } from "./backup/model-dump";
import { type Rebuilt, rebuild } from "./rebuild/rebuild";
import type { RebuildTarget } from "./rebuild/rebuild-target";
import type { EventImport } from "./restore/event-import";
import { type Restored, restore } from "./restore/restore";
import type { StageReport } from "./stage-report";
import type { DeletedSubjects } from "./subjects/deleted-subjects";
import type { Finding } from "./verify/finding";
import type { ModelCheck } from "./verify/model-check";
import { openBackup } from "./verify/opened-backup";
import { verifyModels } from "./verify/verify-models";
import { verifyStore } from "./verify/verify-store";

export interface DisasterRecoveryOptions<Transaction> {
  readonly storage: BackupStorage;
  readonly wrappingKeys: WrappingKeys;
  readonly store: EventStore;
  /** The same store's log, read as a whole. */
  readonly events: EventLog;
  /** `postgresql` or `kurrentdb`. */
  readonly storeKind: string;
  readonly eventImport: EventImport;
  readonly projections: readonly Projection<Transaction>[];
  readonly readModels: ModelSource;
  readonly rebuildTarget: RebuildTarget<Transaction>;
  readonly modelCheck: ModelCheck<Transaction>;
  /** As the projections' pods have them. */
  readonly partitions: number;
  /** @default 10 */
  readonly parallelism?: number;
  /** @default - no personal data was ever encrypted */
  readonly deletedSubjects?: DeletedSubjects;
  readonly log: Log;
  readonly report?: StageReport<string>;
  readonly signal?: AbortSignal;
}

export interface BackupResult {
  readonly backupId: string;
  readonly status: "completed";
  readonly recoveryPoint: string;
}

export interface Recovered {
  readonly restored: Restored;
  readonly rebuilt: Rebuilt;
  /** None, and all is as it was. */
  readonly findings: readonly Finding[];
}

const DEFAULT_PARALLELISM = 10;
const NEVER = new AbortController().signal;

/** All of recovery with one set of stores: what `cqrs-ops` does one by one. */
export class DisasterRecovery<Transaction> {
  constructor(private readonly options: DisasterRecoveryOptions<Transaction>) {}

  /** Read models first, events second. @throws {EventStoreReplacedError} when the store was replaced meanwhile. */
  async performBackup(): Promise<BackupResult> {
    const { id, recoveryPoint } = await backUp(this.options);
    return { backupId: id, status: "completed", recoveryPoint };
  }

  /**
   * Restores the event store, builds the read models anew and verifies both.
   * @param replace the place whose events may be replaced. @default - only an empty store
   * @throws {UnsoundBackupError | StoreNotEmptyError} before anything is written.
   */
  async restoreFromBackup(backupId: string, replace?: string): Promise<Recovered> {
    const { eventImport, rebuildTarget } = this.options;
    const restored = await restore({ ...this.options, backup: backupId, events: eventImport, replace });
    const rebuilt = await rebuild({ ...this.options, target: rebuildTarget });
    return { restored, rebuilt, findings: await this.verifySystemIntegrity(backupId) };
  }

  /** Compares the store with a backup, and the read models with what the store's events give. */
  async verifySystemIntegrity(backupId: string): Promise<readonly Finding[]> {
    const { storage, wrappingKeys, events, store, modelCheck, signal = NEVER } = this.options;
    const { parallelism = DEFAULT_PARALLELISM } = this.options;
    const findings: Finding[] = [];
    const catalog = new BackupCatalog(storage);
    const found = (each: Finding) => void findings.push(each);
    const lineage = await openBackup(catalog, new BackupKeys(wrappingKeys), backupId, found, { signal });
    if (findings.length === 0) findings.push(...(await verifyStore(events, storage, lineage, { signal })).findings);
    const models = await verifyModels({
      ...{ ...this.options, parallelism, check: modelCheck, signal },
      head: await store.head({ signal }),
    });
    return [...findings, ...models.findings];
  }
}
