import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

export interface ServerOptions extends Pick<SpawnOptions, "cwd" | "env"> {
  /** Where its output and its errors go. @default - both are ignored */
  readonly output?: readonly ["ignore" | "pipe", "ignore" | "pipe" | "inherit" | number];
}

/** How long a server may take to end by SIGINT, before it is killed. */
const END_SECONDS = 5;

/**
 * Starts a server, and in its process group a guard. The guard reads its input, which the kernel closes when this process
 * ends, also when it is killed; then it ends the group, what the server has forked included. While the guard lives, no other process gets the group's id.
 */
const GUARDED = `exec 3<&0
(cat; kill -INT 0
for second in $(seq ${END_SECONDS}); do kill -0 $$ || break; sleep 1; done
kill -KILL 0) <&3 >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-`;

/** Starts a server that does not outlive this process. Its process id is the server's own. */
export function spawnServer(
  command: readonly string[],
  { output = ["ignore", "ignore"], ...options }: ServerOptions = {},
): ChildProcess {
  const server = spawn("sh", ["-c", GUARDED, "sh", ...command], {
    ...options,
    stdio: ["pipe", ...output],
    // It leads a process group.
    detached: true,
  });
  // Jest would wait for an open pipe. Nothing is written to it.
  (server.stdin as unknown as { unref(): void }).unref();
  return server;
}
