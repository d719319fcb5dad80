import { comparePositions, positionOf } from "../../event-store/position";
import type { Waiting, WrappingKeys } from "../../keys/wrapping-keys";
import { BackupCatalog } from "../backup/backup-catalog";
import { BackupKeys } from "../backup/backup-keys";
import type { BackupStorage } from "../backup/backup-storage";
import type { BackedUpTable, SealedManifest } from "../backup/manifest";
import type { SegmentCipher } from "../backup/segment-cipher";
import type { StageReport } from "../stage-report";
import { ledgerEntries } from "../subjects/ledger";
import { backupEvents } from "./backup-events";
import { checkedSegment, DamagedSegmentError } from "./checked-segment";
import { type Finder, type Finding, type FindingKind, finding } from "./finding";
import { type OpenedBackup, openBackup } from "./opened-backup";
import { passesFor, StreamContinuity } from "./stream-continuity";

export const VERIFY_STAGES = ["manifests verified", "events verified", "read models verified"] as const;
export type VerifyStage = (typeof VERIFY_STAGES)[number];

export interface VerifyBackupOptions {
  readonly storage: BackupStorage;
  readonly wrappingKeys: WrappingKeys;
  readonly backup: string;
  readonly report?: StageReport<VerifyStage>;
  readonly signal?: AbortSignal;
}

export interface VerifiedBackup {
  /** None, and it is sound. */
  readonly findings: readonly Finding[];
  /** Undefined where it can't be told. */
  readonly recoveryPoint: string | undefined;
  readonly backups: number;
  readonly events: number;
  readonly streams: number;
  readonly tables: number;
  /** In the ledger beside the backups. */
  readonly deletedSubjects: number;
}

/** Each of more is as little worth reading as the hundredth. */
const MAX_FINDINGS = 100;
/** KurrentDB's streams may lawfully be cut off and scavenged. */
const MAY_HAVE_GAPS = "kurrentdb";
/** They follow from whatever else there is, and would be as many as there are streams. */
const FOLLOW: readonly FindingKind[] = ["gap in a stream", "count differs"];
const NEWLINE = 0x0a;

/**
 * Reads a whole backup, with all that it goes on from and the ledger of deleted subjects, and says all that is wrong with it.
 * @throws {BackupMissingError} when there is none of this id.
 * @throws {BackupStorageError | KeyServiceUnavailableError} when it can't be read now: nothing is known of it then.
 */
export async function verifyBackup(options: VerifyBackupOptions): Promise<VerifiedBackup> {
  const { storage, wrappingKeys, backup, report, signal } = options;
  const findings: Finding[] = [];
  const found: Finder = (each) => {
    if (FOLLOW.includes(each.kind) && findings.some(({ kind }) => !FOLLOW.includes(kind))) return;
    if (findings.length < MAX_FINDINGS) findings.push(each);
  };
  const lineage = await openBackup(new BackupCatalog(storage), new BackupKeys(wrappingKeys), backup, found, { signal });
  report?.("manifests verified", { backups: lineage.length });
  const last = lineage.at(-1);
  const seen = last === undefined ? NOTHING : await verifyEvents(storage, lineage, last.manifest, found, { signal });
  report?.("events verified", seen);
  const tables = last === undefined ? 0 : await verifyModels(storage, last, found, { signal });
  report?.("read models verified", { tables });
  const deletedSubjects = await verifyLedger(storage, found, { signal });
  const { recoveryPoint } = last?.manifest ?? {};
  return { findings, recoveryPoint, backups: lineage.length, ...seen, tables, deletedSubjects };
}

const NOTHING = { events: 0, streams: 0 };

/** As often as all streams' revisions need that are too many for the memory; what is in the objects is told of once. */
async function verifyEvents(
  storage: BackupStorage,
  lineage: readonly OpenedBackup[],
  { store, id, events: manifest }: SealedManifest,
  found: Finder,
  waiting: Waiting,
) {
  const passes = passesFor(lineage.reduce((sum, { manifest: each }) => sum + each.events.streams, 0));
  let [events, streams] = [0, 0];
  for (let pass = 0; pass < passes; pass++) {
    const continuity = new StreamContinuity(pass, passes, store !== MAY_HAVE_GAPS);
    const isFirst = pass === 0;
    for await (const { stream, revision } of backupEvents(storage, lineage, isFirst ? found : () => {}, waiting)) {
      if (isFirst) events++;
      const problem = continuity.add(stream, revision);
      if (problem !== undefined) found(finding("gap in a stream", stream, problem));
    }
    streams += continuity.streams;
  }
  if (events !== manifest.total)
    found(finding("count differs", id, `${events} events, ${manifest.total} in the manifest`));
  return { events, streams };
}

async function verifyModels(
  storage: BackupStorage,
  { manifest, cipher }: OpenedBackup,
  found: Finder,
  waiting: Waiting,
): Promise<number> {
  const { checkpoints = [], tables = [] } = manifest.readModels ?? {};
  const head = manifest.events.last && positionOf(manifest.events.last.position);
  for (const { projection, partition, position } of checkpoints) {
    if (head === undefined || comparePositions(positionOf(position), head) > 0)
      found(finding("model ahead of its store", `${projection}, partition ${partition}`, `it is at ${position}`));
  }
  for (const table of tables) {
    try {
      const rows = await rowsIn(storage, cipher, table, waiting);
      if (rows !== table.rows)
        found(finding("count differs", table.name, `${rows} rows, ${table.rows} in the manifest`));
    } catch (error) {
      if (!(error instanceof DamagedSegmentError)) throw error;
      found(error.finding);
    }
  }
  return tables.length;
}

/** A restore applies it: whoever it does not name any more would come back. */
async function verifyLedger(storage: BackupStorage, found: Finder, waiting: Waiting): Promise<number> {
  let entries = 0;
  for await (const { key, subject } of ledgerEntries(storage, waiting)) {
    if (subject === undefined) found(finding("ledger entry damaged", key));
    entries++;
  }
  return entries;
}

/** A row is a line: in COPY's text, one within a value is written as two characters. */
async function rowsIn(storage: BackupStorage, cipher: SegmentCipher, { segment }: BackedUpTable, waiting: Waiting) {
  let rows = 0;
  for await (const piece of checkedSegment(storage, cipher, segment, waiting)) {
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) rows++;
  }
  return rows;
}
