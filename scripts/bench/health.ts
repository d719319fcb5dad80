import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { performance } from "node:perf_hooks";
import { HealthServer } from "../../runtime/health/health-server";
import { ProductionHealthCheck } from "../../runtime/health/production-health-check";
import type { Result } from "./gate";

const PER_SECOND = 1000;
const SECONDS = 5;
const CONNECTIONS = 20;
/** Of medians. */
const MOST_TIMES_BARE = 4;

/**
 * Latency of the health endpoint at 1,000 requests a second, next to a server that answers one word. This process sends
 * the requests to both.
 */
export async function health(): Promise<readonly Result[]> {
  const bare = createServer((_, response) => response.end("live\n")).listen(0, "127.0.0.1");
  await once(bare, "listening");
  const probe = async () => {};
  const healthCheck = new ProductionHealthCheck({
    probes: {
      writeSide: { commandApi: probe, eventStore: probe },
      readSide: { queryApi: probe, postgresPrimary: probe, postgresReplicas: [probe, probe, probe], redis: probe },
    },
  });
  const server = new HealthServer({ healthCheck, port: 0, host: "127.0.0.1", drainDelayMs: 0 });
  try {
    await healthCheck.checkSystem();
    const port = await server.listen();
    const ofBare = await latencies((bare.address() as AddressInfo).port, "/");
    const ofHealth = await latencies(port, "/health");
    return [
      ...Object.entries({ "a bare server": ofBare, "/health": ofHealth }).flatMap(([name, { median, worst }]) => [
        { name: `${name}, median`, value: median, unit: "milliseconds" },
        { name: `${name}, 99th percentile`, value: worst, unit: "milliseconds" },
      ]),
      {
        ...{ name: "/health, median", value: ofHealth.median / ofBare.median, unit: "times a bare server" },
        limit: { atMost: MOST_TIMES_BARE },
      },
    ];
  } finally {
    bare.close();
    bare.closeAllConnections();
    await Promise.all([server.drain(), healthCheck.stop()]);
  }
}

async function latencies(port: number, path: string): Promise<{ readonly median: number; readonly worst: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const times: number[] = [];
  const sent: Promise<void>[] = [];
  const start = performance.now();
  let failure: unknown;
  while (sent.length < PER_SECOND * SECONDS && failure === undefined) {
    // The number that is due by now, whether or not earlier requests are answered.
    const due = Math.min(((performance.now() - start) / 1000) * PER_SECOND, PER_SECOND * SECONDS);
    while (sent.length < due) {
      const asked = ask(agent, port, path, times);
      sent.push(
        asked.catch((error) => {
          failure ??= error;
        }),
      );
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(sent);
  agent.destroy();
  if (failure !== undefined) throw failure;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? Number.NaN;
  return { median: at(0.5), worst: at(0.99) };
}

async function ask(agent: Agent, port: number, path: string, times: number[]): Promise<void> {
  const begun = performance.now();
  const message = request({ agent, host: "127.0.0.1", port, path }).end();
  const [response] = await once(message, "response");
  if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}`);
  response.resume();
  await once(response, "end");
  times.push(performance.now() - begun);
}
