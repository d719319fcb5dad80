import { spawnSync } from "node:child_process";
import { CQRS_METRICS } from "../../../lib/monitoring/metrics/cqrs";
import { type MetricsOptions, ProductionMetrics } from "../../../runtime/metrics/production-metrics";
import { whyNoPromtool } from "../../support/monitoring/promtool";

const options: MetricsOptions = {
  commandTypes: ["CreateOrder", "CancelOrder"],
  queryTypes: ["GetOrder"],
  build: { version: "1.4.2", revision: "abc" },
};
const metrics = (more: Partial<MetricsOptions> = {}) => new ProductionMetrics({ ...options, ...more });
const textOf = async (of: ProductionMetrics) => (await of.exposition()).body;
/** The value of a series, as it is written. */
const sampleOf = (text: string, series: string) =>
  text
    .split("\n")
    .find((line) => line.startsWith(`${series} `))
    ?.split(" ")[1];

/** Everything that a service can say, said once. */
function everything(): ProductionMetrics {
  const all = metrics();
  all.recordCommandExecution({ type: "CreateOrder" }, 0.2, true);
  all.recordQueryExecution({ type: "GetOrder" }, 0.02, 3);
  all.recordProjection("orders", { lagEvents: 7, lagSeconds: 1.5, position: 42n });
  all.recordProcessor("fulfilment", { lagEvents: 7, lagSeconds: 1.5, position: 42n, parkedEvents: 1 });
  all.recordUnreadableEvents({ events: 3, seconds: 61.5 });
  all.recordHealth("ReadSide", "degraded");
  all.recordBackup("event-store", new Date(86_400_000));
  return all;
}

test("has every metric of the catalogue, with its type, its labels and its buckets, and no other", async () => {
  const text = await textOf(everything());
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
  expect(types.sort()).toEqual(
    Object.entries(CQRS_METRICS)
      .map(([name, { type }]) => [name, type])
      .sort(),
  );
  for (const [name, metric] of Object.entries(CQRS_METRICS)) {
    const labels = [...text.matchAll(new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{([^}]*)\\}`, "gm"))].flatMap(
      ([, set = ""]) => [...set.matchAll(/(\w+)="/g)].map(([, label]) => label),
    );
    expect([...new Set(labels)].filter((label) => label !== "le").sort()).toEqual(Object.keys(metric.labels).sort());
    const bounds = [...text.matchAll(new RegExp(`^${name}_bucket\\{le="([^"]+)"`, "gm"))].map(([, le]) => le);
    expect([...new Set(bounds)]).toEqual("buckets" in metric ? [...metric.buckets.map(String), "+Inf"] : []);
  }
});

(whyNoPromtool() === undefined ? test : test.skip)("is clean for promtool", async () => {
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
    input: await textOf(everything()),
    encoding: "utf8",
  });
  expect(`${stdout}${stderr}`).toBe("");
  expect(status).toBe(0);
});

test("has every status of every type at zero before anything happened, so that the first failure is a rate", async () => {
  const text = await textOf(metrics());
  for (const type of ["CreateOrder", "CancelOrder", "other"]) {
    for (const status of ["success", "rejected", "conflict", "unauthorized", "failure"]) {
      expect(sampleOf(text, `cqrs_command_total{command_type="${type}",status="${status}"}`)).toBe("0");
    }
  }
  expect(sampleOf(text, 'cqrs_command_duration_count{command_type="CreateOrder",success="false"}')).toBe("0");
  expect(sampleOf(text, 'cqrs_query_total{query_type="GetOrder",status="failure"}')).toBe("0");
});

test.each<[boolean, undefined | "rejected", string, string]>([
  [true, undefined, "success", "true"],
  [false, undefined, "failure", "false"],
  [false, "rejected", "rejected", "false"],
])("counts a command that ended with %s and %s as %s, once", async (success, outcome, status, label) => {
  const it = metrics();
  it.recordCommandExecution({ type: "CreateOrder" }, 0.3, success, outcome);
  const text = await textOf(it);
  expect(sampleOf(text, `cqrs_command_total{command_type="CreateOrder",status="${status}"}`)).toBe("1");
  expect(sampleOf(text, `cqrs_command_duration_sum{command_type="CreateOrder",success="${label}"}`)).toBe("0.3");
  expect(sampleOf(text, `cqrs_command_duration_bucket{le="0.25",command_type="CreateOrder",success="${label}"}`)).toBe(
    "0",
  );
  expect(sampleOf(text, `cqrs_command_duration_bucket{le="0.5",command_type="CreateOrder",success="${label}"}`)).toBe(
    "1",
  );
});

test("counts a query, its time and its rows", async () => {
  const it = metrics();
  it.recordQueryExecution({ type: "GetOrder" }, 0.02, 12);
  const text = await textOf(it);
  expect(sampleOf(text, 'cqrs_query_total{query_type="GetOrder",status="success"}')).toBe("1");
  expect(sampleOf(text, 'cqrs_query_duration_count{query_type="GetOrder"}')).toBe("1");
  expect(sampleOf(text, 'cqrs_query_result_count_sum{query_type="GetOrder"}')).toBe("12");
});

