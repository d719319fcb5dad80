import type { QueryResultRow } from "pg";
import type { ChangedRows } from "../../projections/row-changes";

/** What a projection writes with: all of it becomes visible with its checkpoint. */
export interface SqlTransaction {
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Puts rows that are likely to be new, faster than a statement. @returns whether it was done. @default - always a statement */
  putNew?(rows: ChangedRows): Promise<boolean>;
}
