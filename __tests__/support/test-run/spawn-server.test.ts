import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { compiled, ROOT } from "./compiled";
import { spawnServer } from "./spawn-server";

const SPAWN_SERVER = compiled(join(ROOT, "__tests__", "support", "test-run", "spawn-server.ts"));
/** Starts a server that forks, prints both process ids, and waits. */
const PARENT = `
const [, module, script] = process.argv;
const { stdout } = require(module).spawnServer(["sh", "-c", script], { output: ["pipe", "ignore"] });
stdout.pipe(process.stdout);`;
const FORKING = "sleep 1000 & echo $$ $!; wait";
const DEAF = "trap '' INT; sleep 1000 & echo $$ $!; wait";

test.each([
  ["a server", FORKING],
  ["a server that ignores SIGINT", DEAF],
])(
  "%s and what it has forked end when the process that started it is killed",
  async (_, script) => {
    const parent = spawn(process.execPath, ["-e", PARENT, SPAWN_SERVER, script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(parent.stdout, "data");
    const ids = String(line).trim().split(" ").map(Number);
    expect(ids.map(isRunning)).toEqual([true, true]);
    parent.kill("SIGKILL");
    while (ids.some(isRunning)) await wait(50);
  },
  30_000,
);

test("a server's signals and exit code are its own", async () => {
  const stopped = spawnServer(["sleep", "1000"]);
  const signal = once(stopped, "exit");
  stopped.kill("SIGTERM");
  expect(await signal).toEqual([null, "SIGTERM"]);
  expect(await once(spawnServer(["sh", "-c", "exit 3"]), "exit")).toEqual([3, null]);
});

/** A zombie has ended: what adopts it here may not reap it. */
function isRunning(id: number): boolean {
  try {
    return !readFileSync(`/proc/${id}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}
