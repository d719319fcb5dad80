// #region docs/runtime.md
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { ProjectionWorker, serviceLog, toJson } from "@cdktf-cqrs/runtime";
import { PostgresEventStore } from "@cdktf-cqrs/runtime/adapters/postgres/postgres-event-store";
import { postgresPool } from "@cdktf-cqrs/runtime/adapters/postgres/postgres-pool";
import { PostgresReadModels } from "@cdktf-cqrs/runtime/adapters/postgres/postgres-read-models";
import { chairRows, tables } from "./ops";

async function main(): Promise<void> {
  const port = Number(process.env.DATABASE_PORT ?? 5432);
  const server = { host: "127.0.0.1", port, database: "postgres", user: "postgres", password: "" };
  const pool = () => postgresPool({ ...server, applicationName: "chairs" });
  const [store, readModels] = [new PostgresEventStore({ pool: pool() }), new PostgresReadModels({ primary: pool() })];
  await store.migrate();
  await readModels.migrate(tables);

  const sku = randomUUID();
  const made = { type: "ChairMade", data: { sku, color: "red" } };
  await store.append(`chair-${sku}`, [{ id: randomUUID(), type: made.type, data: await toJson(made) }], "no_stream");

  const settings = { workers: 1, index: 0, partitions: 20, parallelism: 10 };
  const log = serviceLog({ service: "chairs", version: "1" });
  const worker = new ProjectionWorker({ projection: chairRows, store, readModels, settings, log });
  worker.start();
  let rows: readonly object[] = [];
  for (; rows.length === 0; await wait(100))
    rows = await readModels.query("select sku, color from chairs where sku = $1", [sku]);
  process.stdout.write(`${JSON.stringify(rows)}\n`);
  await worker.stop();
  await Promise.all([store.close(), readModels.close()]);
}

void main();
// #endregion
