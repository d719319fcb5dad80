import { type ChildProcess, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "./free-port";
import { spawnServer } from "./spawn-server";
import { runFolder } from "./test-run";

/** Why Prometheus can't be run here, or nothing. */
export function whyNoPrometheus(): string | undefined {
  const missing = ["prometheus", "promtool"].filter((command) => spawnSync(command, ["--version"]).status !== 0);
  return missing.length === 0 ? undefined : `no ${missing.join(" and no ")} on the PATH`;
}

export interface PrometheusInput {
  /** Port of 127.0.0.1 where the targets are, each under its number. */
  readonly exporterPort: number;
  /** Labels of each target. */
  readonly targets: readonly Readonly<Record<string, string>>[];
  /** Groups of rules. */
  readonly groups: readonly object[];
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
}

const READY_SECONDS = 30;

/** Debian's Prometheus, with a configuration of its own, in a folder that goes with it. */
export class RunningPrometheus {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    private readonly address: string,
  ) {}

  static async start({ exporterPort, targets, groups }: PrometheusInput): Promise<RunningPrometheus> {
    const folder = mkdtempSync(join(runFolder(), "prometheus-"));
    const port = await freePort();
    writeFileSync(join(folder, "rules.json"), JSON.stringify({ groups }));
    // JSON is YAML too.
    writeFileSync(
      join(folder, "prometheus.json"),
      JSON.stringify({
        global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
        rule_files: [join(folder, "rules.json")],
        scrape_configs: targets.map((labels, index) => ({
          job_name: `target-${index}`,
          metrics_path: `/${index}`,
          static_configs: [{ targets: [`127.0.0.1:${exporterPort}`], labels }],
        })),
      }),
    );
    const process = spawnServer(
      [
        "prometheus",
        `--config.file=${join(folder, "prometheus.json")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { output: ["ignore", "pipe"] },
    );
    let said = "";
    process.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    const running = new RunningPrometheus(process, folder, `http://127.0.0.1:${port}`);
    for (let tries = 0; tries < READY_SECONDS * 10; tries++) {
      if (process.exitCode !== null) throw new Error(`Prometheus did not start:\n${said}`);
      if (await isReady(running.address)) return running;
      await wait(100);
    }
    await running.stop();
    throw new Error(`Prometheus was not ready in ${READY_SECONDS} s:\n${said}`);
  }

  /** What an expression gives now. */
  async query(expr: string): Promise<readonly Sample[]> {
    const response = await fetch(`${this.address}/api/v1/query`, {
      method: "POST",
      body: new URLSearchParams({ query: expr }),
    });
    const { status, error, data } = (await response.json()) as {
      status: string;
      error?: string;
      data?: { resultType: string; result: readonly Sample[] };
    };
    if (status !== "success" || data === undefined) throw new Error(`${error} in ${expr}`);
    return data.resultType === "scalar" ? [{ metric: {} }] : data.result;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      this.process.kill();
      await once(this.process, "exit");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const isReady = (address: string): Promise<boolean> =>
  fetch(`${address}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
