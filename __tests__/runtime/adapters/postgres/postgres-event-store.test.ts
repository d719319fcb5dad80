import { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { postgresPool } from "../../../../runtime/adapters/postgres/postgres-pool";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/running-postgres";
import { eventStoreContract } from "../../event-store/contract";

const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(`with PostgreSQL${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let server: RunningPostgres;
  const storeOn = (schema?: string) => {
    const { host, port, database, user } = server;
    const pool = postgresPool({ host, port, database, user, password: "", applicationName: "test" });
    return new PostgresEventStore({ pool, schema, pollMilliseconds: 10 });
  };

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  describe("an event store", () => {
    eventStoreContract(async () => {
      const store = storeOn();
      await store.migrate();
      return { store, another: async () => storeOn(), stop: () => store.close() };
    });
  });
});
