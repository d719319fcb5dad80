import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ended } from "../../../examples/orders/local/ended";
import { spawnServer } from "../test-run/spawn-server";
import { isOpen } from "./open-port";

/** Where Debian has it, for whoever is not root. */
export const NGINX_ENVIRONMENT = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` };

/**
 * Runs Debian's NGINX until it listens at a port.
 * @returns what ends it and removes its folder.
 */
export async function startNginx(
  folder: string,
  port: number,
  ...args: readonly string[]
): Promise<() => Promise<void>> {
  const child = spawnServer(["nginx", ...args, "-e", join(folder, "error.log")], {
    env: NGINX_ENVIRONMENT,
    output: ["ignore", "pipe"],
  });
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  const stop = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; !(await isOpen(port)); tries++) {
    if (child.exitCode !== null || tries > 100) {
      await stop();
      throw new Error(`NGINX does not start: ${said}`);
    }
    await wait(50);
  }
  return stop;
}
