import { KurrentDbEventStore } from "../../../../runtime/adapters/kurrentdb/kurrentdb-event-store";
import { kurrentDbSettings } from "../../../../runtime/adapters/kurrentdb/kurrentdb-settings";

const SOUND = "kurrentdb+discover://abc.mesdb.eventstore.cloud:2113?nodePreference=leader";
const CREDENTIALS = JSON.stringify({ username: "commands", password: "p:a@s/s?" });
const PATH = "EVENT_STORE_CONNECTION_STRING";
const problemsOf = (connectionString: string | undefined, credentials = CREDENTIALS): readonly string[] => {
  try {
    kurrentDbSettings({ EVENT_STORE_CONNECTION_STRING: connectionString, EVENT_STORE_CREDENTIALS: credentials });
    return [];
  } catch (error) {
    return (error as { problems: readonly string[] }).problems;
  }
};

test("are what the platform and a secret say", async () => {
  const { connectionString, credentials } = kurrentDbSettings({
    EVENT_STORE_CONNECTION_STRING: SOUND,
    EVENT_STORE_CREDENTIALS: CREDENTIALS,
  });
  expect(connectionString).toBe(SOUND);
  expect(await credentials?.()).toEqual({ username: "commands", password: "p:a@s/s?" });
});

test("are without credentials where there is no secret", () => {
  expect(kurrentDbSettings({ EVENT_STORE_CONNECTION_STRING: SOUND })).toEqual({ connectionString: SOUND });
});

test.each([
  SOUND,
  "kurrentdb://a.example.com,b.example.com:2114,c.example.com?tls=true&tlsCAFile=/certs/ca.crt",
  "esdb://a.example.com/?tlsVerifyCert=true&keepAliveInterval=10000",
  "kurrentdb://localhost:2113?tls=false",
  "kurrentdb://127.0.0.1?tls=false",
])("take %s", (connectionString) => {
  expect(problemsOf(connectionString)).toEqual([]);
});

const SCHEMES = `${PATH}: must begin with kurrentdb:// or esdb://, or with +discover before the colon`;
const TLS = `${PATH}: tls must be true for a host that is not this machine`;

test.each<[string | undefined, string]>([
  [undefined, SCHEMES],
  ["https://a.example.com", SCHEMES],
  ["kurrentdb://commands:secret@a.example.com", `${PATH}: must be without user and password, which are given apart`],
  ["kurrentdb://", `${PATH}: must name hosts, each with a port if it isn't 2113`],
  ["kurrentdb://a.example.com:port", `${PATH}: must name hosts, each with a port if it isn't 2113`],
  ["kurrentdb://localhost/a.example.com?tls=false", `${PATH}: must name hosts, each with a port if it isn't 2113`],
  ["kurrentdb://a.example.com?tls=false", TLS],
  // The client takes all of these as `tls=false`.
  ["kurrentdb://a.example.com?TLS=false", TLS],
  ["kurrentdb://a.example.com?t-l_s= false ", TLS],
  ["kurrentdb://a.example.com?tls=true&tls=false", TLS],
  // Whoever is discovered may be anywhere.
  ["kurrentdb+discover://localhost?tls=false", TLS],
  ["kurrentdb://localhost,a.example.com?tls=false", TLS],
  ["kurrentdb://localhost.example.com?tls=false", TLS],
  ["kurrentdb://127.example.com?tls=false", TLS],
  ["kurrentdb://localhost?tlsVerifyCert=false", `${PATH}: tlsVerifyCert must be true`],
  ["kurrentdb://a.example.com?tls_verify_cert=false", `${PATH}: tlsVerifyCert must be true`],
  ["kurrentdb://a.example.com?keepAliveInterval=-1", `${PATH}: keepAliveInterval must be above 0`],
  ["kurrentdb://a.example.com?keepAliveTimeout=-1", `${PATH}: keepAliveTimeout must be above 0`],
  [
    "kurrentdb://a.example.com?tls=true&password=secret",
    `${PATH}: must have known parameters with values, number 2 is none`,
  ],
])("refuse %s", (connectionString, problem) => {
  expect(problemsOf(connectionString)).toEqual([problem]);
});

test.each(["", "commands:secret", "{}", '{"username":"a"}', '{"username":"a","password":""}', "null"])(
  "refuse %p as credentials, and do not repeat it",
  (credentials) => {
    expect(problemsOf(SOUND, credentials)).toEqual([
      "EVENT_STORE_CREDENTIALS: must be a JSON object with username and password",
    ]);
  },
);

test("tell all that is wrong at once", () => {
  expect(problemsOf("kurrentdb://a.example.com?tls=false&tlsVerifyCert=false", "{}")).toHaveLength(3);
});

test("are looked at by the store itself, too", () => {
  expect(() => new KurrentDbEventStore({ connectionString: "kurrentdb://a.example.com?tls=false" })).toThrow(
    expect.objectContaining({
      name: "SettingsError",
      message: "connectionString: tls must be true for a host that is not this machine",
    }),
  );
});
