import { HealthServer } from "../../../runtime/health/health-server";
import { ProductionHealthCheck } from "../../../runtime/health/production-health-check";

// A service as the documentation has it, that does nothing but to be healthy and to go at SIGTERM. It prints its port.

async function main(): Promise<void> {
  const healthCheck = new ProductionHealthCheck({ probes: { writeSide: { eventStore: async () => {} } } });
  healthCheck.start();
  const server = new HealthServer({ healthCheck, port: 0, host: "127.0.0.1", drainDelayMs: 1000 });
  const port = await server.listen();
  process.once("SIGTERM", () => void server.drain(() => healthCheck.stop()));
  process.stdout.write(`${port}\n`);
}

void main();
