import type { SqlTransaction } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { PostgresRebuild, type PostgresRebuildOptions } from "../../../../runtime/adapters/postgres/postgres-rebuild";
import { PostgresRebuildInPlace } from "../../../../runtime/adapters/postgres/postgres-rebuild-in-place";
import { type RebuildOptions, rebuild } from "../../../../runtime/recovery/rebuild/rebuild";
import { streamTotals, TOTALS } from "./stream-totals";

export const TARGETS = { "beside the former ones": PostgresRebuild, "in place": PostgresRebuildInPlace };
export type Target = (typeof TARGETS)[keyof typeof TARGETS];
export type TotalsOptions = Omit<Partial<RebuildOptions<SqlTransaction>>, "target">;
export type TotalsPlace = Omit<PostgresRebuildOptions, "tables"> & Partial<PostgresRebuildOptions>;

export const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Builds the totals of streams, eight partitions of them, and closes what it has built with, however it went. */
export async function rebuildTotals(
  place: TotalsPlace,
  options: Pick<RebuildOptions<SqlTransaction>, "events" | "store"> & TotalsOptions,
  Target: Target = PostgresRebuild,
) {
  const target = new Target({ tables: [TOTALS], ...place });
  try {
    return await rebuild({
      projections: [streamTotals],
      partitions: 8,
      parallelism: 2,
      log: silent,
      ...options,
      target,
    });
  } finally {
    await target.close();
  }
}
