import { Pool } from "pg";
import type { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { backUp } from "../../../../runtime/recovery/backup/backup";
import { AppendedEventImport } from "../../../../runtime/recovery/restore/appended-event-import";
import { StoreNotEmptyError } from "../../../../runtime/recovery/restore/event-import";
import { restore } from "../../../../runtime/recovery/restore/restore";
import { storeOn } from "../../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { allOf, newEvents } from "../../event-store/events";
import { backupSource } from "../backup-source";
import { localKeys } from "../local-wrapping";
import { MemoryStorage } from "../memory-storage";

const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(
  `a restore by appending${why === undefined ? "" : `, skipped: ${why}`}`,
  () => {
    let postgres: RunningPostgres;
    let pool: Pool;
    let source: PostgresEventStore;
    let target: PostgresEventStore;
    let backup: string;
    const [storage, wrappingKeys] = [new MemoryStorage(), localKeys()];

    beforeAll(async () => {
      postgres = await startPostgres();
      pool = new Pool({ connectionString: postgres.url });
      source = await storeOn(postgres, "source");
      for (const [stream, count] of [
        ["a", 3],
        ["b", 1200],
        ["a", 2],
      ] as const)
        await source.append(stream, newEvents(count), "any");
      ({ id: backup } = await backUp({ storage, wrappingKeys, ...backupSource(source), storeKind: "postgresql" }));
    }, 60_000);
    afterAll(async () => {
      await source.close();
      await pool.end();
      await postgres.stop();
    });
    beforeEach(async () => {
      await pool.query("drop schema if exists target cascade");
      target = await storeOn(postgres, "target");
    });
    afterEach(() => target.close());

    const restored = () => restore({ storage, wrappingKeys, backup, events: new AppendedEventImport(target) });
    const known = async (store: PostgresEventStore) =>
      (await allOf(store.readAll(undefined)))
        .filter(({ stream }) => stream !== "cqrs-ops-restore")
        .map(({ stream, revision, id, type, data }) => ({ stream, revision, id, type, data }));

    test("keeps order, ids and bytes, and says in metadata what could not be kept", async () => {
      await restored();
      expect(await known(target)).toEqual(await known(source));
      const [first] = await allOf(source.readStream("a"));
      const [again] = await allOf(target.readStream("a"));
      expect(again?.metadata).toMatchObject({
        $originalCreatedDate: first?.created.toISOString(),
        $originalEventNumber: "0",
        $originalEventPosition: `${first?.position.major}/${first?.position.minor}`,
      });
    });

    test("that died is finished by another, and done again it changes nothing", async () => {
      let writes = 0;
      const dying = new AppendedEventImport(
        new Proxy(target, {
          get: (store, name: keyof PostgresEventStore) => {
            const member = store[name];
            if (name !== "append") return typeof member === "function" ? member.bind(store) : member;
            return (...of: Parameters<PostgresEventStore["append"]>) => {
              if (++writes > 3) throw new Error("it died");
              return store.append(...of);
            };
          },
        }),
      );
      await expect(restore({ storage, wrappingKeys, backup, events: dying })).rejects.toThrow("it died");
      expect((await known(target)).length).toBeLessThan(1205);
      await restored();
      expect(await known(target)).toEqual(await known(source));
      const before = await allOf(target.readAll(undefined));
      await restored();
      expect(await allOf(target.readAll(undefined))).toEqual(before);
    });

    test("refuses a store that has events of its own, before and since", async () => {
      await target.append("own", newEvents(1), "no_stream");
      await expect(restored()).rejects.toThrow(StoreNotEmptyError);
      await pool.query("truncate target.events");
      await restored();
      await target.append("own", newEvents(1), "no_stream");
      await expect(restored()).rejects.toThrow(StoreNotEmptyError);
    });

    test("replaces nothing, though its name is said, and says so before the backup is read", async () => {
      await target.append("own", newEvents(1), "no_stream");
      const [report, events] = [jest.fn(), new AppendedEventImport(target)];
      await expect(restore({ storage, wrappingKeys, backup, events, report, replace: "event_store" })).rejects.toThrow(
        'and "event_store" as what may be replaced: in KurrentDB, which takes events by appending alone, they can\'t be replaced: restore into a new cluster',
      );
      expect(report).not.toHaveBeenCalled();
    });
  },
);
