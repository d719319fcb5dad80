import { onConnection } from "../../adapters/postgres/connection";
import { reachOf } from "../../adapters/postgres/models-reach";
import { PostgresReadModels } from "../../adapters/postgres/postgres-read-models";
import { leastOf, type Position, positionText } from "../../event-store/position";
import { lacksEvent, OF_ANOTHER_STORE } from "../../recovery/backup/last-event";
import { aheadOf } from "../../recovery/rebuild/checkpoints";
import { loadApplication } from "../application";
import type { Command } from "../command";
import { checkEventStore, checkReadModels } from "../lost-stores";
import { replaySettings } from "../replay-settings";
import { openEventStore, readModelsPool, readModelsSchema } from "../stores";
import { words } from "../words";

export interface LagCommandOptions {
  /** Events by which a projection may be behind. @default 1000 */
  readonly limit?: number;
}

/** The seed's: from there on a projection counts as degraded. */
const DEFAULT_LIMIT = 1_000;
/** To how many it is counted beyond the limit. */
const COUNTED = 1_000_000;

/** By how many events each projection is behind the event store, and how old the oldest of them is; one whose models are of another store is not sound. */
export const lagCommand: Command<LagCommandOptions> = async ({ limit = DEFAULT_LIMIT }, surroundings) => {
  const { environment, signal, use } = surroundings;
  const { projections } = await loadApplication(environment.OPS_APPLICATION);
  const { partitions } = replaySettings(environment);
  const events = use(await openEventStore(environment));
  const { store } = events;
  const [primary, schema] = [readModelsPool(environment), readModelsSchema(environment)];
  const models = use(new PostgresReadModels({ primary, schema }));
  await checkEventStore(events, signal);
  await checkReadModels(primary, schema, signal);
  const known = new Map<string, ReadonlyMap<number, Position>>();
  for (const { name } of projections) known.set(name, await models.checkpoints(name, partitions, { signal }));
  // Asked after them, so that it can't be overtaken meanwhile.
  const head = await store.head({ signal });
  const ahead = new Set(aheadOf(head, known).map(({ projection }) => projection));
  const reach = await onConnection(primary, signal, (client) => reachOf(client, schema));
  const areOfAnother = reach !== undefined && (await lacksEvent(store, reach, { signal }));
  const lags = await Promise.all(
    [...known].map(async ([name, positions]) => {
      const least = leastOf(Array.from({ length: partitions }, (_, number) => positions.get(number)));
      const { count, oldest } = await store.countAfter(least, Math.max(limit + 1, COUNTED), { signal });
      const seconds = oldest === undefined ? 0 : Math.round((Date.now() - oldest.getTime()) / 1000);
      const checkpoint = least && positionText(least);
      return { projection: name, checkpoint, events: count, seconds, isOfAnother: areOfAnother || ahead.has(name) };
    }),
  );
  const lines = lags.map(({ projection, events, seconds, checkpoint, isOfAnother }) => [
    projection,
    isOfAnother
      ? `${OF_ANOTHER_STORE}: rebuild the models`
      : `${events} events, the oldest ${seconds} seconds old${checkpoint === undefined ? "; a partition never ran" : ""}`,
  ]);
  const hasRun = (checkpoint: string | undefined) => checkpoint !== undefined || head === undefined;
  return {
    isSound: lags.every((lag) => lag.events < limit && hasRun(lag.checkpoint) && !lag.isOfAnother),
    words: words("projections are behind by", Object.fromEntries(lines)),
    report: { head: head && positionText(head), limit, projections: lags },
  };
};
