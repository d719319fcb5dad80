import type { Pool } from "pg";
import { SchemaInUseError } from "../../recovery/rebuild/rebuild-target";
import { WorkLock } from "./work-lock";

const WAIT_MS = 5_000;

/** Lets one at a time build models in a schema, or beside it. */
export const schemaLock = (pool: Pool, schema: string): WorkLock =>
  new WorkLock({
    pool,
    work: `models in ${schema}`,
    waitMs: WAIT_MS,
    inUse: (holder) => new SchemaInUseError(schema, holder),
  });
