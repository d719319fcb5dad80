import { KurrentDbEventStore } from "../../../runtime/adapters/kurrentdb/kurrentdb-event-store";
import type { EventStore } from "../../../runtime/event-store/event-store";
import { EventProcessor } from "../../../runtime/processors/event-processor";
import { cqrsOps, opsEnvironment } from "../../support/runtime/cqrs-ops";
import { cqrsOpsBySchedule } from "../../support/runtime/cqrs-ops-in-process";
import { KurrentDbStandIn } from "../../support/servers/kurrentdb-stand-in";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { newEvent, newStream } from "../event-store/events";

/** Of the application that the tool is told of. */
const PROCESSOR = "fulfilment";

interface Place {
  readonly store: EventStore;
  readonly environment: Readonly<Record<string, string>>;
}

const why = whyNoPostgres();
(why === undefined ? describe : describe.skip)(`parked events${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let postgres: RunningPostgres;
  const ends: (() => unknown)[] = [];
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres.stop());
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  const inPostgres = async (): Promise<Place> => {
    const store = await storeOn(postgres, "event_store");
    return { store, environment: opsEnvironment(postgres) };
  };
  const inKurrentDb = async (): Promise<Place> => {
    const standIn = await KurrentDbStandIn.start();
    ends.push(() => standIn.stop());
    const connectionString = `kurrentdb://127.0.0.1:${standIn.port}?tls=false`;
    const store = new KurrentDbEventStore({ connectionString });
    return { store, environment: { ...opsEnvironment(postgres), EVENT_STORE_CONNECTION_STRING: connectionString } };
  };

  describe.each([
    { name: "PostgreSQL", open: inPostgres },
    { name: "a protocol stand-in for KurrentDB", open: inKurrentDb },
  ])("in $name", ({ open }) => {
    test("are listed, handled again and dropped", async () => {
      const { store, environment } = await open();
      ends.push(() => store.close());
      const [poison, other] = [newEvent(), newEvent()];
      const stream = newStream();
      await store.append(stream, [poison, other], "no_stream");
      let isBroken = true;
      const handled: string[] = [];
      const silent = () => {};
      const processor = new EventProcessor({
        ...{ name: PROCESSOR, store, types: [poison.type], retryMs: 1 },
        log: { info: silent, warn: silent, error: silent },
        handle: async ({ id }) => {
          if (isBroken) throw new TypeError("no");
          handled.push(id);
        },
      });
      ends.push(() => processor.stop());
      processor.start();
      const report = async (tool: typeof cqrsOps, ...args: readonly string[]) => {
        const { code, out } = await tool(["--json", "parked", ...args], environment);
        return { code, ...JSON.parse(out) };
      };
      const list = () => report(cqrsOpsBySchedule, "list");
      const listed = async (events: number) => {
        for (;;) {
          const found = await list();
          if (found.processors[0].parked.length === events) return found;
        }
      };

      const entry = {
        ...{ event: poison.id, type: poison.type, stream, revision: "0", reason: "TypeError" },
        parked: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      };
      expect(await listed(2)).toEqual({
        ...{ code: 1, command: "parked list" },
        processors: [{ processor: PROCESSOR, parked: [entry, { ...entry, event: other.id, revision: "1" }] }],
      });
      const { out } = await cqrsOpsBySchedule(["parked", "list", "--processor", PROCESSOR], environment);
      expect(out).toMatch(
        new RegExp(
          `  ${PROCESSOR} ${poison.id}: ${poison.type}, revision 0 of ${stream}, TypeError, parked at \\d{4}-.*Z\n`,
        ),
      );

      const retry = ["retry", "--processor", PROCESSOR] as const;
      expect(await report(cqrsOps, ...retry)).toMatchObject({
        ...{ code: 0, processor: PROCESSOR },
        retried: [{ event: poison.id }, { event: other.id }],
      });
      // They fail again.
      await listed(2);
      expect(handled).toEqual([]);
      isBroken = false;
      expect(await report(cqrsOpsBySchedule, ...retry, "--event", poison.id)).toMatchObject({
        retried: [{ event: poison.id }],
      });
      while (handled.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      const drop = ["drop", "--processor", PROCESSOR, "--event", other.id] as const;
      expect(await report(cqrsOps, ...drop)).toMatchObject({ code: 0, dropped: [{ event: other.id }] });
      expect(await list()).toMatchObject({ code: 0, processors: [{ parked: [] }] });
      expect((await cqrsOpsBySchedule(["parked", "list"], environment)).out).toBe("no event is parked\n");
      expect(handled).toEqual([poison.id]);

      const refused = async (...args: readonly string[]) => {
        const { code, progress } = await cqrsOpsBySchedule(["parked", ...args], environment);
        return [code, progress];
      };
      expect(await refused(...drop)).toEqual([
        2,
        expect.stringContaining(`event: must be parked by ${PROCESSOR}, got ${other.id}: see cqrs-ops parked list\n`),
      ]);
      expect(await refused("list", "--processor", "mails")).toEqual([
        2,
        expect.stringContaining(`processor: must be one of ${PROCESSOR}, got mails\n`),
      ]);
      expect(await refused("drop", "--processor", PROCESSOR)).toEqual([
        2,
        expect.stringContaining("required option '--event <ids...>' not specified"),
      ]);
      // None is left to be retried.
      expect(await report(cqrsOpsBySchedule, ...retry)).toMatchObject({ code: 0, retried: [] });
    }, 60_000);
  });
});
