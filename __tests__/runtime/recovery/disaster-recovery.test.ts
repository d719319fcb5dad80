import { Pool } from "pg";
import { inventoryRows, orderRows, TABLES } from "../../../examples/orders/read-models";
import { PostgresEventImport } from "../../../runtime/adapters/postgres/postgres-event-import";
import { PostgresEventLog } from "../../../runtime/adapters/postgres/postgres-event-log";
import { PostgresModelCheck } from "../../../runtime/adapters/postgres/postgres-model-check";
import { PostgresModelDump } from "../../../runtime/adapters/postgres/postgres-model-dump";
import { postgresPool } from "../../../runtime/adapters/postgres/postgres-pool";
import { PostgresRebuild } from "../../../runtime/adapters/postgres/postgres-rebuild";
import { DisasterRecovery } from "../../../runtime/recovery/disaster-recovery";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { newEvent } from "../event-store/events";
import { localKeys } from "./local-wrapping";
import { MemoryStorage } from "./memory-storage";

const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(
  `recovery from a disaster${why === undefined ? "" : `, skipped: ${why}`}`,
  () => {
    let postgres: RunningPostgres;
    beforeAll(async () => {
      postgres = await startPostgres();
    }, 60_000);
    afterAll(() => postgres.stop());

    test("gives the store and the read models back as they were, and finds what is not", async () => {
      const { host, port, user, database } = postgres;
      const pool = new Pool({ connectionString: postgres.url });
      const loading = () => postgresPool({ host, port, user, database, password: "", applicationName: "test" });
      const store = await storeOn(postgres, "event_store");
      const updated = (sku: string) =>
        newEvent({ type: "InventoryUpdated", data: Buffer.from(JSON.stringify({ sku, onHand: 3 })) });
      for (const sku of ["a", "b"]) await store.append(`inventory-${sku}`, [updated(sku)], "no_stream");
      const [rebuildTarget, modelCheck] = [
        new PostgresRebuild({ pool, loading: loading(), tables: TABLES }),
        new PostgresModelCheck({ pool, loading: loading(), tables: TABLES }),
      ];
      const recovery = new DisasterRecovery({
        ...{ storage: new MemoryStorage(), wrappingKeys: localKeys(), store, storeKind: "postgresql" },
        ...{ events: new PostgresEventLog({ pool }), eventImport: new PostgresEventImport({ pool }) },
        ...{ projections: [orderRows, inventoryRows], readModels: new PostgresModelDump({ pool }) },
        ...{ rebuildTarget, modelCheck, partitions: 4, parallelism: undefined },
        log: { info: () => {}, warn: () => {}, error: () => {} },
      });

      const { backupId, status } = await recovery.performBackup();
      expect(status).toBe("completed");
      await pool.query("drop schema event_store cascade");
      const recovered = await recovery.restoreFromBackup(backupId);
      expect(recovered).toMatchObject({ restored: { events: 2 }, rebuilt: { events: 2 }, findings: [] });

      await store.append("inventory-c", [updated("c")], "no_stream");
      await pool.query("update read_models.inventory set on_hand = 4 where sku = 'a'");
      await pool.query("update event_store.events set data = 'x' where stream = 'inventory-b'");
      await expect(recovery.verifySystemIntegrity(backupId)).rejects.toThrow("has stopped");
      await pool.query(
        'update event_store.events set data = \'{"sku":"b","onHand":5}\' where stream = \'inventory-b\'',
      );
      expect((await recovery.verifySystemIntegrity(backupId)).map(({ kind }) => kind)).toEqual([
        ...["events differ", "models differ"],
      ]);

      await Promise.all([store.close(), rebuildTarget.close(), modelCheck.close()]);
      await pool.end();
    }, 60_000);
  },
);
