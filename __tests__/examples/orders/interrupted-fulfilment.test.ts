import { randomBytes } from "node:crypto";
import {
  DataKeys,
  type EventStore,
  EventStoreUnavailableError,
  FieldEncryption,
  type MessageContext,
  readState,
  type StoredEvent,
} from "@cdktf-cqrs/runtime";
import { LocalKeys } from "@cdktf-cqrs/runtime/adapters/local/local-keys";
import { MemorySubjectKeys } from "@cdktf-cqrs/runtime/adapters/local/memory-subject-keys";
import { commandHandlers } from "../../../examples/orders/command-api";
import { fulfilment } from "../../../examples/orders/command-processors";
import { available, inventoryStream } from "../../../examples/orders/domain/inventory";
import { orderStream } from "../../../examples/orders/domain/order";
import { inventories, orders } from "../../../examples/orders/events";
import type { PostgresEventStore } from "../../../runtime/adapters/postgres/postgres-event-store";
import { allOf } from "../../runtime/event-store/events";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";

const why = whyNoPostgres();
const customer = { email: "ada@example.com", creditCard: "4111 1111 1111 1111" };
const items = [
  { sku: "chair", quantity: 3 },
  { sku: "table", quantity: 2 },
  { sku: "lamp", quantity: 1 },
];
const context: MessageContext = {
  correlationId: "c-1",
  principal: { subject: "customer-7", roles: ["user"] },
  signal: new AbortController().signal,
};
/** No order takes more appends. */
const STEPS = [1, 2, 3, 4, 5, 6, 7];

/** A fake on a real store: its append of that number fails, either before it is sent or once it is done; so does all that follows. */
function interrupted(store: EventStore, step: number, when: "before" | "after") {
  let appends = 0;
  const down = () => new EventStoreUnavailableError(new Error(`it went away ${when} append ${step}`));
  const fake = new Proxy(store, {
    get: (target, name) => {
      if (name !== "append") return Reflect.get(target, name).bind(target);
      return async (...given: Parameters<EventStore["append"]>) => {
        appends++;
        if (appends > step || (appends === step && when === "before")) throw down();
        const answer = await target.append(...given);
        if (appends === step) throw down();
        return answer;
      };
    },
  });
  return { store: fake, wasInterrupted: () => appends >= step };
}

