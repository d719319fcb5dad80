import { PostgresModelCheck } from "../adapters/postgres/postgres-model-check";
import type { StageReport } from "../recovery/stage-report";
import { type VerifiedModels, verifyModels } from "../recovery/verify/verify-models";
import { loadApplication } from "./application";
import type { CommandSurroundings } from "./command";
import { checkEventStore, checkReadModels } from "./lost-stores";
import { opsLog } from "./ops-log";
import { replaySettings } from "./replay-settings";
import { type OpenedEventStore, readModelsPool, readModelsSchema } from "./stores";

/**
 * What compares the read models of the environment with what the events of a store give. Nothing is read before it is called:
 * whoever has much to read first learns of a setting that is wrong at once.
 * @throws {SettingsError}
 */
export async function modelsCheck(
  opened: OpenedEventStore,
  { environment, signal, use, progress }: CommandSurroundings,
  report: StageReport<string>,
): Promise<() => Promise<VerifiedModels>> {
  const { log: events, store } = opened;
  const { projections, tables } = await loadApplication(environment.OPS_APPLICATION);
  const { partitions, parallelism, connections } = replaySettings(environment);
  const pool = use(readModelsPool(environment), (each) => each.end());
  const schema = readModelsSchema(environment);
  const check = use(
    new PostgresModelCheck({
      ...{ pool, tables, schema },
      loading: readModelsPool(environment, connections),
    }),
  );
  const log = opsLog(progress);
  return async () => {
    await checkEventStore(opened, signal);
    await checkReadModels(pool, schema, signal);
    const head = await store.head({ signal });
    const verified = await verifyModels({ events, head, projections, check, partitions, parallelism, log, signal });
    report("read models compared", { tables: verified.tables, rows: verified.rows });
    return verified;
  };
}
