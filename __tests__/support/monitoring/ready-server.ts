import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../../examples/orders/local/free-port";
import { spawnServer } from "../test-run/spawn-server";
import { runFolder } from "../test-run/test-run";

const READY_SECONDS = 30;

/** Prometheus or Alertmanager, which answer at `/-/ready` as soon as they work, with a folder that is removed with them. */
export class ReadyServer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    readonly address: string,
  ) {}

  /** `commandOf` writes what the program needs into the folder. `listen` is a host and a port. */
  static async start(
    program: string,
    commandOf: (folder: string, listen: string) => readonly [string, ...string[]],
  ): Promise<ReadyServer> {
    const folder = mkdtempSync(join(runFolder(), `${program}-`));
    const listen = `127.0.0.1:${await freePort()}`;
    const process = spawnServer(commandOf(folder, listen), { output: ["ignore", "pipe"] });
    let said = "";
    process.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    const server = new ReadyServer(process, folder, `http://${listen}`);
    for (let tries = 0; tries < READY_SECONDS * 10; tries++) {
      if (process.exitCode !== null) throw new Error(`${program} did not start:\n${said}`);
      if (await server.isReady()) return server;
      await wait(100);
    }
    await server.stop();
    throw new Error(`${program} was not ready in ${READY_SECONDS} s:\n${said}`);
  }

  private isReady(): Promise<boolean> {
    return fetch(`${this.address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      this.process.kill();
      await once(this.process, "exit");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
