import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "./free-port";

/** Moto's server: what `MOTO_SERVER` names, or the one on the PATH. */
const EXECUTABLE = process.env.MOTO_SERVER ?? "moto_server";
const READY_MILLISECONDS = 60_000;

/** Why moto, which stands in for AWS, can't be run here, or nothing. */
export const whyNoMoto = (): string | undefined =>
  spawnSync(EXECUTABLE, ["--help"]).status === 0
    ? undefined
    : "no moto_server: MOTO_SERVER may name one, of pip's moto[server]";

export interface RunningMoto {
  readonly url: string;
  stop(): Promise<void>;
}

/** Moto's own implementation of AWS's protocols, on loopback, with nothing in it. */
export async function startMoto(): Promise<RunningMoto> {
  const port = await freePort();
  const child = spawn(EXECUTABLE, ["-H", "127.0.0.1", "-p", `${port}`], { stdio: "ignore" });
  const exited = once(child, "exit");
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  for (const end = Date.now() + READY_MILLISECONDS; Date.now() < end; await wait(100)) {
    const answer = await fetch(`${url}/moto-api/`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return { url, stop };
    if (child.exitCode !== null) throw new Error(`moto_server ended with ${child.exitCode}`);
  }
  await stop();
  throw new Error(`moto_server did not answer within ${READY_MILLISECONDS} ms`);
}
