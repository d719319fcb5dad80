import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../../examples/orders/local/free-port";
import { spawnServer } from "../test-run/spawn-server";
import { runFolder } from "../test-run/test-run";

/** Moto's server: what `MOTO_SERVER` names, or the one on the PATH. */
const EXECUTABLE = process.env.MOTO_SERVER ?? "moto_server";
const READY_MILLISECONDS = 60_000;

/** Why moto, a simulator of AWS, can't be run here, or nothing. To ask moto itself would take over a second of CPU. */
export const whyNoMoto = (): string | undefined =>
  spawnSync("sh", ["-c", 'command -v "$0"', EXECUTABLE]).status === 0
    ? undefined
    : "no moto_server: MOTO_SERVER may name one, of pip's moto[server]";

/**
 * The URL of moto, which implements AWS's protocols, on loopback and with nothing in it. A start takes seconds of CPU, so
 * the suites of a worker share one server. They run one after the other, and each empties it when it calls this.
 */
export async function emptyMoto(): Promise<string> {
  const file = join(runFolder(), `moto-of-${process.pid}`);
  const shared = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  const url = shared !== undefined && (await answers(shared)) ? shared : await startMoto();
  writeFileSync(file, url);
  const { ok, status } = await fetch(`${url}/moto-api/reset`, { method: "POST" });
  if (!ok) throw new Error(`moto: must be reset with 200, got ${status}`);
  return url;
}

async function startMoto(): Promise<string> {
  const port = await freePort();
  const moto = spawnServer([EXECUTABLE, "-H", "127.0.0.1", "-p", `${port}`], { cwd: runFolder() });
  // The suite that started it ends before it.
  moto.unref();
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + READY_MILLISECONDS; Date.now() < end; await wait(100)) {
    if (await answers(url)) return url;
    if (moto.exitCode !== null) throw new Error(`moto_server: must answer, got exit code ${moto.exitCode}`);
  }
  moto.kill("SIGKILL");
  throw new Error(`moto_server: must answer within ${READY_MILLISECONDS} ms`);
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/moto-api/`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok ?? false;
}
