import {
  eventStoreProbe,
  ProductionMetrics,
  ProjectionWorker,
  partitionSettings,
  projectionProbe,
  serviceLog,
  serviceSettings,
  startService,
  watchedProbe,
} from "@cdktf-cqrs/runtime";
import { inventoryRows, orderRows, TABLES } from "./read-models";
import { eventStoreOf, readModelsOf } from "./stores";

async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const service = "projections";
  const log = serviceLog({ service, version: environment.VERSION ?? "0" });
  const metrics = new ProductionMetrics({ commandTypes: [], queryTypes: [] });
  const store = await eventStoreOf(environment, service);
  const readModels = readModelsOf(environment, service);
  await readModels.migrate(TABLES);
  const settings = partitionSettings(environment);
  const workers = [orderRows, inventoryRows].map((projection) => ({
    name: projection.name,
    worker: new ProjectionWorker({ projection, store, readModels, settings, log }),
  }));
  const probes = workers.map(({ name, worker }) => {
    const checkpoints = async () => worker.checkpoints;
    return [name, projectionProbe({ eventStore: store, checkpoints, stopped: () => worker.stopped })] as const;
  });
  await startService({
    settings: serviceSettings(environment),
    probes: {
      // A projection's lag is counted by the same connections, and can't tell that they lead to a standby.
      eventStore: { connection: eventStoreProbe(store) },
      // Of the primary it is asked whether it takes rows: a checkpoint that does not move is late to tell.
      readSide: { postgresPrimary: watchedProbe(readModels, (signal) => readModels.checkWritable({ signal })) },
      projections: Object.fromEntries(probes),
    },
    work: {
      start: () => {
        for (const { worker } of workers) worker.start();
      },
      stop: async () => void (await Promise.all(workers.map(({ worker }) => worker.stop()))),
    },
    close: async () => void (await Promise.all([store.close(), readModels.close()])),
    ...{ metrics, log },
  });
}

if (require.main === module) void main(process.env);
