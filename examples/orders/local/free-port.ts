import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Linux gives outgoing connections the ports from 32,768 on, so that one of those may be taken at any moment. A node of a
 * Redis cluster also listens at its port + 10,000.
 */
const PORTS = { min: 10_000, max: 22_767 } as const;
const ATTEMPTS = 100;

/** A port at which no process listens. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(PORTS.min, PORTS.max + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${PORTS.min} to ${PORTS.max} in ${ATTEMPTS} attempts`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port), "listening");
  } catch {
    return false;
  }
  await once(server.close(), "close");
  return true;
}
