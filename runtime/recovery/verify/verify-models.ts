import type { EventLog } from "../../event-store/event-batches";
import { type Position, positionText } from "../../event-store/position";
import type { Projection } from "../../projections/projection";
import type { Log } from "../../service/log";
import { aheadOf } from "../rebuild/checkpoints";
import { Replay } from "../rebuild/replay";
import { type Finding, finding } from "./finding";
import type { ModelCheck } from "./model-check";

export interface VerifyModelsOptions<Transaction> {
  readonly events: EventLog;
  /** Where the store ends. */
  readonly head: Position | undefined;
  readonly projections: readonly Projection<Transaction>[];
  readonly check: ModelCheck<Transaction>;
  readonly partitions: number;
  readonly parallelism: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface VerifiedModels {
  readonly findings: readonly Finding[];
  readonly tables: number;
  readonly rows: number;
}

/**
 * Compares read models with a second rebuild of them, byte for byte, up to where each of their partitions is. Models that are
 * ahead of the store, or of which nothing says where they are, are not compared.
 * @throws {ReplayStoppedError} when an event can't be handled.
 * @throws {PartitionsDifferError} when the models were written with another number of partitions.
 */
export async function verifyModels<Transaction>(options: VerifyModelsOptions<Transaction>): Promise<VerifiedModels> {
  const { check, head, signal } = options;
  const ahead: Finding[] = [];
  const compared = await check.compare(
    options,
    async (readModels, until) => {
      for (const { projection, partition, position } of aheadOf(head, until))
        ahead.push(
          finding(
            "model ahead of its store",
            `${projection}, partition ${partition}`,
            `it is at ${positionText(position)}`,
          ),
        );
      if (ahead.length === 0) await new Replay({ ...options, readModels, until }).run();
    },
    { signal },
  );
  return ahead.length > 0 ? { ...compared, findings: ahead } : compared;
}
