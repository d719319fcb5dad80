import { PostgresReadModels } from "../../adapters/postgres/postgres-read-models";
import { leastOf, positionText } from "../../event-store/position";
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

/** By how many events each projection is behind the event store, and how old the oldest of them is. */
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
  const head = await store.head({ signal });
  const lags = await Promise.all(
    projections.map(async ({ name }) => {
      const known = await models.checkpoints(name, partitions, { signal });
      const least = leastOf(Array.from({ length: partitions }, (_, number) => known.get(number)));
      const { count, oldest } = await store.countAfter(least, Math.max(limit + 1, COUNTED), { signal });
      const seconds = oldest === undefined ? 0 : Math.round((Date.now() - oldest.getTime()) / 1000);
      return { projection: name, checkpoint: least && positionText(least), events: count, seconds };
    }),
  );
  const lines = lags.map(({ projection, events, seconds, checkpoint }) => [
    projection,
    `${events} events, the oldest ${seconds} seconds old${checkpoint === undefined ? "; a partition never ran" : ""}`,
  ]);
  return {
    isSound: lags.every(({ events, checkpoint }) => events < limit && (checkpoint !== undefined || head === undefined)),
    words: words("projections are behind by", Object.fromEntries(lines)),
    report: { head: head && positionText(head), limit, projections: lags },
  };
};
