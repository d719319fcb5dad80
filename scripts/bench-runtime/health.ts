import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { performance } from "node:perf_hooks";
import { HealthServer } from "../../runtime/health/health-server";
import { ProductionHealthCheck } from "../../runtime/health/production-health-check";
import { say } from "./timing";

const PER_SECOND = 1000;
const SECONDS = 5;
const CONNECTIONS = 20;

/** Asked from the same process, which both share alike: how long the health endpoint takes under 1,000 requests a second, beside a server that says one word. */
export async function health(): Promise<void> {
  const bare = createServer((_, response) => response.end("live\n")).listen(0, "127.0.0.1");
  await once(bare, "listening");
  const probe = async () => {};
  const healthCheck = new ProductionHealthCheck({
    probes: {
      writeSide: { commandApi: probe, eventStore: probe },
      readSide: { queryApi: probe, postgresPrimary: probe, postgresReplicas: [probe, probe, probe], redis: probe },
    },
  });
  await healthCheck.checkSystem();
  const server = new HealthServer({ healthCheck, port: 0, host: "127.0.0.1", drainDelayMs: 0 });
  const port = await server.listen();
  const ofBare = await latencies((bare.address() as AddressInfo).port, "/");
  const ofHealth = await latencies(port, "/health");
  for (const [name, { median, worst }] of Object.entries({ "a bare server": ofBare, "/health": ofHealth })) {
    say(`${name} at ${PER_SECOND} a second, median`, median, "milliseconds");
    say(`${name} at ${PER_SECOND} a second, 99 of 100`, worst, "milliseconds");
  }
  bare.close();
  bare.closeAllConnections();
  await Promise.all([server.drain(), healthCheck.stop()]);
}

async function latencies(port: number, path: string): Promise<{ readonly median: number; readonly worst: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const times: number[] = [];
  const asked: Promise<void>[] = [];
  const start = performance.now();
  while (asked.length < PER_SECOND * SECONDS) {
    // So many as should have been sent by now, whatever became of those before.
    const due = Math.min(((performance.now() - start) / 1000) * PER_SECOND, PER_SECOND * SECONDS);
    while (asked.length < due) asked.push(ask(agent, port, path, times));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(asked);
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? Number.NaN;
  return { median: at(0.5), worst: at(0.99) };
}

async function ask(agent: Agent, port: number, path: string, times: number[]): Promise<void> {
  const begun = performance.now();
  const sent = request({ agent, host: "127.0.0.1", port, path }).end();
  const [response] = await once(sent, "response");
  if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}`);
  response.resume();
  await once(response, "end");
  times.push(performance.now() - begun);
}
