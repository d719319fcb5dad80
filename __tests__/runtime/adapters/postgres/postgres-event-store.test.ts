import { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { postgresPool } from "../../../../runtime/adapters/postgres/postgres-pool";
import { FaultyProxy } from "../../../support/servers/faulty-proxy";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { eventStoreContract } from "../../event-store/contract";
import { countingContract } from "../../event-store/counting-contract";
import { faultsContract } from "../../event-store/faults-contract";

/** Enough for an answer of 20 MB on a busy machine. */
const ANSWER_MS = 500;
const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(`with PostgreSQL${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let server: RunningPostgres;
  const storeOn = (options: { schema: string; port?: number; answerMilliseconds?: number }) => {
    const { host, port, database, user } = server;
    const pool = postgresPool({
      ...{ host, port: options.port ?? port, database, user, password: "", applicationName: "test" },
      connectMilliseconds: ANSWER_MS,
    });
    return new PostgresEventStore({ pool, pollMilliseconds: 10, ...options });
  };
  const migrated = async (schema: string) => {
    const store = storeOn({ schema });
    await store.migrate();
    return { store, another: async () => storeOn({ schema }), stop: () => store.close() };
  };

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  describe("an event store", () => eventStoreContract(() => migrated("contract")));
  describe("its counts", () => countingContract(() => migrated("counting")));
  describe("its faults", () =>
    faultsContract(async () => {
      const { store: sound } = await migrated("faults");
      const proxy = await FaultyProxy.start(server);
      const another = () => storeOn({ schema: "faults", port: proxy.port, answerMilliseconds: ANSWER_MS });
      const store = another();
      const stop = async () => {
        await proxy.stop();
        await Promise.all([store.close(), sound.close()]);
      };
      return { store, sound, proxy, another, stop, answerMilliseconds: ANSWER_MS };
    }));
});
