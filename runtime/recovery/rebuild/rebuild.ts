import type { EventLog } from "../../event-store/event-batches";
import { positionText } from "../../event-store/position";
import type { Projection } from "../../projections/projection";
import { PartitionsDifferError } from "../../read-models/read-models";
import type { Log } from "../../service/log";
import type { KnownStore } from "../backup/last-event";
import { EventStoreReplacedError } from "../event-store-replaced-error";
import { secondsSince } from "../seconds-since";
import type { StageReport } from "../stage-report";
import { CheckedReplay } from "./checked-replay";
import { aheadOf } from "./checkpoints";
import type { FormerModels, RebuildTarget } from "./rebuild-target";
import { type ReplayLimits, ReplayStoppedError } from "./replay";

/** In their order; events are replayed in rounds, each of what has come during the one before it. */
export const REBUILD_STAGES = [
  "rebuild begun",
  "events replayed",
  "round replayed",
  "models completed",
  "projections held",
  "models swapped",
] as const;
export type RebuildStage = (typeof REBUILD_STAGES)[number];

export interface RebuildOptions<Transaction> extends ReplayLimits {
  readonly events: EventLog;
  /** The same events: by its last one it is known again. */
  readonly store: KnownStore;
  readonly projections: readonly Projection<Transaction>[];
  readonly target: RebuildTarget<Transaction>;
  /** As the projections' pods have them: `PROJECTION_PARTITIONS`. */
  readonly partitions: number;
  /** Of the projections' code: what another version has begun is begun anew. @default - always the same */
  readonly version?: string;
  /** Partitions that are worked on at a time. @default 10 */
  readonly parallelism?: number;
  readonly log: Log;
  readonly report?: StageReport<RebuildStage>;
  readonly signal?: AbortSignal;
}

export interface Rebuilt {
  readonly events: number;
  /** Position that the models are at. */
  readonly position: string | undefined;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** How long projections were held back. */
  readonly heldMs: number;
  /** Whether the former models had events that the store has not: they were of what it was before it was restored. */
  readonly wereOfAnother: boolean;
  /** Where the former models are kept, to go back to. */
  readonly former: string | undefined;
}

/** The seed's. */
const DEFAULT_PARALLELISM = 10;
/** So few that projections are held back for no more than moments. */
const SMALL_ROUND = 1_000;
/** Where more comes than can be replayed, the swap waits for what came last. */
const MAX_ROUNDS = 50;
const NEVER = new AbortController().signal;

/**
 * Builds read models anew, beside those that are read: all events, then what came meanwhile until that is little, then the swap.
 * What died is gone on with from its checkpoints, where the event store is still the one that it was begun of. Nobody is written
 * to: projections change rows and nothing else.
 * @throws {ReplayStoppedError} when an event can't be handled; the models that are read are as they were.
 * @throws {PartitionsDifferError} when models are cleared in place and a worker with another number of partitions was faster.
 * @throws {EventStoreReplacedError} when a restore has put another in the place of the event store meanwhile.
 * @throws {SchemaInUseError} when another rebuild of them is going on.
 * @throws {RangeError} for projections or partitions that can't be.
 */
export async function rebuild<Transaction>(options: RebuildOptions<Transaction>): Promise<Rebuilt> {
  let isOfUse = true;
  try {
    return await build(options);
  } catch (error) {
    // What can't be handled is mended in the code, and what the former code has made is not what the mended one makes.
    // Nor is what somebody else has begun to write there, with another number of partitions, or what was of another event store.
    isOfUse = !OF_NO_USE.some((kind) => error instanceof kind);
    throw error;
  } finally {
    await options.target.end(isOfUse);
  }
}

async function build<Transaction>(options: RebuildOptions<Transaction>): Promise<Rebuilt> {
  const { target, report, projections, partitions, version, signal = NEVER } = options;
  const { parallelism = DEFAULT_PARALLELISM } = options;
  const began = performance.now();
  const replay = new CheckedReplay({ ...options, parallelism, signal });
  const of = JSON.stringify([partitions, projections.map(({ name, types }) => [name, types]), version]);
  const resumed = await target.begin(of, replay.isInLog, { signal });
  report?.("rebuild begun", { resumed, place: target.place });
  const catchUp = async (): Promise<void> => {
    for (let round = 1; ; round++) {
      const read = await replay.readOn();
      report?.("round replayed", { round, events: replay.events });
      if (read <= SMALL_ROUND || round === MAX_ROUNDS) return;
    }
  };
  await catchUp();
  await target.complete({ signal });
  report?.("models completed");
  // What came while indexes were made is not for projections to wait for.
  await catchUp();

  let [held, wereOfAnother] = [0, false];
  const drain = async (models: FormerModels | undefined): Promise<boolean> => {
    report?.("projections held");
    const since = performance.now();
    await replay.readOn();
    const { checkpoints, reach } = models ?? {};
    const isAhead = checkpoints !== undefined && aheadOf(replay.position, checkpoints).length > 0;
    wereOfAnother = isAhead || (reach !== undefined && !(await replay.isInLog(reach)));
    held = Math.round(performance.now() - since);
    return wereOfAnother;
  };
  const former = await target.swap(drain, { signal });
  const seconds = secondsSince(began);
  const { events, position } = replay;
  const rebuilt = {
    events,
    position: position && positionText(position),
    seconds,
    eventsPerSecond: Math.round(events / seconds),
    heldMs: held,
    wereOfAnother,
    former,
  };
  report?.("models swapped", rebuilt);
  return rebuilt;
}

/** After which nothing that was built is gone on with. */
const OF_NO_USE = [ReplayStoppedError, PartitionsDifferError, EventStoreReplacedError];
