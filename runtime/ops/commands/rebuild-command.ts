import { dropGenerations } from "../../adapters/postgres/model-generations";
import { PostgresRebuild } from "../../adapters/postgres/postgres-rebuild";
import { PostgresRebuildInPlace } from "../../adapters/postgres/postgres-rebuild-in-place";
import type { EventStore } from "../../event-store/event-store";
import { OF_ANOTHER_STORE } from "../../recovery/backup/last-event";
import { rebuild } from "../../recovery/rebuild/rebuild";
import { loadApplication } from "../application";
import type { Command } from "../command";
import { checkEventStore } from "../lost-stores";
import { opsLog } from "../ops-log";
import { replaySettings } from "../replay-settings";
import { openEventStore, readModelsPool, readModelsSchema } from "../stores";
import { withTotal } from "../with-total";
import { words } from "../words";

export interface RebuildCommandOptions {
  /** Clears the models and builds them where they are, in front of whoever reads. */
  readonly inPlace?: boolean;
  /** Former models that are kept, the newest of them. @default 2 */
  readonly keep?: number;
}

const DEFAULT_KEPT = 2;
/** To how many events they are counted, for whoever watches: it takes a second. */
const COUNTED = 5_000_000;

/** Builds the read models anew. */
export const rebuildCommand: Command<RebuildCommandOptions> = async (options, surroundings, report) => {
  const { environment, signal, use, progress } = surroundings;
  const { projections, tables, indexes } = await loadApplication(environment.OPS_APPLICATION);
  const { partitions, parallelism, connections } = replaySettings(environment);
  const opened = use(await openEventStore(environment, { signal }));
  const { log: events, store } = opened;
  await checkEventStore(opened, signal);
  const pool = use(readModelsPool(environment), (each) => each.end());
  const place = { pool, loading: readModelsPool(environment, connections), schema: readModelsSchema(environment) };
  const target = use(
    options.inPlace === true
      ? new PostgresRebuildInPlace({ ...place, tables, indexes })
      : new PostgresRebuild({ ...place, tables, indexes }),
  );
  const rebuilt = await rebuild({
    ...{ events, store, projections, target, partitions, parallelism, signal, version: environment.VERSION },
    report: withTotal(report, await totalOf(store, signal)),
    log: opsLog(progress),
  });
  const { keep = DEFAULT_KEPT } = options;
  let gone: readonly string[] = [];
  let left: string | undefined;
  try {
    if (rebuilt.former !== undefined) gone = await dropGenerations(pool, target.place, keep, signal);
  } catch (error) {
    // Somebody reads in them. The models are built, whatever becomes of the former.
    left = `could not be dropped, the next rebuild does it: ${error instanceof Error ? error.message : error}`;
  }
  const former = gone.includes(rebuilt.former ?? "") ? undefined : rebuilt.former;
  const facts = {
    ...{ "read models": target.place, events: rebuilt.events, seconds: rebuilt.seconds },
    ...{ "events a second": rebuilt.eventsPerSecond, position: rebuilt.position },
    "projections were held for": `${rebuilt.heldMs} ms`,
    "former models": rebuilt.wereOfAnother ? `were ${OF_ANOTHER_STORE}` : undefined,
    "former models are kept as": former,
    "former models that are gone": gone.join(", ") || undefined,
    "older former models": left,
  };
  return { isSound: true, words: words("rebuilt", facts), report: { ...rebuilt, former, gone } };
};

async function totalOf(store: Pick<EventStore, "countAfter">, signal: AbortSignal): Promise<number | undefined> {
  const { count } = await store.countAfter(undefined, COUNTED, { signal });
  return count < COUNTED ? count : undefined;
}
