import { BLOCKED_READERS_SECONDS, DEGRADED_LAG_EVENTS } from "../../../lib/monitoring/metrics/cqrs";
import { onConnection } from "../../adapters/postgres/connection";
import { reachOf } from "../../adapters/postgres/models-reach";
import { PostgresReadModels } from "../../adapters/postgres/postgres-read-models";
import { consumerLag } from "../../event-store/consumer-lag";
import { type Position, positionText } from "../../event-store/position";
import { unreadableEvents } from "../../event-store/unreadable-events";
import { countParked } from "../../processors/parked-events";
import { storedCheckpoint } from "../../processors/processor-checkpoints";
import { lacksEvent, OF_ANOTHER_STORE } from "../../recovery/backup/last-event";
import { loadApplication } from "../application";
import type { Command } from "../command";
import { checkEventStore, checkReadModels } from "../lost-stores";
import { replaySettings } from "../replay-settings";
import { openEventStore, readModelsPool, readModelsSchema } from "../stores";
import { words } from "../words";

export interface LagCommandOptions {
  /** Events by which a projection or a processor may be behind. @default 1000 */
  readonly limit?: number;
}

/** How far it is counted beyond the limit. */
const FURTHER = 1_000_000;
const FURTHER_MS = 10_000;

/**
 * By how many events each projection and each processor is behind the event store, and how old the oldest of them is; how many
 * events processors have parked; also how many events are committed and not readable yet. One whose models are of another store
 * is not sound, nor is a store whose readers are blocked. A processor that never ran is behind by all events, which is reported
 * and not judged: after a restore the tool is run before processors are.
 */
export const lagCommand: Command<LagCommandOptions> = async ({ limit = DEGRADED_LAG_EVENTS }, surroundings) => {
  const { environment, signal, use } = surroundings;
  const { projections, processors = [] } = await loadApplication(environment.OPS_APPLICATION);
  const { partitions } = replaySettings(environment);
  const events = use(await openEventStore(environment, { signal }));
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
  const stored = new Map<string, { readonly checkpoint: Position | undefined; readonly parked: number }>();
  for (const name of processors) {
    const checkpoint = await storedCheckpoint(store, name, { signal });
    stored.set(name, { checkpoint, parked: await countParked(store, name, { signal }) });
  }
  const head = await store.head({ signal });
  const reach = await onConnection(primary, signal, (client) => reachOf(client, schema));
  const areOfAnother = reach !== undefined && (await lacksEvent(store, reach, { signal }));
  const bounds = { decisive: limit + 1, further: Math.max(limit + 1, FURTHER), furtherMs: FURTHER_MS };
  const lagOf = async (checkpoints: readonly (Position | undefined)[]) => {
    const { ahead, exact, lag, lagSeconds, lastProcessed } = await consumerLag(store, checkpoints, bounds, signal);
    return { checkpoint: lastProcessed, events: lag, exact, seconds: Math.round(lagSeconds), isOfAnother: ahead };
  };
  const projectionLags = await Promise.all(
    [...known].map(async ([projection, positions]) => {
      const lag = await lagOf(positions);
      return { projection, ...lag, isOfAnother: areOfAnother || lag.isOfAnother };
    }),
  );
  const processorLags = await Promise.all(
    [...stored].map(async ([processor, { checkpoint, parked }]) => ({
      processor,
      ...(await lagOf([checkpoint])),
      parked,
    })),
  );
  const unreadable = await unreadableEvents(store, signal);
  const hasRun = (checkpoint: string | undefined) => checkpoint !== undefined || head === undefined;
  const areBlocked = unreadable.seconds >= BLOCKED_READERS_SECONDS;
  return {
    isSound:
      !areBlocked &&
      projectionLags.every(({ checkpoint }) => hasRun(checkpoint)) &&
      [...projectionLags, ...processorLags.filter(({ checkpoint }) => checkpoint !== undefined)].every(
        ({ events, isOfAnother }) => events < limit && !isOfAnother,
      ),
    words: words("behind by", {
      ...Object.fromEntries(
        projectionLags.map(({ projection, ...lag }) => [
          `projection ${projection}`,
          lagWords(lag, "rebuild the models", "; a partition never ran"),
        ]),
      ),
      ...Object.fromEntries(
        processorLags.map(({ processor, parked, ...lag }) => [
          `processor ${processor}`,
          `${lagWords(lag, `see the stream processor-${processor}`, "; it never ran")}; ${parked} parked`,
        ]),
      ),
      "not readable yet": areBlocked
        ? `${unreadable.events} committed events, the oldest ${Math.round(unreadable.seconds)} seconds old: an open transaction blocks all readers, see the runbook EventStoreReadersBlocked`
        : undefined,
    }),
    report: {
      head: head && positionText(head),
      limit,
      unreadable,
      projections: projectionLags,
      processors: processorLags,
    },
  };
};

interface FoundLag {
  readonly checkpoint: string | undefined;
  readonly events: number;
  readonly exact: boolean;
  readonly seconds: number;
  readonly isOfAnother: boolean;
}

/** @param remedy of one whose checkpoint is of another store. @param neverRan what is added of one that has no checkpoint. */
const lagWords = ({ checkpoint, events, exact, seconds, isOfAnother }: FoundLag, remedy: string, neverRan: string) =>
  isOfAnother
    ? `${OF_ANOTHER_STORE}: ${remedy}`
    : `${exact ? "" : "at least "}${events} events, the oldest ${seconds} seconds old${checkpoint === undefined ? neverRan : ""}`;
