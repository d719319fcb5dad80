import type { Pool } from "pg";
import { type Bounds, within } from "../../deadline";
import type { Reading } from "../../event-store/event-store";
import type { ReadModels } from "../../read-models/read-models";
import type { Checkpoints } from "../../recovery/rebuild/checkpoints";
import { type Finding, finding } from "../../recovery/verify/finding";
import type { ModelCheck, ProjectedModels } from "../../recovery/verify/model-check";
import { checkpointsIn } from "./checkpoints-in";
import { borrowed, inTransaction } from "./connection";
import { checkSchema } from "./event-table";
import { isThere } from "./is-there";
import { PostgresReadModels, type SqlTransaction } from "./postgres-read-models";
import { schemaLock } from "./schema-lock";
import { allowLongStatements } from "./silent-connections";
import { type TableDigest, tableDigests } from "./table-digest";
import { unlessSwapped } from "./unless-swapped";
import type { WorkLock } from "./work-lock";

export interface PostgresModelCheckOptions {
  /** Of the primary, with two connections or more; its maker's to end. */
  readonly pool: Pool;
  /** Others of the primary, as many as partitions are worked on at a time; ended at the close. */
  readonly loading: Pool;
  /** @default "read_models" */
  readonly schema?: string;
  /** Statements that make tables, as the projections give them to `migrate`. */
  readonly tables: readonly string[];
}

const MODE = "isolation level repeatable read read only";
/** Ours, of what is built to compare with. */
const DROP_MS = 5_000;
const NOT_MODELS = ["checkpoints", "rebuild"];

/** Compares a schema of read models with one that is built beside it, and goes afterwards. */
export class PostgresModelCheck implements ModelCheck<SqlTransaction> {
  private readonly schema: string;
  private readonly beside: string;
  private readonly models: PostgresReadModels;
  private readonly lock: WorkLock;

  /** @throws {RangeError} for a schema's name that can't be. */
  constructor(private readonly options: PostgresModelCheckOptions) {
    this.schema = checkSchema(options.schema ?? "read_models");
    this.beside = checkSchema(`${this.schema}_check`);
    this.lock = schemaLock(options.pool, this.beside);
    this.models = new PostgresReadModels({ primary: options.loading, schema: this.beside, bulk: true });
  }

  async compare(
    of: ProjectedModels,
    build: (models: ReadModels<SqlTransaction>, until: Checkpoints) => Promise<void>,
    { signal }: Reading = {},
  ) {
    const drop = (bounds: Bounds) =>
      within(bounds, (end) =>
        borrowed(this.options.pool, end, (client) => client.query(`drop schema if exists ${this.beside} cascade`)),
      );
    return this.lock.during(signal, async () => {
      try {
        const actual = await this.look(this.schema, signal, of);
        await drop({ signals: [signal] });
        await this.models.migrate(this.options.tables, { signal });
        await build(this.models, actual.checkpoints);
        const expected = await this.look(this.beside, signal);
        const rows = [...actual.tables.values()].reduce((sum, table) => sum + table.rows, 0);
        const findings = [...actual.unfinished, ...differences(actual.tables, expected.tables)];
        return { tables: actual.tables.size, rows, findings };
      } finally {
        // Also of a run that is asked to stop. What is left is dropped by the next comparison.
        await drop({ limitMs: DROP_MS }).catch((error) => {
          signal?.throwIfAborted();
          throw error;
        });
      }
    });
  }

  close(): Promise<void> {
    return this.models.close();
  }

  private look(schema: string, signal: AbortSignal | undefined, of?: ProjectedModels) {
    return inTransaction(
      this.options.pool,
      signal,
      async (client) => {
        await allowLongStatements(client);
        return unlessSwapped(client, schema, async () => {
          const checkpoints = await checkpointsIn(client, schema, of);
          // They may be what the events up to their checkpoints give, and readers see half of them all the same.
          const unfinished = (await isThere(client, `${schema}.rebuild`)) ? [finding("models unfinished", schema)] : [];
          return { checkpoints, unfinished, tables: await tableDigests(client, schema, NOT_MODELS) };
        });
      },
      MODE,
    );
  }
}

type Tables = ReadonlyMap<string, TableDigest>;

const differences = (actual: Tables, expected: Tables): readonly Finding[] =>
  [...new Set([...actual.keys(), ...expected.keys()])].sort().flatMap((name) => {
    const [is, should] = [actual.get(name), expected.get(name)];
    if (is?.sha256 === should?.sha256) return [];
    const rows = (table: TableDigest | undefined) => (table === undefined ? "no table" : `${table.rows} rows`);
    return finding("models differ", name, `it has ${rows(is)}, events give ${rows(should)}, which are not the same`);
  });
