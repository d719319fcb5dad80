import { KurrentDbEventStore } from "../../../../runtime/adapters/kurrentdb/kurrentdb-event-store";

jest.mock("@kurrent/kurrentdb-client", () => {
  throw new Error("the client was loaded");
});

test("the client is loaded when the store is first asked something, and not before", async () => {
  const store = new KurrentDbEventStore({ connectionString: "kurrentdb://localhost?tls=false" });
  await expect(store.head()).rejects.toMatchObject({ cause: { message: "the client was loaded" } });
});

test("a store that was never asked anything is closed without the client", async () => {
  const store = new KurrentDbEventStore({ connectionString: "kurrentdb://localhost?tls=false" });
  await store.close();
});
