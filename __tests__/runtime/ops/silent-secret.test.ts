import { openEventStore, subjectKeysPool } from "../../../runtime/ops/stores";
import { startAnswering } from "../../support/servers/answering-server";

const before = { ...process.env };
afterEach(() => {
  process.env = before;
});

test.each([
  [
    "event store's credentials",
    openEventStore,
    {
      EVENT_STORE_CONNECTION_STRING: "kurrentdb://127.0.0.1:1?tls=false",
      EVENT_STORE_CREDENTIALS_SECRET: "production/secret",
    },
  ],
  ["subjects' keys", subjectKeysPool, { SUBJECT_KEYS_SECRET: "production/secret" }],
] as const)(
  "%s: a run that is asked to stop does not wait for a secret that never comes",
  async (_, open, settings) => {
    const stop = new AbortController();
    const server = await startAnswering((_request, response) => {
      response.writeHead(200, { "content-length": 100 }).write("{");
      stop.abort(new Error("asked to stop"));
    });
    process.env = {
      ...before,
      ...{ AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url },
    };
    const opened = open({ ...settings, AWS_REGION: "eu-central-1" }, { signal: stop.signal });
    await expect(opened).rejects.toThrow("asked to stop");
    await server.stop();
  },
);
