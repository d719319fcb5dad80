import { type ChildProcess, spawn } from "node:child_process";

/**
 * Lets a server outlive the suite that started it, but not this process. The guard waits for the end of its input, which
 * the kernel closes with this process, also when that is killed.
 */
export function endWithThisProcess(server: ChildProcess): void {
  const guard = spawn("sh", ["-c", 'cat; kill -9 "$0"', `${server.pid}`], { stdio: ["pipe", "ignore", "ignore"] });
  server.unref();
  guard.unref();
  // Jest would wait for an open pipe. Nothing is written to it.
  (guard.stdin as unknown as { unref(): void }).unref();
}
