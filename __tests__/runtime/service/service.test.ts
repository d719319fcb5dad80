import { ProductionMetrics } from "../../../runtime/metrics/production-metrics";
import { Permissions } from "../../../runtime/security/permissions";
import { serviceLog } from "../../../runtime/service/log";
import { MessageApi } from "../../../runtime/service/message-api";
import { type RunningService, startService } from "../../../runtime/service/service";
import { serviceSettings } from "../../../runtime/service/service-settings";
import { SettingsError } from "../../../runtime/settings";

const anywhere = { HTTP_PORT: "0", METRICS_PORT: "0", DRAIN_DELAY_MS: "0" };
const written: string[] = [];
const log = serviceLog({
  service: "test",
  version: "1.0.0",
  destination: { write: (line) => void written.push(line) },
});
const metrics = new ProductionMetrics({ commandTypes: [], queryTypes: ["Do"] });
const authenticator = { authenticate: async () => ({ subject: "user-1", roles: ["user"] }) };
const asUser = { headers: { Authorization: "Bearer token" } };

let service: RunningService;
const ended: string[] = [];
let finish: (() => void) | undefined;
beforeEach(async () => {
  written.length = 0;
  ended.length = 0;
  const handler = () => new Promise<unknown>((resolve) => (finish = () => resolve(["done"])));
  const api = new MessageApi({
    kind: "query",
    handlers: { Do: handler },
    permissions: new Permissions({ Do: ["user"] }),
    ...{ authenticator, metrics, log },
  });
  service = await startService({
    settings: serviceSettings(anywhere),
    probes: { readSide: { redis: async () => {} } },
    work: { start: () => void ended.push("begun"), stop: async () => void ended.push("work") },
    close: async () => void ended.push("stores"),
    ...{ api, metrics, log },
  });
});
afterEach(() => service.stop());

const at = (port: keyof RunningService["ports"], path: string) => `http://127.0.0.1:${service.ports[port]}${path}`;
const status = async (url: string) => (await fetch(url)).status;

test("health, metrics and messages are where the platform looks for them", async () => {
  while ((await status(at("metrics", "/readyz"))) !== 200) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await status(at("metrics", "/livez"))).toBe(200);
  expect(await status(at("http", "/health"))).toBe(200);
  expect(await (await fetch(at("metrics", "/metrics"))).text()).toContain("cqrs_query_total");
  expect(await status(at("http", "/queries/Do"))).toBe(401);
});

test("it ends in order: what is under way is answered, work is finished, then stores go", async () => {
  const answer = fetch(at("http", "/queries/Do"), asUser);
  while (finish === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  const stopped = service.stop();
  while ((await status(at("metrics", "/readyz"))) !== 503) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(ended).not.toContain("stores");
  finish();
  expect(await (await answer).json()).toEqual(["done"]);
  await stopped;
  expect(ended).toEqual(["begun", "work", "stores"]);
  await expect(fetch(at("metrics", "/livez"))).rejects.toThrow();
});

test("a line is as the platform's shipper reads it", () => {
  const [line] = written.map((each) => JSON.parse(each) as Readonly<Record<string, unknown>>);
  expect(line).toEqual({
    level: "info",
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    service: "test",
    version: "1.0.0",
    message: "started",
  });
});

describe("settings", () => {
  test("have the platform's defaults", () => {
    const defaults = { httpPort: 8080, metricsPort: 9090, healthPath: "/health", drainDelayMs: 3000 };
    expect(serviceSettings({})).toEqual(defaults);
  });

  test.each([
    [{ HTTP_PORT: "http" }, "HTTP_PORT: must be a whole number from 0 to 65535, got 'http'"],
    [{ METRICS_PORT: "65536" }, "METRICS_PORT: must be a whole number from 0 to 65535, got '65536'"],
    [{ DRAIN_DELAY_MS: "-1" }, "DRAIN_DELAY_MS: must be a whole number from 0 to 60000, got '-1'"],
    [
      { HEALTH_PATH: "health" },
      "HEALTH_PATH: must be a path such as '/health' of at most 256 letters, digits and _./-, not below /commands/ or /queries/, got 'health'",
    ],
  ])("%j stops the start", (environment, problem) => {
    expect(() => serviceSettings(environment)).toThrow(new SettingsError([problem]));
  });

  test("say all that is wrong at once", () => {
    expect(() => serviceSettings({ HTTP_PORT: "a", HEALTH_PATH: "b" })).toThrow(/HTTP_PORT.*; HEALTH_PATH/);
  });
});
