import { inventoryRows, orderRows, TABLES } from "../../../examples/orders/read-models";
import { FolderStorage } from "../../../runtime/adapters/local/folder-storage";
import { LocalKeys } from "../../../runtime/adapters/local/local-keys";
import { PostgresEventImport } from "../../../runtime/adapters/postgres/postgres-event-import";
import { PostgresEventLog } from "../../../runtime/adapters/postgres/postgres-event-log";
import { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresModelDump } from "../../../runtime/adapters/postgres/postgres-model-dump";
import { postgresPool } from "../../../runtime/adapters/postgres/postgres-pool";
import { PostgresRebuild } from "../../../runtime/adapters/postgres/postgres-rebuild";
import { PostgresRebuildInPlace } from "../../../runtime/adapters/postgres/postgres-rebuild-in-place";
import { type BackupOptions, backUp } from "../../../runtime/recovery/backup/backup";
import { BackupCatalog } from "../../../runtime/recovery/backup/backup-catalog";
import { rebuild } from "../../../runtime/recovery/rebuild/rebuild";
import type { ReplayLimits } from "../../../runtime/recovery/rebuild/replay";
import { type RestoreOptions, restore } from "../../../runtime/recovery/restore/restore";
import type { StageReport } from "../../../runtime/recovery/stage-report";

/** What a run is told, as JSON in `RUN`. */
export interface RecoveryRun {
  readonly flow: "backup" | "restore" | "rebuild" | "rebuild --in-place";
  readonly port: number;
  readonly database: string;
  /** Of the backups. */
  readonly folder: string;
  /** In base64. */
  readonly localKey: string;
  readonly limits: RunLimits;
}

/** How much an operation does at a time. */
export type RunLimits = ReplayLimits & Pick<BackupOptions, "segmentBytes"> & Pick<RestoreOptions, "writeBytes">;

/** By which a server says whose connections there still are. */
export const RUN_NAME = "recovery-run";
const PROJECTIONS = [orderRows, inventoryRows];
const PARTITIONS = 8;
const PARALLELISM = 4;

/** The real operation, on a real PostgreSQL and a folder. */
export async function runRecovery(run: RecoveryRun, report: StageReport<string>): Promise<void> {
  const { flow, port, database, folder, localKey, limits } = run;
  const pools: { end(): Promise<void> }[] = [];
  const pool = () => {
    const made = postgresPool({
      ...{ host: "127.0.0.1", port, database, user: "postgres", password: "", applicationName: RUN_NAME },
    });
    pools.push(made);
    return made;
  };
  const storage = await FolderStorage.create(folder);
  const wrappingKeys = LocalKeys.fromEnvironment({ NODE_ENV: "test", LOCAL_KEY: localKey });
  const events = new PostgresEventLog({ pool: pool() });
  const store = new PostgresEventStore({ pool: pool() });
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  try {
    if (flow === "backup") {
      const readModels = new PostgresModelDump({ pool: pool() });
      const from = { store, events, readModels, storeKind: "postgresql", ...limits };
      // Its test runs one at a time.
      await backUp({ storage, wrappingKeys, ...from, isLocked: true, report });
    } else if (flow === "restore") {
      const backup = `${(await new BackupCatalog(storage).ids()).at(-1)}`;
      const target = new PostgresEventImport({ pool: pool() });
      await restore({ storage, wrappingKeys, backup, events: target, ...limits, report });
    } else {
      const place = { pool: pool(), loading: pool(), tables: TABLES };
      const target = flow === "rebuild" ? new PostgresRebuild(place) : new PostgresRebuildInPlace(place);
      const of = { events, store, target, projections: PROJECTIONS, partitions: PARTITIONS, parallelism: PARALLELISM };
      await rebuild({ ...of, ...limits, log: silent, report });
    }
  } finally {
    await Promise.all(pools.map((each) => each.end()));
  }
}

// A program of the tests: one run in a process of its own, which says when it begins, and kills itself as by `kill -9` when the
// stage `KILL_AT` is told of for the time `KILL_TIME`.
if (require.main === module) {
  let left = Number(process.env.KILL_TIME ?? 1);
  const report = (stage: string): void => {
    if (stage === process.env.KILL_AT && --left === 0) process.kill(process.pid, "SIGKILL");
  };
  process.stdout.write("begun\n");
  void runRecovery(JSON.parse(`${process.env.RUN}`), report);
}
