import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { whyNoPostgres } from "../../support/servers/running-postgres";
import { whyNoRedis } from "../../support/servers/running-redis";
import { compiled } from "../../support/test-run/compiled";
import { bySchedule } from "../../support/test-run/nightly";
import { spawnServer } from "../../support/test-run/spawn-server";

const ROOT = join(__dirname, "..", "..", "..");
const why = whyNoPostgres() ?? whyNoRedis();
const TIME = 120_000;

/** By npm, which passes signals on to the shell that it starts a script with. */
const BY_NPM = ["npm", "run", "example", "--"];
/** Without npm, and compiled: all five programs start in a fraction of the time. */
const DIRECTLY = [process.execPath, compiled(join(ROOT, "examples", "orders", "start.ts"))];
const DIRECTLY_OR_BY_NPM = bySchedule({ always: DIRECTLY, nightly: BY_NPM });
/** Under load in the nightly run; else as few orders as can be. */
const ORDERS = bySchedule({ always: ["--orders", "50"], nightly: [] });

/** The example, and what it has printed. */
class Example {
  private readonly program: ChildProcess;
  private text = "";

  constructor(command: readonly string[]) {
    this.program = spawnServer([...command, "--keep", ...ORDERS], { cwd: ROOT, output: ["pipe", "pipe"] });
    for (const output of [this.program.stdout, this.program.stderr])
      output?.on("data", (chunk: Buffer) => {
        this.text += chunk;
      });
  }

  /** What a group of a pattern has found, once it was printed. */
  async said(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.text);
      if (found !== null) return found[1] ?? "";
      if (this.program.exitCode !== null) throw new Error(this.text);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async end(signal: NodeJS.Signals): Promise<number> {
    const over = once(this.program, "exit");
    this.program.kill(signal);
    // A terminal sends it to npm and to what npm passes it on to.
    this.program.kill(signal);
    const [code] = await over;
    return code;
  }

  /** Of all that it says to be at a port, what takes a connection. */
  async listening(): Promise<readonly string[]> {
    const ports = new Set([...this.text.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port = ""]) => port));
    expect(ports.size).toBeGreaterThan(1);
    const open = await Promise.all([...ports].map(async (port) => ((await isOpen(Number(port))) ? port : undefined)));
    return open.filter((port) => port !== undefined);
  }

  kill(): void {
    if (this.program.exitCode === null) this.program.kill("SIGTERM");
  }
}

const isOpen = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });

(why === undefined ? describe : describe.skip)(`the example${why ? `, skipped: ${why}` : ""}`, () => {
  let example: Example;
  afterEach(() => example.kill());

  test.each<NodeJS.Signals>(["SIGTERM", "SIGINT"])(
    "that is kept says how to try and to end it, and %s ends all of it",
    async (signal) => {
      example = new Example(DIRECTLY_OR_BY_NPM);
      await example.said(/by: kill (\d+)/);
      const [token, address] = [await example.said(/Bearer (\S+)' '/), await example.said(/' '(http\S+)'/)];
      const answer = await fetch(address, { headers: { Authorization: `Bearer ${token}` } });
      expect(await answer.json()).toEqual({ sku: "chair-0", available: 0 });
      expect(await example.said(/PostgreSQL, which has .*: (postgres:\S+)/)).toMatch(/^postgres:\/\/postgres@127/);
      expect(await example.listening()).not.toEqual([]);
      expect(await example.end(signal)).toBe(0);
      expect(await example.listening()).toEqual([]);
    },
    TIME,
  );

  test(
    "that is ended before it is ready leaves nothing, and says that it was",
    async () => {
      example = new Example(BY_NPM);
      await example.said(/PostgreSQL at 127\.0\.0\.1:(\d+)/);
      expect(await example.end("SIGTERM")).toBe(1);
      expect(await example.said(/(ended by SIGTERM)/)).not.toBe("");
      expect(await example.listening()).toEqual([]);
    },
    TIME,
  );
});
