import { PostgresEventLog } from "../../../runtime/adapters/postgres/postgres-event-log";
import { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { postgresPool } from "../../../runtime/adapters/postgres/postgres-pool";
import { PostgresRebuild } from "../../../runtime/adapters/postgres/postgres-rebuild";
import { tableProjection } from "../../../runtime/adapters/postgres/table-projection";
import { fromJson } from "../../../runtime/event-store/decision";
import { put } from "../../../runtime/projections/row-changes";
import { rebuild } from "../../../runtime/recovery/rebuild/rebuild";

const TABLES = ["create table if not exists documents (id uuid primary key, document jsonb not null)"];
const PARTITIONS = 20;
const PARALLELISM = 10;

/** A row an event, with all that is in it: nothing that a projection makes of events takes more. */
const documents = tableProjection({
  name: "documents",
  types: ["Kept"],
  changes: async (event) => [put("documents", { id: event.id }, { document: (await fromJson(event)).data })],
});

/** What a process has had in memory when it says it, in megabytes. */
const megabytes = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

// A program of the tests: a rebuild in a process of its own, which says what it has had in memory before and at most.
async function main(port: number): Promise<void> {
  const pool = () =>
    postgresPool({
      ...{ host: "127.0.0.1", port, database: "postgres", user: "postgres", password: "" },
      applicationName: "rebuild-run",
    });
  const [events, place, loading] = [pool(), pool(), pool()];
  const store = new PostgresEventStore({ pool: pool() });
  const target = new PostgresRebuild({ pool: place, loading, tables: TABLES });
  const before = megabytes();
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const rebuilt = await rebuild({
    ...{ events: new PostgresEventLog({ pool: events }), store, projections: [documents], target, log },
    ...{ partitions: PARTITIONS, parallelism: PARALLELISM },
  });
  process.stdout.write(JSON.stringify({ events: rebuilt.events, seconds: rebuilt.seconds, before, most: megabytes() }));
  await Promise.all([target.close(), store.close(), events.end(), place.end()]);
}

if (require.main === module) void main(Number(process.env.PORT));
