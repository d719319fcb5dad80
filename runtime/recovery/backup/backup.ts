import type { EventLog } from "../../event-store/event-batches";
import { positionOf } from "../../event-store/position";
import type { Waiting, WrappingKeys } from "../../keys/wrapping-keys";
import { EventStoreReplacedError } from "../event-store-replaced-error";
import type { StageReport } from "../stage-report";
import { TOOL } from "../tool";
import { BackupCatalog } from "./backup-catalog";
import { newBackupId } from "./backup-id";
import { type BackupKey, BackupKeys } from "./backup-keys";
import type { BackupStorage } from "./backup-storage";
import { EventSegments } from "./event-segments";
import { CHAIN_BEGINNING } from "./hash-chain";
import { hasEvent, type KnownStore, lacksEvent } from "./last-event";
import { MANIFEST_FORMAT, type SealedManifest, sealed } from "./manifest";
import { backUpReadModels, LEFT_OUT } from "./model-backup";
import type { ModelSource } from "./model-dump";
import { parentOf } from "./parent";
import { keyOfResumable } from "./resumable";
import { SEGMENTS, writeSegment } from "./segments";
import { type Draft, UnfinishedBackups } from "./unfinished-backup";

/** In their order; those of tables and segments come as often as there are some. */
export const BACKUP_STAGES = [
  "backup begun",
  "table backed up",
  "read models backed up",
  "segment backed up",
  "events backed up",
  "manifest written",
  "backup finished",
] as const;
/** One instead of "read models backed up". */
export type BackupStage = (typeof BACKUP_STAGES)[number] | "read models left out";

export interface BackupOptions {
  readonly storage: BackupStorage;
  readonly wrappingKeys: WrappingKeys;
  readonly events: EventLog;
  /** Where the last event of the former backup is looked for, and in the end those of this one. */
  readonly store: KnownStore;
  /** `postgresql` or `kurrentdb`: backups of one are not gone on with by the other. */
  readonly storeKind: string;
  /** @default - read models are not backed up, and are to be built anew */
  readonly readModels?: ModelSource;
  /** Days after which a full backup begins a new chain, 0 for each. @default 7 */
  readonly fullAfterDays?: number;
  /** Of lines, before they are compressed, after which a segment ends. @default 67108864 */
  readonly segmentBytes?: number;
  /**
   * Whether the caller holds a lock that excludes other backups into this storage. Then this run also discards the
   * first draft of a run that was killed. @default false
   */
  readonly isLocked?: boolean;
  readonly report?: StageReport<BackupStage>;
  readonly signal?: AbortSignal;
}

const DEFAULT_FULL_AFTER_DAYS = 7;
/** Some eight megabytes when it is compressed: one part of an upload, and what is done again after a crash. */
const DEFAULT_SEGMENT_BYTES = 64 * 1024 * 1024;
/** The recovery point of nothing. */
const NEVER = new Date(0).toISOString();

/**
 * Backs up read models first and events second, so that no model is ahead of the events that it is restored with. One that
 * died is gone on with. What there is of it is no backup until its manifest is written, which is the last. Models that are of
 * another store are left out.
 * @throws {EventStoreReplacedError} when the store has not any more what was read of it, or what that was to follow.
 */
export async function backUp(options: BackupOptions): Promise<SealedManifest> {
  const { storage, store, readModels, report, signal } = options;
  const waiting = { signal };
  const unfinished = new UnfinishedBackups(storage);
  const begun = await goOnOrBegin(options, unfinished, waiting);
  const { key } = begun;
  let { draft } = begun;
  const save = async (next: Draft): Promise<void> => {
    await unfinished.save(sealed(next, key.bytes), waiting);
    draft = next;
  };

  if (readModels !== undefined && draft.readModels === undefined) {
    const backedUp = await backUpReadModels(options, readModels, draft.id, key);
    if (backedUp === undefined) report?.("read models left out", { because: LEFT_OUT });
    else {
      await save({ ...draft, readModels: backedUp });
      report?.("read models backed up", { tables: backedUp.tables.length });
    }
  }
  const now = new Date();
  const { isSettled, askedAt } = (await options.events.settle?.({ signal })) ?? { isSettled: true, askedAt: now };
  const behind = draft.events.last;
  await backUpEvents(options, key, () => draft, save);
  for (const last of [behind, draft.readModels?.last, draft.events.last]) {
    if (last === undefined || !(await lacksEvent(store, last, waiting))) continue;
    await unfinished.forget(draft.id, waiting);
    throw new EventStoreReplacedError("it was backed up, and no backup was made: run it again");
  }
  report?.("events backed up", { events: draft.events.count });

  // Behind a transaction that stays open nothing is read. What was acknowledged before its last event was made is in it all the same.
  const recoveryPoint = isSettled ? askedAt.toISOString() : (draft.events.lastCreated ?? NEVER);
  const manifest = sealed({ ...draft, recoveryPoint, finished: new Date().toISOString() }, key.bytes);
  key.bytes.fill(0);
  await new BackupCatalog(storage).add(manifest, waiting);
  report?.("manifest written");
  await unfinished.forget(draft.id, waiting);
  report?.("backup finished", { backup: draft.id, events: draft.events.count });
  return manifest;
}

