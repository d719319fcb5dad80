import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Pool } from "pg";
import { startLocalPostgres } from "../../examples/orders/local/postgres";
import { isAfter, positionOf } from "../../runtime/event-store/position";
import { eventsOption } from "../events-option";
import { localPool } from "../local-pool";
import { loadHistory } from "./history";
import { type At, ReferenceService } from "./reference-service";
import { cqrsOps } from "./tool";
import { digestsOf, PARTITIONS, undisturbedModels } from "./undisturbed";

// The store and the read models of the reference service are lost and recovered, on this machine, with Debian's PostgreSQL.

/** Events in the history. The nightly run has 200,000. */
const SHORT_HISTORY = 20_000;
const EVENTS = eventsOption(SHORT_HISTORY);
/** In memory, of each command. Memory must not grow with the history; the larger limit is for garbage not yet collected. */
const MOST_MEGABYTES = EVENTS > SHORT_HISTORY ? 256 : 200;
/** Between backups, and before the loss: what is lost with the store is what came since the last backup. */
const SECONDS_OF_ORDERS = 3;

async function main(): Promise<void> {
  const postgres = await startLocalPostgres();
  const folder = mkdtempSync(join(tmpdir(), "drill-"));
  const at: At = { host: "127.0.0.1", port: postgres.port, database: "postgres", user: "postgres", password: "" };
  const pool = localPool(at);
  const service = new ReferenceService(at);
  const environment = environmentOf(at, folder, service.localKey);
  const megabytes: string[] = [];
  const run = async (...args: readonly string[]) => {
    const ran = await cqrsOps(args, environment);
    demand(ran.code === 0, `cqrs-ops ${args[0]} must end with 0, got ${ran.code}`);
    demand(
      ran.megabytes < MOST_MEGABYTES,
      `cqrs-ops ${args[0]} must stay below ${MOST_MEGABYTES} MB, got ${ran.megabytes}`,
    );
    megabytes.push(`${args[0]} ${ran.megabytes}`);
    return ran;
  };
  try {
    await service.migrate();
    const history = await loadHistory(pool, service.fields, EVENTS);
    console.log(`${history} events of the reference service`);

    // Read models that are live, so that there are some to be backed up and to be lost.
    await run("rebuild");
    await service.start();
    await wait(SECONDS_OF_ORDERS * 1000);
    const full = await run("backup");
    await wait(SECONDS_OF_ORDERS * 1000);
    const backup = await run("backup");
    await wait(SECONDS_OF_ORDERS * 1000);
    await service.stop();
    demand(backup.report["goes on from"] === full.report.backup, "the second backup must go on from the first");

    const head = await headOf(pool, Number(backup.report["events in all"]));
    const undisturbed = await undisturbedModels(at, service.store, head);
    const { acknowledged } = service;
    const kept = acknowledged.filter(({ event }) => !isAfter(event.position, head));
    const before = acknowledged.filter(({ at: told }) => told < Date.parse(`${backup.report.recoveryPoint}`));
    demand(before.length > 0, "orders must have come while there were backups");
    demand(
      before.every(({ event }) => !isAfter(event.position, head)),
      "what was acknowledged before the recovery point must be in the backup",
    );

    await pool.query("drop schema event_store cascade; drop schema read_models cascade");
    const lost = performance.now();
    console.log(`\nthe event store and the read models are gone`);
    const restored = await run("restore");
    const rebuilt = await run("rebuild");
    const recovered = performance.now();
    await run("verify", "--store", "--models");
    await run("lag");

    const { rows } = await pool.query<{ id: string }>(
      "select id from event_store.events where stream like 'order-drill-%'",
    );
    const ids = new Set(rows.map(({ id }) => id));
    const missing = kept.filter(({ event }) => !ids.has(event.id));
    demand(missing.length === 0, `nothing that was acknowledged before the head may be missing, got ${missing.length}`);
    const models = await digestsOf(at, "read_models");
    demand(
      JSON.stringify([...models]) === JSON.stringify([...undisturbed]),
      `models must be those of an undisturbed run, got ${JSON.stringify([...models])} for ${JSON.stringify([...undisturbed])}`,
    );

    const lastLost = Math.max(...acknowledged.map(({ at: told }) => told));
    print({
      "events recovered": restored.report.events,
      "acknowledged before the backup's head, and missing": missing.length,
      "acknowledged after it, and lost with the store": acknowledged.length - kept.length,
      "models that differ from an undisturbed run": 0,
      "tables compared": [...models].map(([name, { rows: count }]) => `${name} ${count}`).join(", "),
      "recovery point": `${((lastLost - Date.parse(`${backup.report.recoveryPoint}`)) / 1000).toFixed(1)} s before the last event that was lost`,
      "recovery time": `${((recovered - lost) / 1000).toFixed(1)} s`,
      "megabytes in memory": megabytes.join(", "),
      restoring: `${Math.round(Number(restored.report.events) / Number(restored.report.seconds))} events/s`,
      rebuilding: `${rebuilt.report.eventsPerSecond} events/s`,
    });
  } finally {
    await service.stop();
    await service.close();
    await pool.end();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a job of the platform is told, with stores of this machine. */
const environmentOf = ({ host, port, database, user }: At, folder: string, localKey: string) => ({
  LOCAL_KEY: localKey,
  BACKUP_FOLDER: folder,
  EVENT_STORE_CONNECTION_STRING: `postgres://${user}@${host}:${port}/${database}`,
  SUBJECT_KEYS_URL: `postgres://${user}@${host}:${port}/${database}`,
  DATABASE_HOSTS: host,
  DATABASE_PORT: `${port}`,
  DATABASE_NAME: database,
  DATABASE_USER: user,
  PROJECTION_PARTITIONS: `${PARTITIONS}`,
  PROJECTION_PARALLELISM: "10",
  OPS_APPLICATION: join(__dirname, "..", "..", "examples", "orders", "dist", "ops.js"),
});

/** Where the event stands that is the last of so many. */
async function headOf(pool: Pool, events: number) {
  const { rows } = await pool.query<{ position: string }>(
    `select transaction_id || '/' || global_position as position from event_store.events
    order by transaction_id, global_position offset $1 limit 1`,
    [events - 1],
  );
  return positionOf(rows[0]?.position ?? "");
}

function demand(isSo: boolean, what: string): asserts isSo {
  if (!isSo) throw new Error(what);
}

function print(facts: Readonly<Record<string, unknown>>): void {
  console.log(
    `\n${Object.entries(facts)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n")}`,
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
