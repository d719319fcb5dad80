import { BackupCatalog, ManifestError } from "../../recovery/backup/backup-catalog";
import type { SealedManifest } from "../../recovery/backup/manifest";
import type { Command } from "../command";
import { openBackupStorage } from "../stores";
import { ago, words } from "../words";

/** Backups that are whole, oldest first. */
export const listCommand: Command<object> = async (_, { environment, signal, use }) => {
  const storage = use(await openBackupStorage(environment));
  const catalog = new BackupCatalog(storage);
  const ids = await catalog.ids({ signal });
  const found = await Promise.all(
    ids.map(async (id) => {
      try {
        return entryOf(await catalog.find(id, { signal }));
      } catch (error) {
        if (!(error instanceof ManifestError)) throw error;
        return { backup: id, problem: error.message };
      }
    }),
  );
  const lines = found.map((entry) =>
    "problem" in entry
      ? [entry.backup, entry.problem]
      : [entry.backup, `${entry.events} events, ${entry.kind}, ${ago(entry.recoveryPoint, Date.now())} old`],
  );
  const title = found.length === 0 ? `no backup in ${storage.place}` : `backups in ${storage.place}`;
  return {
    isSound: found.every((entry) => !("problem" in entry)),
    words: words(title, Object.fromEntries(lines)),
    report: { place: storage.place, backups: found },
  };
};

const entryOf = ({ id, recoveryPoint, parent, store, events, readModels }: SealedManifest) => ({
  ...{ backup: id, recoveryPoint, store, parent: parent?.id },
  kind: parent === undefined ? "full" : "goes on from another",
  ...{ events: events.total, eventsInIt: events.count, tables: readModels?.tables.length ?? 0 },
});
