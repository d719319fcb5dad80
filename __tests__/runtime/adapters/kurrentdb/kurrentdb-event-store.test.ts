import { KurrentDbEventStore } from "../../../../runtime/adapters/kurrentdb/kurrentdb-event-store";
import { kurrentDbSettings } from "../../../../runtime/adapters/kurrentdb/kurrentdb-settings";
import { FaultyProxy } from "../../../support/servers/faulty-proxy";
import { KurrentDbStandIn } from "../../../support/servers/kurrentdb-stand-in";
import { eventStoreContract } from "../../event-store/contract";
import { countingContract } from "../../event-store/counting-contract";
import { faultsContract } from "../../event-store/faults-contract";

/** Of faults, for which it is waited; whatever else a store does may take its time on a busy machine. */
const ANSWER_MS = 500;

const storeAt = (port: number, parameters = "", answerMilliseconds?: number): KurrentDbEventStore =>
  new KurrentDbEventStore({
    connectionString: `kurrentdb://127.0.0.1:${port}?tls=false${parameters}`,
    answerMilliseconds,
  });

async function onStandIn() {
  const standIn = await KurrentDbStandIn.start();
  standIn.log.addSystemEvent();
  const store = storeAt(standIn.port);
  const stop = async () => {
    await store.close();
    standIn.stop();
  };
  return { standIn, store, another: async () => storeAt(standIn.port), stop };
}

describe("on a protocol stand-in for KurrentDB", () => {
  describe("an event store", () => eventStoreContract(onStandIn));
  // It shares a core with the client, and each event is decoded twice.
  describe("its counts", () => countingContract(onStandIn, 20_000));
  describe("its faults", () => {
    beforeAll(() => {
      jest.spyOn(console, "warn").mockImplementation();
    });
    afterAll(() => {
      jest.restoreAllMocks();
    });
    faultsContract(async () => {
      const { standIn, store: sound } = await onStandIn();
      const proxy = await FaultyProxy.start(standIn);
      // With pings as often as a test can wait for, of which the client warns.
      const another = () => storeAt(proxy.port, "&keepAliveInterval=500&keepAliveTimeout=500", ANSWER_MS);
      const store = another();
      const stop = async () => {
        await Promise.all([store.close(), sound.close()]);
        await proxy.stop();
        standIn.stop();
      };
      return { store, sound, proxy, another, stop, answerMilliseconds: ANSWER_MS };
    });
  });
});

const { KURRENTDB_URL, KURRENTDB_CREDENTIALS } = process.env;

/** Of a server that may be written to: some 100,000 small events stay in it. */
(KURRENTDB_URL === undefined ? describe.skip : describe)(
  `on KurrentDB${KURRENTDB_URL === undefined ? ", skipped: no KURRENTDB_URL" : ""}`,
  () => {
    const onServer = async () => {
      const storeOn = () =>
        new KurrentDbEventStore(
          kurrentDbSettings({
            EVENT_STORE_CONNECTION_STRING: KURRENTDB_URL,
            EVENT_STORE_CREDENTIALS: KURRENTDB_CREDENTIALS,
          }),
        );
      const store = storeOn();
      return { store, another: async () => storeOn(), stop: () => store.close() };
    };
    describe("an event store", () => eventStoreContract(onServer));
    describe("its counts", () => countingContract(onServer));
  },
);
