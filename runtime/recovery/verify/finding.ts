/** What can be wrong with a backup, by the words that reports name it with. */
export const FINDINGS = {
  "manifest missing": "a backup that this one goes on from is not there",
  "manifest unreadable": "it is no manifest, or of a format that this tool does not know",
  "manifest of another backup": "it says that it is another's, or is not the one that was gone on from",
  "manifest altered": "it is not what was sealed",
  "wrong key": "its data key does not open under the keys that are at hand",
  "segment missing": "the object is not there",
  "segment truncated": "the object is shorter than what was written",
  "segment altered": "the object's bytes are not those that were written",
  "segment of another place": "the object opens as another segment, or under another key",
  "wrong order": "an event stands before one that it came after",
  "chain broken": "events are not those that the hash chain was made of",
  "count differs": "there are more or fewer than the manifest says",
  "gap in a stream": "a revision is missing, or there twice",
  "model ahead of its store": "its checkpoint is behind the last event",
  "ledger entry damaged":
    "it does not name the deleted subject that it was written for, or names what can be nobody's id",
  "events differ": "the store has other events than the backup",
  "models unfinished": "half of what a rebuild in place is to make: wait for it, or rebuild again where it has died",
  "models differ": "they are not what the events give",
} as const;
export type FindingKind = keyof typeof FINDINGS;

export interface Finding {
  readonly kind: FindingKind;
  /** Id of a backup, key of an object, name of a stream or of a table. */
  readonly where: string;
  readonly message: string;
}

export const finding = (kind: FindingKind, where: string, message: string = FINDINGS[kind]): Finding => ({
  kind,
  where,
  message,
});

/** Told of each finding as it is made; what it throws ends the look. */
export type Finder = (found: Finding) => void;

/** A backup that must not be restored. */
export class UnsoundBackupError extends Error {
  override readonly name = "UnsoundBackupError";

  constructor(readonly findings: readonly Finding[]) {
    super(findings.map(({ kind, where, message }) => `${kind}: ${where}: ${message}`).join("; "));
  }
}
