import { setTimeout as wait } from "node:timers/promises";

export interface Addresses {
  readonly commands: string;
  readonly queries: string;
}

export interface Tokens {
  readonly customer: string;
  readonly stock: string;
  readonly admin: string;
}

export interface Outcome {
  /** Orders by what has become of them. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly available: number;
  readonly ordersPerSecond: number;
  /** Milliseconds from the last command to the last row that it has changed. */
  readonly behindMs: number;
}

const SKUS = Array.from({ length: 10 }, (_, number) => `chair-${number}`);
const AT_ONCE = 20;
const SETTLED = ["confirmed", "rejected"];

/**
 * Sends orders, each for one of ten articles, for more than there is of them, so that the last ones are rejected, and asks
 * until all of them are settled. @param onHand of each article
 */
export async function load(
  { commands, queries }: Addresses,
  tokens: Tokens,
  orders: number,
  onHand: number,
): Promise<Outcome> {
  const run = Date.now().toString(36);
  for (const sku of SKUS) await command(commands, "UpdateInventory", tokens.stock, { sku, onHand });
  const ids = Array.from({ length: orders }, (_, index) => `${run}-${index}`);
  const begun = performance.now();
  const customer = { email: "somebody@example.com", creditCard: "4111 1111 1111 1111", ssn: "078-05-1120" };
  for (let index = 0; index < ids.length; index += AT_ONCE) {
    const some = ids.slice(index, index + AT_ONCE);
    await Promise.all(
      some.map((orderId, offset) => {
        const items = [{ sku: SKUS[(index + offset) % SKUS.length], quantity: 1 }];
        return command(commands, "CreateOrder", tokens.customer, { orderId, customer, items });
      }),
    );
  }
  const sent = performance.now();

  const statuses = new Map<string, string>();
  while (statuses.size < ids.length) {
    for (const id of ids.filter((each) => !statuses.has(each))) {
      const order = await query(queries, `GetOrder?orderId=${id}`, tokens.customer);
      if (SETTLED.includes(`${order?.status}`)) statuses.set(id, `${order?.status}`);
    }
    await wait(20);
  }
  const behindMs = Math.round(performance.now() - sent);
  return {
    statuses: Object.fromEntries(
      SETTLED.map((each) => [each, [...statuses.values()].filter((is) => is === each).length]),
    ),
    available: await settled(queries, tokens),
    ordersPerSecond: (orders * 1000) / (sent - begun),
    behindMs,
  };
}

/** What is left of all articles; an answer that was kept is a second old. */
async function settled(queries: string, { admin }: Tokens): Promise<number> {
  await wait(1500);
  const all = await Promise.all(SKUS.map((sku) => query(queries, `GetInventory?sku=${sku}`, admin)));
  return all.reduce((sum, inventory) => sum + Number(inventory?.available), 0);
}

async function command(address: string, type: string, token: string, message: object): Promise<void> {
  const response = await fetch(`${address}/commands/${type}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(message),
  });
  if (!response.ok) throw new Error(`${type}: ${response.status} ${await response.text()}`);
}

async function query(address: string, what: string, token: string): Promise<Record<string, unknown> | undefined> {
  const response = await fetch(`${address}/queries/${what}`, { headers: { Authorization: `Bearer ${token}` } });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
