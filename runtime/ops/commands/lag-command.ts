import { BLOCKED_READERS_SECONDS } from "../../../lib/monitoring/metrics/cqrs";
import { onConnection } from "../../adapters/postgres/connection";
import { reachOf } from "../../adapters/postgres/models-reach";
import { PostgresReadModels } from "../../adapters/postgres/postgres-read-models";
import { type Position, positionText } from "../../event-store/position";
import { unreadableEvents } from "../../event-store/unreadable-events";
import { projectionLag } from "../../projections/projection-lag";
import { lacksEvent, OF_ANOTHER_STORE } from "../../recovery/backup/last-event";
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
/** How far it is counted beyond the limit. */
const FURTHER = 1_000_000;
const FURTHER_MS = 10_000;

/**
 * By how many events each projection is behind the event store, and how old the oldest of them is; also how many events are
 * committed and not readable yet. One whose models are of another store is not sound, nor is a store whose readers are blocked.
 */
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
  const known = new Map<string, readonly (Position | undefined)[]>();
  for (const { name } of projections) {
    const positions = await models.checkpoints(name, partitions, { signal });
    known.set(
      name,
      Array.from({ length: partitions }, (_, number) => positions.get(number)),
    );
  }
  const head = await store.head({ signal });
  const reach = await onConnection(primary, signal, (client) => reachOf(client, schema));
  const areOfAnother = reach !== undefined && (await lacksEvent(store, reach, { signal }));
  const bounds = { decisive: limit + 1, further: Math.max(limit + 1, FURTHER), furtherMs: FURTHER_MS };
  const lags = await Promise.all(
    [...known].map(async ([projection, positions]) => {
      const { ahead, exact, lag, lagSeconds, lastProcessed } = await projectionLag(store, positions, bounds, signal);
      return {
        ...{ projection, checkpoint: lastProcessed, events: lag, exact, seconds: Math.round(lagSeconds) },
        isOfAnother: areOfAnother || ahead,
      };
    }),
  );
  const unreadable = await unreadableEvents(store, signal);
  const lines = lags.map(({ projection, events, exact, seconds, checkpoint, isOfAnother }) => [
    projection,
    isOfAnother
      ? `${OF_ANOTHER_STORE}: rebuild the models`
      : `${exact ? "" : "at least "}${events} events, the oldest ${seconds} seconds old${checkpoint === undefined ? "; a partition never ran" : ""}`,
  ]);
  const hasRun = (checkpoint: string | undefined) => checkpoint !== undefined || head === undefined;
  const areBlocked = unreadable.seconds >= BLOCKED_READERS_SECONDS;
  return {
    isSound: !areBlocked && lags.every((lag) => lag.events < limit && hasRun(lag.checkpoint) && !lag.isOfAnother),
    words: words("projections are behind by", {
      ...Object.fromEntries(lines),
      "not readable yet": areBlocked
        ? `${unreadable.events} committed events, the oldest ${Math.round(unreadable.seconds)} seconds old: an open transaction blocks all readers, see the runbook EventStoreReadersBlocked`
        : undefined,
    }),
    report: { head: head && positionText(head), limit, unreadable, projections: lags },
  };
};
