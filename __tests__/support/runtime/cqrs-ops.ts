import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { RunningPostgres } from "../servers/running-postgres";
import { compiled, ROOT } from "../test-run/compiled";

export const TOOL = compiled(join(ROOT, "runtime", "ops", "cqrs-ops.ts"));
export const APPLICATION = compiled(join(ROOT, "examples", "orders", "ops.ts"));

export interface ToolRun {
  readonly code: number | null;
  readonly out: string;
  /** Lines of progress, and errors. */
  readonly progress: string;
}

/** What a job is told whose stores are all in one server. */
export const opsEnvironment = ({ host, port, user, database }: RunningPostgres): Readonly<Record<string, string>> => ({
  EVENT_STORE_CONNECTION_STRING: `postgres://${user}@${host}:${port}/${database}`,
  DATABASE_HOSTS: host,
  DATABASE_PORT: `${port}`,
  DATABASE_NAME: database,
  DATABASE_USER: user,
  PROJECTION_PARTITIONS: "4",
  OPS_APPLICATION: APPLICATION,
});

/** Runs the tool as a process of its own, with this environment and nothing else of this one's. */
export async function cqrsOps(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  preload: readonly string[] = [],
): Promise<ToolRun> {
  const program = spawn(process.execPath, [...preload, TOOL, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "test", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, progress] = ["", ""];
  program.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  program.stderr.setEncoding("utf8").on("data", (text: string) => {
    progress += text;
  });
  const [code] = await once(program, "close");
  return { code, out, progress };
}