(why === undefined ? describe : describe.skip)(
  `fulfilment that is interrupted${why ? `, skipped: ${why}` : ""}`,
  () => {
    let server: RunningPostgres;
    let store: PostgresEventStore;
    let schemas = 0;
    const wrappingKeys = LocalKeys.fromEnvironment({ NODE_ENV: "test", LOCAL_KEY: randomBytes(32).toString("base64") });
    const fields = new FieldEncryption({ keys: new DataKeys({ wrappingKeys, subjectKeys: new MemorySubjectKeys() }) });
    beforeAll(async () => {
      server = await startPostgres();
    }, 60_000);
    afterAll(() => server.stop());
    beforeEach(async () => {
      store = await storeOn(server, `interrupted_${++schemas}`);
    });
    afterEach(() => store.close());

    const send = (type: string, message: Readonly<Record<string, unknown>>) =>
      commandHandlers(store, fields)[type]?.(message, context);
    const stock = async (chairs: number, tables: number, lamps: number) => {
      for (const [sku, onHand] of Object.entries({ chair: chairs, table: tables, lamp: lamps }))
        await send("UpdateInventory", { sku, onHand });
    };
    const handle = (event: StoredEvent, on: EventStore = store) => fulfilment(on, fields)(event, context.signal);
    const work = async () =>
      (await allOf(store.readAll(undefined))).filter(({ type }) => ["OrderCreated", "OrderCancelled"].includes(type));
    /** What the order is, and what is available of each article. */
    const outcome = async () => [
      (await readState(store, orderStream("1"), orders(fields)))?.status,
      ...(await Promise.all(
        items.map(async ({ sku }) => available(await readState(store, inventoryStream(sku), inventories))),
      )),
    ];
    /** How each kind of order begins, what it comes to, and how many appends that takes. */
    const CASES = {
      confirmed: {
        prepare: async () => {
          await stock(10, 10, 10);
          await send("CreateOrder", { orderId: "1", customer, items });
        },
        came: ["confirmed", 7, 8, 9],
        appends: 4,
      },
      "rejected for the last article": {
        prepare: async () => {
          await stock(10, 10, 0);
          await send("CreateOrder", { orderId: "1", customer, items });
        },
        came: ["rejected", 10, 10, 0],
        appends: 6,
      },
      "cancelled before it was handled": {
        prepare: async () => {
          await stock(10, 10, 10);
          await send("CreateOrder", { orderId: "1", customer, items });
          await send("CancelOrder", { orderId: "1" });
        },
        came: ["cancelled", 10, 10, 10],
        appends: 3,
      },
      "cancelled once it was confirmed": {
        prepare: async () => {
          await stock(10, 10, 10);
          await send("CreateOrder", { orderId: "1", customer, items });
          for (const event of await work()) await handle(event);
          await send("CancelOrder", { orderId: "1" });
        },
        came: ["cancelled", 10, 10, 10],
        appends: 3,
      },
    } as const;
    const kinds = Object.keys(CASES) as (keyof typeof CASES)[];

    test.each(kinds)(
      "an order that is %s, with every append interrupted, before and after it is done",
      async (kind) => {
        const { prepare, came, appends } = CASES[kind];
        let interruptions = 0;
        for (const step of STEPS)
          for (const when of ["before", "after"] as const) {
            await store.close();
            store = await storeOn(server, `interrupted_${++schemas}`);
            await prepare();
            for (const event of await work()) {
              const cut = interrupted(store, step, when);
              await handle(event, cut.store).catch(() => {});
              if (cut.wasInterrupted()) interruptions++;
              await handle(event);
            }
            expect([step, when, ...(await outcome())]).toEqual([step, when, ...came]);
          }
        expect(interruptions).toBe(2 * appends);
      },
    );

    test.each(kinds)("an order that is %s stays so, whatever is done again and left in the middle", async (kind) => {
      const { prepare, came } = CASES[kind];
      await prepare();
      const events = await work();
      for (const event of events) await handle(event);
      expect(await outcome()).toEqual(came);
      for (const event of events) {
        // A processor that is behind does it again. The one that was faster has written its checkpoint: what is left here is left.
        for (const step of STEPS) {
          await handle(event, interrupted(store, step, "after").store).catch(() => {});
          expect(await outcome()).toEqual(came);
        }
        await handle(event);
        expect(await outcome()).toEqual(came);
      }
    });

    test.each(items.map(({ sku }) => sku))(
      "an order that was rejected for a %s reserves none when some comes",
      async (sku) => {
        const first = [...items].sort((one, other) => Number(other.sku === sku) - Number(one.sku === sku));
        for (const each of items) await send("UpdateInventory", { sku: each.sku, onHand: each.sku === sku ? 0 : 10 });
        await send("CreateOrder", { orderId: "1", customer, items: first });
        const [event] = await work();
        if (event === undefined) throw new Error("there is nothing to handle");
        await handle(event);
        await stock(10, 10, 10);
        for (const step of STEPS) {
          await handle(event, interrupted(store, step, "after").store).catch(() => {});
          expect(await outcome()).toEqual(["rejected", 10, 10, 10]);
        }
        await handle(event);
        expect(await outcome()).toEqual(["rejected", 10, 10, 10]);
      },
    );

    test("an order that is cancelled while it is handled gives back what is reserved for it", async () => {
      await CASES.confirmed.prepare();
      const [event] = await work();
      if (event === undefined) throw new Error("there is nothing to handle");
      let appends = 0;
      // A fake on a real store: between two appends, somebody cancels.
      const meanwhile = new Proxy<EventStore>(store, {
        get: (target, name) => {
          if (name !== "append") return Reflect.get(target, name).bind(target);
          return async (...given: Parameters<EventStore["append"]>) => {
            const answer = await target.append(...given);
            if (++appends === 2) await send("CancelOrder", { orderId: "1" });
            return answer;
          };
        },
      });
      await handle(event, meanwhile);
      expect(await outcome()).toEqual(["cancelled", 10, 10, 10]);
    });

    test.each(
      items.flatMap(({ sku }, index) => ["cancelled", "rejected"].map((came) => [came, sku, index + 1] as const)),
    )(
      "an order that is %s by a faster processor reserves no %s by a slower one that ends then",
      async (came, _, step) => {
        await stock(10, 10, 10);
        await send("CreateOrder", { orderId: "1", customer, items });
        const [event] = await work();
        if (event === undefined) throw new Error("there is nothing to handle");
        let appended = 0;
        let hasBeenOvertaken = false;
        const overtake = async () => {
          hasBeenOvertaken = true;
          if (came === "rejected") await stock(2, 1, 0);
          else await send("CancelOrder", { orderId: "1" });
          for (const each of await work()) await handle(each);
          if (came === "rejected") await stock(10, 10, 10);
        };
        // A fake on a real store: it is overtaken at its append of that number, and appends nothing after it.
        const meanwhile = new Proxy<EventStore>(store, {
          get: (target, name) => {
            if (name !== "append") return Reflect.get(target, name).bind(target);
            return async (...given: Parameters<EventStore["append"]>) => {
              if (appended === step) throw new EventStoreUnavailableError(new Error("it ends here"));
              if (appended === step - 1 && !hasBeenOvertaken) await overtake();
              const answer = await target.append(...given);
              appended++;
              return answer;
            };
          },
        });
        await handle(event, meanwhile).catch(() => {});
        expect(hasBeenOvertaken).toBe(true);
        expect(await outcome()).toEqual([came, 10, 10, 10]);
      },
    );

    test.each(kinds)("an order that is %s, by two processors at once", async (kind) => {
      const { prepare, came } = CASES[kind];
      await prepare();
      for (const event of await work()) {
        await Promise.all([handle(event), handle(event)]);
        // One that was late to ask what the order is.
        await handle(event);
      }
      expect(await outcome()).toEqual(came);
    });
  },
);