async function goOnOrBegin(options: BackupOptions, unfinished: UnfinishedBackups, waiting: Waiting) {
  const { storage, store, storeKind, readModels, fullAfterDays = DEFAULT_FULL_AFTER_DAYS, report } = options;
  const [catalog, keys] = [new BackupCatalog(storage), new BackupKeys(options.wrappingKeys)];
  const former = await unfinished.newest(storeKind, new Date(), waiting);
  if (options.isLocked === true || former !== undefined) await unfinished.discardUnfinished(waiting);
  if (former !== undefined) {
    const key = await keyOfResumable(former, { catalog, keys, store, mayHaveParent: fullAfterDays !== 0 }, waiting);
    await storage.discardUnfinished(`${SEGMENTS}${former.id}/`, waiting);
    await catalog.discardUnfinished(former.id, waiting);
    if (key !== undefined) {
      report?.("backup begun", { backup: former.id, resumed: true });
      const { seal: _, readModels: backedUp, ...rest } = former;
      // It may have been restored to between what models and what events of the draft are of.
      const isOfStore = backedUp?.last !== undefined && (await hasEvent(store, backedUp.last, waiting));
      const draft: Draft = readModels !== undefined && isOfStore ? { ...rest, readModels: backedUp } : rest;
      return { draft, key };
    }
    await unfinished.forget(former.id, waiting);
  }
  const begun = new Date();
  const last = (await catalog.ids(waiting)).at(-1);
  const id = newBackupId(begun, last);
  const key = await keys.make(id, waiting);
  const { manifest: parent, fullBecause } = await parentOf(
    { catalog, keys, store, storeKind, fullAfterDays },
    last,
    begun,
    waiting,
  );
  const draft: Draft = {
    format: MANIFEST_FORMAT,
    tool: TOOL,
    store: storeKind,
    ...{ id, begun: begun.toISOString(), fullSince: parent?.fullSince ?? begun.toISOString(), key: key.wrapped },
    ...(parent ? { parent: { id: parent.id, seal: parent.seal } } : { fullBecause }),
    events: {
      ...(parent?.events.last && {
        after: parent.events.last.position,
        last: parent.events.last,
        lastCreated: parent.events.lastCreated,
      }),
      chainBefore: parent?.events.chain ?? CHAIN_BEGINNING,
      chain: parent?.events.chain ?? CHAIN_BEGINNING,
      ...{ count: 0, streams: 0, total: parent?.events.total ?? 0, segments: [] },
    },
  };
  await unfinished.save(sealed(draft, key.bytes), waiting);
  report?.("backup begun", { backup: id, resumed: false, parent: parent?.id, fullBecause });
  return { draft, key };
}

async function backUpEvents(
  { storage, events: log, segmentBytes = DEFAULT_SEGMENT_BYTES, report, signal }: BackupOptions,
  { cipher }: BackupKey,
  draft: () => Draft,
  save: (draft: Draft) => Promise<void>,
): Promise<void> {
  const { id: backup, events } = draft();
  const after = events.last && positionOf(events.last.position);
  const segments = new EventSegments(log.readBatches(after, { signal }), events.chain, segmentBytes);
  try {
    while (await segments.hasMore()) {
      const former = draft();
      const number = `${former.events.segments.length}`.padStart(6, "0");
      const segment = await writeSegment({ storage, cipher, backup }, `events-${number}`, segments.lines(), { signal });
      const { events: count, streams, first, last, lastCreated, chain } = segments.tally;
      if (last === undefined) throw new Error("a segment without an event");
      await save({
        ...former,
        events: {
          ...former.events,
          ...{ chain, last, lastCreated },
          count: former.events.count + count,
          total: former.events.total + count,
          streams: former.events.streams + streams,
          segments: [...former.events.segments, { ...segment, events: count, first, last: last.position, chain }],
        },
      });
      report?.("segment backed up", { events: draft().events.count });
    }
  } finally {
    await segments.close();
  }
}
