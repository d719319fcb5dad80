import type { Pool, PoolClient } from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { Waiting } from "../../keys/wrapping-keys";
import type { DumpedTable, ModelSnapshot, ModelSource } from "../../recovery/backup/model-dump";
import { type CheckpointRow, selectCheckpoints } from "./checkpoint-table";
import { inTransaction } from "./connection";
import { checkSchema } from "./event-table";
import { isThere } from "./is-there";
import { reachOf } from "./models-reach";
import { allowLongStatements } from "./silent-connections";
import { unlessSwapped } from "./unless-swapped";

export interface PostgresModelDumpOptions {
  /** Of the primary or of a replica; its maker's to end. */
  readonly pool: Pool;
  /** @default "read_models" */
  readonly schema?: string;
}

/** One snapshot for all tables; it holds no lock that a projection would wait for, and gets no number of its own. */
const MODE = "isolation level repeatable read read only";
const CHECKPOINTS = "checkpoints";
/** No models: where they are, and what a rebuild in place that died has left. */
const OTHERS = [CHECKPOINTS, "rebuild"];

const NOTHING: ModelSnapshot = { checkpoints: [], tables: async function* () {} };

/** Tables of read models as COPY gives them, all of one moment. */
export class PostgresModelDump implements ModelSource {
  private readonly pool: Pool;
  private readonly schema: string;

  /** @throws {RangeError} for a schema's name that can't be. */
  constructor({ pool, schema = "read_models" }: PostgresModelDumpOptions) {
    this.pool = pool;
    this.schema = checkSchema(schema);
  }

  snapshot<Result>(work: (snapshot: ModelSnapshot) => Promise<Result>, { signal }: Waiting = {}): Promise<Result> {
    return inTransaction(
      this.pool,
      signal,
      async (client) => {
        // A table may take long to be read, and its upload longer.
        await allowLongStatements(client);
        await client.query("set local idle_in_transaction_session_timeout = 0");
        return unlessSwapped(client, this.schema, async () => {
          // Where there are no models, lost or not yet made, there are events to be backed up all the same.
          if (!(await isThere(client, `${this.schema}.${CHECKPOINTS}`))) return work(NOTHING);
          const { rows } = await client.query<CheckpointRow>(
            `${selectCheckpoints(`${this.schema}.${CHECKPOINTS}`)} order by projection, partition`,
          );
          const checkpoints = rows.map(({ partitions, ...row }) =>
            partitions === null ? row : { ...row, partitions },
          );
          const reach = await reachOf(client, this.schema);
          return work({ checkpoints, reach, tables: () => tablesOf(client, this.schema) });
        });
      },
      MODE,
    );
  }
}

async function* tablesOf(client: PoolClient, schema: string): AsyncGenerator<DumpedTable & { counted(): number }> {
  const { rows: tables } = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and c.relname <> all($2)
    group by c.relname order by c.relname`,
    [schema, OTHERS],
  );
  for (const { name, columns } of tables) {
    const list = columns.map((column) => client.escapeIdentifier(column)).join(", ");
    const rows = client.query(
      copyTo(`copy (select ${list} from ${schema}.${client.escapeIdentifier(name)}) to stdout`),
    );
    yield { name, columns, rows, counted: () => rows.rowCount };
  }
}
