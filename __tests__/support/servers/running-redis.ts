import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ended } from "../../../examples/orders/local/ended";
import { freePort } from "../../../examples/orders/local/free-port";
import { spawnServer } from "../test-run/spawn-server";
import { runFolder } from "../test-run/test-run";
import { isOpen } from "./open-port";

/** Why Redis can't be run here, or nothing. */
export const whyNoRedis = (): string | undefined =>
  spawnSync("redis-server", ["--version"]).status === 0 ? undefined : "no redis-server on the PATH";

export interface RunningRedis {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Its kernel goes on to accept connections, and nothing on them is answered any more. */
  freeze(): void;
  stop(): Promise<void>;
}

const READY_SECONDS = 10;

/** A server of its own, on loopback. It saves nothing, but a replica writes what it gets of its primary to its folder. */
export async function startRedis(...options: readonly string[]): Promise<RunningRedis> {
  const host = "127.0.0.1";
  const port = await freePort();
  const server = spawnServer(["redis-server", "--port", `${port}`, "--bind", host, "--save", "", ...options], {
    cwd: mkdtempSync(join(runFolder(), "redis-")),
  });
  const freeze = () => void server.kill("SIGSTOP");
  const stop = async () => {
    const over = ended(server);
    // One that is frozen hears of its end only once it goes on.
    server.kill("SIGCONT");
    await over;
  };
  for (let tries = 0; tries < READY_SECONDS * 20; tries++) {
    if (await isOpen(port)) return { host, port, url: `redis://${host}:${port}`, freeze, stop };
    await wait(50);
  }
  await stop();
  throw new Error(`Redis was not ready in ${READY_SECONDS} s`);
}
