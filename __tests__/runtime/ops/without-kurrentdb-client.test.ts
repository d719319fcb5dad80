import { openEventStore } from "../../../runtime/ops/stores";

jest.mock("@kurrent/kurrentdb-client", () => {
  throw new Error("the client is not there");
});

test("a store whose client is missing is not opened", async () => {
  const environment = { EVENT_STORE_CONNECTION_STRING: "kurrentdb://localhost?tls=false" };
  await expect(openEventStore(environment)).rejects.toThrow("the client is not there");
});

test("a store of PostgreSQL does not need it", async () => {
  const { kind, close } = await openEventStore({ EVENT_STORE_CONNECTION_STRING: "postgres://a@127.0.0.1:1/a" });
  expect(kind).toBe("postgresql");
  await close();
});