test("makes no series for what a user has called a type, however many", async () => {
  const it = metrics();
  const lines = (await textOf(it)).split("\n").length;
  for (let index = 0; index < 1000; index++) {
    it.recordCommandExecution({ type: `made-up-${index}` }, 0.1, false);
    it.recordQueryExecution({ type: "__proto__" }, 0.1, 1);
  }
  const text = await textOf(it);
  expect(text.split("\n")).toHaveLength(lines);
  expect(sampleOf(text, 'cqrs_command_total{command_type="other",status="failure"}')).toBe("1000");
  expect(sampleOf(text, 'cqrs_query_total{query_type="other",status="success"}')).toBe("1000");
});

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])(
  "counts a command whose duration is %d, and leaves its time out",
  async (duration) => {
    const it = metrics();
    it.recordCommandExecution({ type: "CreateOrder" }, duration, true);
    const text = await textOf(it);
    expect(sampleOf(text, 'cqrs_command_total{command_type="CreateOrder",status="success"}')).toBe("1");
    expect(sampleOf(text, 'cqrs_command_duration_count{command_type="CreateOrder",success="true"}')).toBe("0");
  },
);

describe("a handler that is timed", () => {
  test("gives its result, and is counted", async () => {
    const it = metrics();
    expect(await it.timeCommand({ type: "CreateOrder" }, async () => 7)).toBe(7);
    expect(await it.timeQuery({ type: "GetOrder" }, async () => [1, 2])).toEqual([1, 2]);
    const text = await textOf(it);
    expect(sampleOf(text, 'cqrs_command_total{command_type="CreateOrder",status="success"}')).toBe("1");
    expect(sampleOf(text, 'cqrs_query_result_count_sum{query_type="GetOrder"}')).toBe("2");
  });

  test("throws on what it threw, which is counted as what it means", async () => {
    const it = metrics();
    const refused = new Error("out of stock");
    const fail = async () => {
      throw refused;
    };
    await expect(it.timeCommand({ type: "CreateOrder" }, fail, () => "rejected")).rejects.toBe(refused);
    await expect(it.timeCommand({ type: "CreateOrder" }, fail)).rejects.toBe(refused);
    const text = await textOf(it);
    expect(sampleOf(text, 'cqrs_command_total{command_type="CreateOrder",status="rejected"}')).toBe("1");
    expect(sampleOf(text, 'cqrs_command_total{command_type="CreateOrder",status="failure"}')).toBe("1");
  });
});

test("leads from a bucket to a trace, where the scraper knows exemplars and there is a trace", async () => {
  const it = metrics({ traceId: () => "0af7651916cd43dd8448eb211c80319c" });
  it.recordCommandExecution({ type: "CreateOrder" }, 0.3, true);
  const { contentType, body } = await it.exposition("application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
  expect(contentType).toContain("application/openmetrics-text");
  expect(body).toMatch(
    /cqrs_command_duration_bucket\{le="0.5",.*\} 1 # \{trace_id="0af7651916cd43dd8448eb211c80319c"\} 0.3 /,
  );
  expect(body.endsWith("# EOF\n")).toBe(true);
  const plain = await it.exposition("text/plain");
  expect(plain.contentType).toContain("text/plain");
  expect(plain.body).not.toContain("trace_id");
});

describe("text and OpenMetrics", () => {
  const OPEN = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";
  const namesIn = (body: string) => new Set([...body.matchAll(/^(cqrs_\w+)\{/gm)].map(([, name]) => name));

  test("have the same series, in any order of scrapes", async () => {
    const it = everything();
    const first = await it.exposition();
    const open = await it.exposition(OPEN);
    expect(namesIn(open.body)).toEqual(namesIn(first.body));
    expect(namesIn(first.body)).toContain("cqrs_command_total");
    expect(await it.exposition()).toEqual(first);
    expect(await it.exposition(OPEN)).toEqual(open);
  });

  test("disturb each other at no time, and both go on counting", async () => {
    const it = everything();
    const scrapes = await Promise.all([OPEN, "", OPEN, ""].map((accept) => it.exposition(accept)));
    it.recordCommandExecution({ type: "CreateOrder" }, 0.2, true);
    scrapes.push(await it.exposition(OPEN), await it.exposition());
    const series = 'cqrs_command_total{command_type="CreateOrder",status="success"}';
    expect(scrapes.map(({ body }) => sampleOf(body, series))).toEqual(["1", "1", "1", "1", "2", "2"]);
  });

  test("name a counter each as its format does: with its suffix in text, without it in OpenMetrics", async () => {
    const it = metrics();
    expect((await it.exposition(OPEN)).body).toContain("# TYPE cqrs_command counter\n");
    expect((await it.exposition()).body).toContain("# TYPE cqrs_command_total counter\n");
  });
});

test("says nothing of projections, health and backups before it is told", async () => {
  expect(await textOf(metrics({ build: undefined }))).not.toMatch(/cqrs_(?:projection|health|backup|build)/);
});

test("keeps to itself: two of them count apart", async () => {
  const [one, other] = [metrics(), metrics()];
  one.recordCommandExecution({ type: "CreateOrder" }, 0.1, true);
  expect(sampleOf(await textOf(other), 'cqrs_command_total{command_type="CreateOrder",status="success"}')).toBe("0");
});

test("refuses more types than anybody could look at", () => {
  const queryTypes = Array.from({ length: 501 }, (_, index) => `Query${index}`);
  expect(() => metrics({ queryTypes })).toThrow(new RangeError("queryTypes: must be at most 500, got 501"));
});
