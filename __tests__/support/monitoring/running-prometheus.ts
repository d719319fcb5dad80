import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ReadyServer } from "./ready-server";

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

/** Debian's Prometheus, with a configuration of its own. */
export class RunningPrometheus {
  private constructor(private readonly server: ReadyServer) {}

  static async start({ exporterPort, targets, groups }: PrometheusInput): Promise<RunningPrometheus> {
    const server = await ReadyServer.start("prometheus", (folder, listen) => {
      const [config, rules] = [join(folder, "prometheus.json"), join(folder, "rules.json")];
      writeFileSync(rules, JSON.stringify({ groups }));
      // JSON is YAML too.
      writeFileSync(
        config,
        JSON.stringify({
          global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
          rule_files: [rules],
          scrape_configs: targets.map((labels, index) => ({
            job_name: `target-${index}`,
            metrics_path: `/${index}`,
            static_configs: [{ targets: [`127.0.0.1:${exporterPort}`], labels }],
          })),
        }),
      );
      return [
        "prometheus",
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=${listen}`,
      ];
    });
    return new RunningPrometheus(server);
  }

  /** What an expression gives now. */
  async query(expr: string): Promise<readonly Sample[]> {
    const response = await fetch(`${this.server.address}/api/v1/query`, {
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

  stop(): Promise<void> {
    return this.server.stop();
  }
}
