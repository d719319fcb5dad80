import { Client } from "pg";
import { inventoryRows, orderRows, TABLES } from "../../examples/orders/read-models";
import { postgresPool } from "../../runtime/adapters/postgres/postgres-pool";
import { PostgresReadModels } from "../../runtime/adapters/postgres/postgres-read-models";
import { type TableDigest, tableDigests } from "../../runtime/adapters/postgres/table-digest";
import type { EventStore } from "../../runtime/event-store/event-store";
import { comparePositions, isAfter, type Position } from "../../runtime/event-store/position";
import { ProjectionWorker } from "../../runtime/projections/projection-worker";
import type { Log } from "../../runtime/service/log";
import type { At } from "./reference-service";

export const PARTITIONS = 20;
const SETTINGS = { workers: 1, index: 0, partitions: PARTITIONS, parallelism: 10 };
const SCHEMA = "undisturbed";
const LOG: Log = { info: () => {}, warn: () => {}, error: (line, message) => console.error(message, line) };

/**
 * Models as the service's own workers make them of the events up to a position, in a schema of their own: what there would be if
 * nothing had ever been lost.
 */
export async function undisturbedModels(
  at: At,
  store: EventStore,
  head: Position,
): Promise<ReadonlyMap<string, TableDigest>> {
  const primary = postgresPool({ ...at, applicationName: "projections" });
  const readModels = new PostgresReadModels({ primary, schema: SCHEMA });
  await readModels.migrate(TABLES);
  const workers = [orderRows, inventoryRows].map(
    (projection) =>
      new ProjectionWorker({
        ...{ projection, readModels, settings: SETTINGS, log: LOG, checkpointMs: 200 },
        store: upTo(store, head),
      }),
  );
  for (const worker of workers) worker.start();
  const isThere = () =>
    workers.every(({ checkpoints }) =>
      checkpoints.every((each) => each !== undefined && comparePositions(each, head) === 0),
    );
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 100));
  for (const worker of workers) await worker.stop();
  await readModels.close();
  return digestsOf(at, SCHEMA);
}

/** What a schema's tables hold, byte for byte. */
export async function digestsOf(at: At, schema: string): Promise<ReadonlyMap<string, TableDigest>> {
  const client = new Client(at);
  await client.connect();
  try {
    return await tableDigests(client, schema, ["checkpoints", "rebuild"]);
  } finally {
    // Unlike a pool's end, it waits until the connection has closed: the server may end next.
    await client.end();
  }
}

/** The same store, as it was at a position. */
const upTo = (store: EventStore, head: Position): EventStore =>
  new Proxy(store, {
    get: (target, name: keyof EventStore) =>
      name === "subscribe"
        ? async function* (...of: Parameters<EventStore["subscribe"]>) {
            for await (const event of target.subscribe(...of)) {
              if (!isAfter(event.position, head)) yield event;
              if (!isAfter(head, event.position))
                await new Promise((_, reject) => of[1]?.signal?.addEventListener("abort", reject));
            }
          }
        : target[name],
  });
