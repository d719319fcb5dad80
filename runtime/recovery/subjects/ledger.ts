import { createHash } from "node:crypto";
import { isSubject } from "../../keys/subject";
import type { Waiting } from "../../keys/wrapping-keys";
import type { BackupStorage } from "../backup/backup-storage";
import { jsonIn } from "../backup/json-object";

const LEDGER = "deleted-subjects/";

export interface LedgerEntry {
  readonly key: string;
  /** Undefined where the entry names nobody, or not whom it was written for: others' keys would be lost by it. */
  readonly subject: string | undefined;
}

/** Where the entry of a subject is: by its hash, for a name may have any characters. */
export const entryKey = (subject: string): string =>
  `${LEDGER}${createHash("sha256").update(subject).digest("hex")}.json`;

/** What the ledger of deleted subjects has. */
export async function* ledgerEntries(storage: BackupStorage, waiting?: Waiting): AsyncGenerator<LedgerEntry> {
  for await (const { key } of storage.list(LEDGER, waiting)) {
    const subject = subjectIn(await jsonIn(storage, key, waiting).catch(unlessUnreadable));
    yield { key, subject: subject !== undefined && entryKey(subject) === key ? subject : undefined };
  }
}

function subjectIn(entry: unknown): string | undefined {
  const subject = typeof entry === "object" && entry !== null && "subject" in entry ? entry.subject : undefined;
  return typeof subject === "string" && isSubject(subject) ? subject : undefined;
}

function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof SyntaxError)) throw error;
}
