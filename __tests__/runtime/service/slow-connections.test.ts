import { get } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { HealthServer } from "../../../runtime/health/health-server";
import { ApiServer } from "../../../runtime/service/api-server";
import { statusOf } from "../../support/runtime/health-statuses";

const HOST = "127.0.0.1";
/** What a slow connection sends, and never more. */
const SLOW = {
  heads: "GET /livez HTTP/1.1\r\nHost: a\r\n",
  bodies: "POST /commands/Do HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
} as const;

/** Connections that never send the end of a request, each replaced as soon as it is closed. */
class SlowConnections {
  private readonly sockets = new Set<Socket>();
  private ended = false;

  constructor(
    private readonly port: number,
    count: number,
    private readonly sent: string,
  ) {
    for (let index = 0; index < count; index++) this.open();
  }

  async end(): Promise<void> {
    this.ended = true;
    for (const socket of this.sockets) socket.destroy();
    while (this.sockets.size > 0) await wait(5);
  }

  private open(): void {
    const socket = connect(this.port, HOST, () => socket.write(this.sent));
    this.sockets.add(socket);
    socket.resume().on("error", () => {});
    socket.once("close", () => {
      this.sockets.delete(socket);
      // Not at once: who attacks has a network between.
      if (!this.ended) setTimeout(() => !this.ended && this.open(), 100);
    });
  }
}

/** As the kubelet: each probe has a connection of its own, and three seconds. */
const probe = (port: number, path: string): Promise<number | string> =>
  new Promise((resolve) => {
    get({ host: HOST, port, path, agent: false, timeout: 3000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on("timeout", () => resolve("timeout"))
      .on("error", ({ message }) => resolve(message));
  });

const health = () =>
  new HealthServer({ healthCheck: { status: statusOf("healthy") }, port: 0, host: HOST, drainDelayMs: 0 });
const starts = {
  "health and metrics": async () => {
    const server = health();
    return { port: await server.listen(), close: () => server.drain() };
  },
  "an API": async () => {
    const api = { answer: async () => {} };
    const server = new ApiServer({ api, port: 0, host: HOST, healthPath: "/livez", health: health().healthHandler });
    return { port: await server.listen(), close: () => server.close() };
  },
};

test.each<[keyof typeof starts, number, keyof typeof SLOW]>([
  ["health and metrics", 600, "heads"],
  ["an API", 2100, "heads"],
  ["an API", 2100, "bodies"],
])(
  "the port of %s answers each probe under %d connections with slow %s",
  async (kind, count, what) => {
    const { port, close } = await starts[kind]();
    const slow = new SlowConnections(port, count, SLOW[what]);
    try {
      const answers: (number | string)[] = [];
      for (let round = 0; round < 40; round++) {
        answers.push(await probe(port, "/livez"));
        await wait(50);
      }
      expect(answers).toEqual(answers.map(() => 200));
    } finally {
      await slow.end();
      await close();
    }
  },
  30_000,
);
