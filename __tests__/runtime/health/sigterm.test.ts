import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { compiled, ROOT } from "../../support/test-run/compiled";
import { spawnServer } from "../../support/test-run/spawn-server";

const PROGRAM = compiled(join(ROOT, "__tests__", "support", "servers", "draining-service.ts"));

test("a service that gets SIGTERM is first not ready, lives on for the delay, and then ends by itself", async () => {
  const service = spawnServer([process.execPath, PROGRAM], { cwd: ROOT, output: ["pipe", "inherit"] });
  const [port] = await once(service.stdout ?? service, "data");
  const statusAt = async (path: string) =>
    (await fetch(`http://127.0.0.1:${`${port}`.trim()}${path}`, { headers: { connection: "close" } })).status;
  expect([await statusAt("/readyz"), await statusAt("/livez")]).toEqual([200, 200]);
  const exit = once(service, "exit");
  service.kill("SIGTERM");
  while ((await statusAt("/readyz")) === 200) await wait(10);
  expect([await statusAt("/readyz"), await statusAt("/livez")]).toEqual([503, 200]);
  // No handle is left that would keep it.
  expect(await exit).toEqual([0, null]);
}, 60_000);
