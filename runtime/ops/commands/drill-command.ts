import { onConnection } from "../../adapters/postgres/connection";
import { PostgresEventImport } from "../../adapters/postgres/postgres-event-import";
import { PostgresEventLog } from "../../adapters/postgres/postgres-event-log";
import { PostgresEventStore } from "../../adapters/postgres/postgres-event-store";
import { PostgresRebuild } from "../../adapters/postgres/postgres-rebuild";
import { rebuild } from "../../recovery/rebuild/rebuild";
import { restore } from "../../recovery/restore/restore";
import { secondsSince } from "../../recovery/seconds-since";
import { loadApplication } from "../application";
import { chosenBackup } from "../chosen-backup";
import type { Command } from "../command";
import { oneAtATime } from "../one-at-a-time";
import { opsLog } from "../ops-log";
import { replaySettings } from "../replay-settings";
import { DRILL_SCHEMAS, schemasIn } from "../schemas";
import { backupWrappingKeys, openBackupStorage, readModelsPool } from "../stores";
import { withTotal } from "../with-total";
import { ago, words } from "../words";

export interface DrillCommandOptions {
  /** @default - the last one */
  readonly backup?: string;
}

/**
 * Restores a backup beside what runs, builds read models of it, and takes both away again: what a recovery would give and how
 * long it would take, measured. Into the read models' database, which needs room for it.
 */
export const drillCommand: Command<DrillCommandOptions> = async (options, surroundings, report) => {
  const { environment, signal, use, progress } = surroundings;
  const [began, beganMs] = [new Date(), performance.now()];
  // A store of the drill's own name would be dropped.
  schemasIn(environment);
  const { projections, tables, indexes } = await loadApplication(environment.OPS_APPLICATION);
  const { partitions, parallelism, connections } = replaySettings(environment);
  const storage = use(await openBackupStorage(environment));
  const wrappingKeys = use(await backupWrappingKeys(environment));
  const backup = await chosenBackup(storage, options.backup, signal);
  const pool = use(readModelsPool(environment), (each) => each.end());
  const clear = (end?: AbortSignal): Promise<void> => {
    const names = Object.values(DRILL_SCHEMAS).flatMap((schema) => [schema, `${schema}_restoring`, `${schema}_next`]);
    return onConnection(pool, end, async (client) => {
      for (const name of names) await client.query(`drop schema if exists ${name} cascade`);
    });
  };
  const drill = async () => {
    // Of one that died.
    await clear(signal);
    try {
      const events = new PostgresEventImport({ pool, schema: DRILL_SCHEMAS.events });
      const restored = await restore({ storage, wrappingKeys, backup, events, report, signal });
      const target = use(
        new PostgresRebuild({
          ...{ pool, tables, indexes, schema: DRILL_SCHEMAS.models },
          loading: readModelsPool(environment, connections),
        }),
      );
      const rebuilt = await rebuild({
        ...{ projections, target, partitions, parallelism, signal, log: opsLog(progress) },
        report: withTotal(report, restored.events),
        events: new PostgresEventLog({ pool, schema: DRILL_SCHEMAS.events }),
        store: use(new PostgresEventStore({ pool: readModelsPool(environment), schema: DRILL_SCHEMAS.events })),
      });
      const recoveryTime = secondsSince(beganMs);
      const facts = {
        ...{ backup, events: restored.events },
        "recovery point": `${restored.recoveryPoint}, ${ago(restored.recoveryPoint, began.getTime())} ago`,
        "recovery time": `${recoveryTime.toFixed(1)} seconds`,
        "of which restoring took": `${restored.seconds.toFixed(1)} seconds`,
        "of which rebuilding took": `${rebuilt.seconds.toFixed(1)} seconds, ${rebuilt.eventsPerSecond} events a second`,
      };
      return {
        isSound: true,
        words: words("drilled: the backup can be recovered", facts),
        report: { backup, restored, rebuilt, recoveryTime },
      };
    } finally {
      await clear();
    }
  };
  // Another would take this one's schemas away.
  return oneAtATime(pool, "a drill", signal, drill);
};
