import { once } from "node:events";
import { Agent, type IncomingMessage, type RequestOptions, request } from "node:http";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { FaultyProxy } from "../../support/servers/faulty-proxy";
import { compiled, ROOT } from "../../support/test-run/compiled";
import { spawnServer } from "../../support/test-run/spawn-server";

const PROGRAM = compiled(join(ROOT, "__tests__", "support", "servers", "draining-api.ts"));
const DRAIN_DELAY_MS = "3000";
const CLIENTS = 20;
/** Answers that each client gets before SIGTERM, and again after the service has ended. */
const ANSWERS = 5;

async function started() {
  const service = spawnServer([process.execPath, PROGRAM], {
    ...{ cwd: ROOT, env: { PATH: process.env.PATH, DRAIN_DELAY_MS }, output: ["pipe", "inherit"] },
  });
  const [ports] = await once(service.stdout ?? service, "data");
  return { service, ports: JSON.parse(`${ports}`) as { readonly http: number; readonly metrics: number } };
}

/** The answer's status and what it says of its connection. */
async function ask(options: RequestOptions, body?: string): Promise<string> {
  const sent = request({ host: "127.0.0.1", ...options }).end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  answer.resume();
  await once(answer, "end");
  return `${answer.statusCode} ${answer.headers.connection}`;
}

/** A client with one connection that it keeps. It sends a command, waits for the answer, and sends the next one. */
class Client {
  readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly failures: unknown[] = [];
  answered = 0;
  closes = 0;
  private ended = false;

  constructor(private readonly port: () => number) {}

  async run(): Promise<void> {
    const headers = { Authorization: "Bearer token", "Content-Type": "application/json" };
    while (!this.ended) {
      const options = { port: this.port(), path: "/commands/Do", method: "POST", headers, agent: this.agent };
      try {
        const answer = await ask(options, "{}");
        if (!answer.startsWith("204")) this.failures.push(answer);
        if (answer.endsWith("close")) this.closes++;
        this.answered++;
      } catch (error) {
        this.failures.push(error);
      }
      await wait(1);
    }
    this.agent.destroy();
  }

  async hasAnswers(more: number): Promise<void> {
    for (const goal = this.answered + more; this.answered < goal; ) await wait(5);
  }

  end(): void {
    this.ended = true;
  }
}

test("SIGTERM fails no command of twenty kept connections, which move to another pod within the drain delay", async () => {
  const [leaving, staying] = await Promise.all([started(), started()]);
  // As kube-proxy: a connection stays with its pod, and new ones go to another once the pod is not ready.
  const proxy = await FaultyProxy.start({ host: "127.0.0.1", port: leaving.ports.http });
  const clients = Array.from({ length: CLIENTS }, () => new Client(() => proxy.port));
  const runs = clients.map((client) => client.run());
  const scraper = new Agent({ keepAlive: true, maxSockets: 1 });
  const metrics = (path: string) => ask({ port: leaving.ports.metrics, path, agent: scraper });
  try {
    await Promise.all(clients.map((client) => client.hasAnswers(ANSWERS)));
    expect(await metrics("/livez")).toBe("200 keep-alive");
    expect(clients.map(({ closes }) => closes)).toEqual(clients.map(() => 0));

    const exit = once(leaving.service, "exit");
    leaving.service.kill("SIGTERM");
    let ready = await metrics("/readyz");
    for (; ready.startsWith("200"); ready = await metrics("/readyz")) await wait(5);
    proxy.leadTo({ host: "127.0.0.1", port: staying.ports.http });
    const live = await metrics("/livez");

    const ended = await exit;
    await Promise.all(clients.map((client) => client.hasAnswers(ANSWERS)));
    expect(clients.flatMap(({ failures }) => failures)).toEqual([]);
    expect(clients.filter(({ closes }) => closes === 0)).toEqual([]);
    expect([ready, live]).toEqual(["503 close", "200 close"]);
    expect(ended).toEqual([0, null]);
  } finally {
    for (const client of clients) client.end();
    await Promise.all(runs);
    scraper.destroy();
    await proxy.stop();
    staying.service.kill("SIGKILL");
  }
}, 60_000);
