import { PostgresModelDump } from "../../adapters/postgres/postgres-model-dump";
import { type BackupOptions, backUp } from "../../recovery/backup/backup";
import { LEFT_OUT } from "../../recovery/backup/model-backup";
import type { Command } from "../command";
import { checkEventStore, placeOf } from "../lost-stores";
import { oneAtATime } from "../one-at-a-time";
import { backupWrappingKeys, openBackupStorage, openEventStore, readModelsPool, readModelsSchema } from "../stores";
import { words } from "../words";

export interface BackupCommandOptions {
  /** Begins a new chain, whatever there is. */
  readonly full?: boolean;
  readonly fullAfterDays?: number;
  /** False for events alone. */
  readonly readModels?: boolean;
}

/**
 * Backs up read models and events; with what there is of an unfinished one, it is finished. Two at once would both finish the
 * same one: where there is a PostgreSQL, it keeps them apart.
 */
export const backupCommand: Command<BackupCommandOptions> = async (options, { environment, signal, use }, report) => {
  const storage = use(await openBackupStorage(environment, true));
  const wrappingKeys = use(await backupWrappingKeys(environment));
  const events = use(await openEventStore(environment, { signal }));
  await checkEventStore(events, signal);
  const pool = options.readModels === false ? undefined : use(readModelsPool(environment), (each) => each.end());
  const of: BackupOptions = {
    ...{ storage, wrappingKeys, report, signal, store: events.store, events: events.log, storeKind: events.kind },
    readModels: pool && new PostgresModelDump({ pool, schema: readModelsSchema(environment) }),
    fullAfterDays: options.full === true ? 0 : options.fullAfterDays,
  };
  const locking = events.postgres?.pool ?? pool;
  const work = `a backup into ${storage.place}`;
  const manifest = await (locking === undefined
    ? backUp(of)
    : oneAtATime(locking, work, signal, () => backUp({ ...of, isLocked: true })));
  const { id, recoveryPoint, parent, fullBecause, events: backedUp, readModels } = manifest;
  // A draft of an older tool does not say why.
  const nothing = `nothing: a full backup${fullBecause === undefined ? "" : `, because ${fullBecause}`}`;
  const hasNone = readModels?.checkpoints.length === 0 && readModels.tables.length === 0;
  const isLeftOut = pool !== undefined && readModels === undefined;
  const facts = {
    ...{ backup: id, place: storage.place, recoveryPoint, "goes on from": parent?.id ?? nothing },
    ...{ "events in it": backedUp.count, "events in all": backedUp.total, tables: readModels?.tables.length ?? 0 },
    "read models":
      pool && hasNone
        ? `there were none to back up: ${placeOf(pool, readModelsSchema(environment))} has none`
        : isLeftOut
          ? `left out: ${LEFT_OUT}`
          : undefined,
    bytes: [...backedUp.segments, ...(readModels?.tables ?? []).map(({ segment }) => segment)].reduce(
      (sum, { bytes }) => sum + bytes,
      0,
    ),
  };
  // The events are safe, and somebody has to hear of the models.
  return { isSound: !isLeftOut, words: words("backed up", facts), report: { ...facts, seal: manifest.seal } };
};
