import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why promtool can't be run here, or nothing. */
export const whyNoPromtool = (): string | undefined =>
  spawnSync("promtool", ["--version"]).status === 0 ? undefined : "no promtool on the PATH";

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly object[];
}

/** One run of time over series of our own. */
export interface RuleTest {
  /** From one sample to the next. */
  readonly interval: string;
  /** From one evaluation to the next. @default - that of the samples */
  readonly evaluation?: string;
  /** Values by series, in promtool's notation. */
  readonly series: Readonly<Record<string, string>>;
  /** Alerts that fire at a time, all of that name. */
  readonly alerts?: readonly { readonly at: string; readonly name: string; readonly firing: readonly FiringAlert[] }[];
  /** What an expression gives at a time. */
  readonly expressions?: readonly { readonly at: string; readonly expr: string; readonly samples: readonly Sample[] }[];
}

export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Sample {
  /** Its labels, as it is written. */
  readonly labels: string;
  readonly value: number;
}

/** What promtool has to say against rules; nothing, if they are sound. */
export const checkRules = (groups: readonly RuleGroup[]): string =>
  inFolder((folder) => {
    writeFileSync(join(folder, "rules.yml"), JSON.stringify({ groups }));
    return complaintOf(["check", "rules", "--lint=all", "--lint-fatal", join(folder, "rules.yml")]);
  });

/** Rules, and a test of them. */
export interface TestedRules extends RuleTest {
  readonly groups: readonly RuleGroup[];
}

/** What promtool finds otherwise than the tests say it must be; nothing, if all is as they say. */
export const testRules = (...tests: readonly TestedRules[]): string =>
  inFolder((folder) => {
    const files = tests.map(({ groups, ...test }, index) => {
      const [rules, file] = [`rules-${index}.yml`, join(folder, `test-${index}.yml`)];
      // JSON is YAML, too.
      writeFileSync(join(folder, rules), JSON.stringify({ groups }));
      writeFileSync(file, JSON.stringify(testFile(rules, test)));
      return file;
    });
    return complaintOf(["test", "rules", ...files]);
  });

const testFile = (
  rules: string,
  { interval, evaluation = interval, series, alerts = [], expressions = [] }: RuleTest,
) => ({
  rule_files: [rules],
  evaluation_interval: evaluation,
  tests: [
    {
      interval,
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      alert_rule_test: alerts.map(({ at, name, firing }) => ({
        eval_time: at,
        alertname: name,
        exp_alerts: firing.map(({ labels, annotations }) => ({ exp_labels: labels, exp_annotations: annotations })),
      })),
      promql_expr_test: expressions.map(({ at, expr, samples }) => ({ expr, eval_time: at, exp_samples: samples })),
    },
  ],
});

function complaintOf(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("promtool", args, {
    // It lives for seconds, of which Go's garbage collector would take a fifth.
    env: { ...process.env, GOGC: "400" },
    encoding: "utf8",
  });
  return status === 0 ? "" : `${stdout}${stderr}`;
}

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "promtool-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
