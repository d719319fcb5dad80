import { setTimeout as wait } from "node:timers/promises";
import { dashboardsOf } from "../../lib/monitoring/dashboards/dashboards";
import type { RuleOptions } from "../../lib/monitoring/rules/options";
import { recordingRules } from "../../lib/monitoring/rules/recordings";
import { alertRules, ruleGroups } from "../../lib/monitoring/rules/rules";
import { operandsOf } from "../support/monitoring/promql-operands";
import { RunningPrometheus, whyNoPrometheus } from "../support/monitoring/running-prometheus";
import { SAMPLE_TARGETS, startExporter } from "../support/monitoring/sample-exporter";

const missing = whyNoPrometheus();
if (missing !== undefined) process.stderr.write(`No expression is asked of a running Prometheus: ${missing}\n`);

const options: RuleOptions = {
  environment: "production",
  services: true,
  eventStore: { scraped: true },
  backup: { frequency: "hourly", exported: true },
  logs: true,
  runbooks: "docs/runbooks",
};
const groups = Object.values(ruleGroups(options)).flatMap((each): readonly object[] => each.groups);
const watched = [
  ...new Set([
    ...alertRules(options).flatMap(({ expr }) => operandsOf(expr)),
    ...recordingRules(options.objectives).map(({ record }) => record),
  ]),
];
const panels = dashboardsOf({ eventStore: { scraped: true }, hourlyPrices: { "m7i.xlarge": 0.2 } }).flatMap(
  ({ uid, rows }) =>
    rows
      .flatMap((row) => row.panels)
      .flatMap(({ id, queries }) => queries.map(({ expr, legend }) => ({ name: `${uid} ${id} ${legend}`, expr }))),
);
/** As Grafana asks for it. */
const asked = (expr: string) =>
  expr.replaceAll("$environment", "production").replaceAll("$side", ".+").replaceAll("$__rate_interval", "10s");

/** A counter's rate needs two samples, and what is recorded from recordings a few evaluations. */
const LONGEST_WAIT_SECONDS = 40;
const TRIES = 10;

test.each([
  ["a > 1", ["a"]],
  ['absent(up{job="a"})', ['up{job="a"}']],
  ["(sum(a) / sum(b) > 0.1) and (c < 2 or d == 0)", ["sum(a) / sum(b)", "c", "d"]],
  ["time() - a > 60", ["time() - a"]],
  ["max(a - b > 0) + 2", ["a - b"]],
])("what %s chooses from is found", (expr, operands) => {
  expect(operandsOf(expr)).toEqual(operands);
});

(missing === undefined ? describe : describe.skip)("a running Prometheus that scrapes all that is exported", () => {
  let exporter: Awaited<ReturnType<typeof startExporter>>;
  let prometheus: RunningPrometheus;

  beforeAll(
    async () => {
      exporter = await startExporter();
      prometheus = await RunningPrometheus.start({ exporterPort: exporter.port, targets: SAMPLE_TARGETS, groups });
      for (let second = 0; second < LONGEST_WAIT_SECONDS; second++) {
        await wait(1000);
        const recorded = await prometheus.query('count by (__name__) ({__name__=~"cqrs:.+"})');
        if (recorded.length === recordingRules(options.objectives).length) return;
      }
    },
    (LONGEST_WAIT_SECONDS + 30) * 1000,
  );
  afterAll(async () => {
    await prometheus?.stop();
    exporter?.stop();
  });

  test("has every target", async () => {
    expect(await prometheus.query("up == 0")).toEqual([]);
    expect(await prometheus.query("up")).toHaveLength(SAMPLE_TARGETS.length);
  });

  /** What an expression gives, as soon as it gives anything: a busy machine scrapes late. */
  async function answerTo(expr: string) {
    for (let tries = 1; tries < TRIES; tries++) {
      const answer = await prometheus.query(expr);
      if (answer.length > 0) return answer;
      await wait(1000);
    }
    return prometheus.query(expr);
  }

  test.each(panels)(
    "has something to show in $name",
    async ({ expr }) => {
      expect(await answerTo(asked(expr))).not.toEqual([]);
    },
    TRIES * 2000,
  );

  test.each(watched)(
    "has %s",
    async (expr) => {
      expect(await answerTo(expr)).not.toEqual([]);
    },
    TRIES * 2000,
  );
});
