import { KurrentDbEventStore } from "../../../../runtime/adapters/kurrentdb/kurrentdb-event-store";
import { KurrentDbStandIn } from "../../../support/kurrentdb-stand-in";
import { eventStoreContract } from "../../event-store/contract";

describe("an event store on a protocol stand-in for KurrentDB", () => {
  eventStoreContract(async () => {
    const standIn = await KurrentDbStandIn.start();
    standIn.log.addSystemEvent();
    const storeOn = () =>
      new KurrentDbEventStore({ connectionString: `kurrentdb://${standIn.host}:${standIn.port}?tls=false` });
    const store = storeOn();
    return {
      store,
      another: async () => storeOn(),
      stop: async () => {
        await store.close();
        standIn.stop();
      },
    };
  });
});
