import { setTimeout as wait } from "node:timers/promises";
import { KurrentDbEventStore } from "../../../../runtime/adapters/kurrentdb/kurrentdb-event-store";
import { TimeLimitError } from "../../../../runtime/deadline";
import { KurrentDbStandIn } from "../../../support/servers/kurrentdb-stand-in";
import { newEvents } from "../../event-store/events";

const ANSWER_MS = 600;
const SLACK_MS = 500;

/** The official client within the store, of which a fake discovery replaces the real one. */
interface StoreInternals {
  readonly connection: { open(): Promise<{ readonly client: { resolveUri(): Promise<string> } }> };
}

describe("while the client looks for the cluster and no node answers", () => {
  let standIn: KurrentDbStandIn;
  let store: KurrentDbEventStore;
  beforeEach(async () => {
    standIn = await KurrentDbStandIn.start();
    store = new KurrentDbEventStore({
      connectionString: `kurrentdb://127.0.0.1:${standIn.port}?tls=false`,
      answerMilliseconds: ANSWER_MS,
    });
    await store.head();
    const { client } = await (store as unknown as StoreInternals).connection.open();
    // With +discover: ten attempts of five seconds each, in the client's defaults. Here they do not end.
    client.resolveUri = () => new Promise(() => {});
    standIn.misbehaviour = { kind: "hanging" };
  });
  afterEach(() => standIn.stop());

  test.each([
    ["read", () => store.head()],
    ["append", () => store.append("a", newEvents(1), "any")],
  ])("whoever is waiting keeps the limit: %s", async (_, call) => {
    let failures = 0;
    store.failures.listen(() => {
      failures += 1;
    });
    const first = call();
    await wait(ANSWER_MS / 2);
    const begun = performance.now();
    const second = call();
    // The first leaves the channel, and the third has the client look for another one.
    await expect(first).rejects.toMatchObject({ cause: new TimeLimitError(ANSWER_MS) });
    const third = call();
    await expect(second).rejects.toMatchObject({ cause: new TimeLimitError(ANSWER_MS) });
    expect(performance.now() - begun).toBeLessThan(ANSWER_MS + SLACK_MS);
    await expect(third).rejects.toMatchObject({ cause: new TimeLimitError(ANSWER_MS) });
    expect(failures).toBe(3);
  });
});
