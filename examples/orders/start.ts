import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ended } from "./local/ended";
import { end, endedBySignal, unlessEnded } from "./local/ending";
import { freePort } from "./local/free-port";
import { hints } from "./local/hints";
import { Issuer } from "./local/issuer";
import { load } from "./local/load";
import { type LocalStores, startLocalStores } from "./local/stores";

// All four services on this machine, as the platform would run them, with orders that come in and queries that go out.
// With --keep they go on until Ctrl-C or SIGTERM, which end all of it at any time. --orders says how many orders come in.

const DEFAULT_ORDERS = 500;
const ARTICLES = 10;
/** Of the orders of each article. */
const CONFIRMED_SHARE = 4 / 5;
/** With this number or a multiple of it, that share of each article's orders is a whole number. */
const LEAST_ORDERS = 50;
const READY_SECONDS = 60;
const SERVICES = ["command-api", "command-processors", "projections", "query-api"] as const;
/** The seed's. */
const PERMISSIONS = {
  commandPermissions: {
    CreateOrder: ["user", "admin"],
    CancelOrder: ["admin"],
    UpdateInventory: ["inventory_manager", "admin"],
  },
  queryPermissions: {
    GetOrder: ["user", "admin"],
    GetAllOrders: ["admin"],
    GetInventory: ["inventory_viewer", "admin"],
  },
};

interface Running {
  readonly name: (typeof SERVICES)[number];
  readonly http: string;
  readonly metrics: string;
  readonly program: ChildProcess;
}

async function main(): Promise<void> {
  const { keep, orders } = parseArgs({
    options: {
      keep: { type: "boolean", default: false },
      orders: { type: "string", default: `${DEFAULT_ORDERS}` },
    },
  }).values;
  const count = orderCountOf(orders);
  const signal = endedBySignal();
  const folder = mkdtempSync(join(tmpdir(), "orders-auth-"));
  const services: Running[] = [];
  let stores: LocalStores | undefined;
  try {
    stores = await startLocalStores();
    console.log(`PostgreSQL at 127.0.0.1:${stores.postgresPort}, Redis at 127.0.0.1:${stores.redisPort}`);
    const { isRight, told } = await unlessEnded(signal, run(stores, folder, services, count, signal));
    if (keep) {
      console.log(told);
      await end(signal);
    }
    if (!isRight) throw new Error("not what was ordered");
  } finally {
    await Promise.all(services.map(({ program }) => ended(program)));
    await stores?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function orderCountOf(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= LEAST_ORDERS && count % LEAST_ORDERS === 0) return count;
  throw new Error(`--orders: must be a multiple of ${LEAST_ORDERS}, got ${text}`);
}

/** @param services to which those are added that were started @returns whether all came as it should, and how to try more */
async function run(stores: LocalStores, folder: string, services: Running[], orders: number, signal: AbortSignal) {
  const issuer = new Issuer("https://issuer.localhost/", "orders");
  const auth = {
    algorithm: "RS256",
    issuer: "https://issuer.localhost/",
    audience: "orders",
    publicKey: issuer.publicKey,
  };
  const document = join(folder, "auth.json");
  writeFileSync(document, JSON.stringify({ ...auth, ...PERMISSIONS }));
  const environment = { ...environmentOf(stores, document), DELETED_SUBJECTS_FOLDER: join(folder, "ledger") };
  for (const name of SERVICES) services.push(await started(name, environment, signal));
  await Promise.all(services.map(ready));
  const [commands, , , queries] = services;
  if (commands === undefined || queries === undefined) throw new Error("a service is missing");

  const tokens = {
    customer: issuer.token("customer-7", "user"),
    stock: issuer.token("keeper-1", "inventory_manager"),
    admin: issuer.token("admin-1", "admin"),
  };
  const addresses = { commands: commands.http, queries: queries.http };
  const expected = orders * CONFIRMED_SHARE;
  const outcome = await load(addresses, tokens, orders, expected / ARTICLES);
  console.log(`\n${orders} orders for ${expected} chairs: ${JSON.stringify(outcome)}`);
  for (const { name, metrics } of services) await show(name, metrics, tokens.admin);
  const { confirmed, rejected } = outcome.statuses;
  const isRight = confirmed === expected && rejected === orders - expected && outcome.available === 0;
  return { isRight, told: hints(addresses, tokens, environment) };
}

/** What the platform's pods are told, with stores of this machine. */
const environmentOf = ({ postgresPort, redisPort }: LocalStores, document: string) => {
  const database = `postgres://postgres@127.0.0.1:${postgresPort}/postgres`;
  return {
    NODE_ENV: "development",
    LOCAL_KEY: randomBytes(32).toString("base64"),
    AUTH_DOCUMENT: document,
    EVENT_STORE_CONNECTION_STRING: database,
    SUBJECT_KEYS_URL: database,
    SNAPSHOTS_URL: database,
    DATABASE_HOSTS: "127.0.0.1",
    DATABASE_PORT: `${postgresPort}`,
    DATABASE_NAME: "postgres",
    DATABASE_USER: "postgres",
    CACHE_HOST: "127.0.0.1",
    CACHE_PORT: `${redisPort}`,
    CACHE_USER: "default",
    CACHE_KEY_PREFIX: "app:",
    PROJECTION_WORKERS: "1",
    PROJECTION_INDEX: "0",
    PROJECTION_PARTITIONS: "20",
    PROJECTION_PARALLELISM: "10",
    // Nobody keeps connections that could go to another pod.
    DRAIN_DELAY_MS: "0",
  };
};

async function started(
  name: Running["name"],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Running> {
  const [http, metrics] = [await freePort(), await freePort()];
  // What is started now would be ended by nobody.
  signal.throwIfAborted();
  const program = spawn(process.execPath, [...process.execArgv, join(__dirname, `${name}${extname(__filename)}`)], {
    env: { PATH: process.env.PATH, ...environment, HTTP_PORT: `${http}`, METRICS_PORT: `${metrics}` },
    // Its lines are what it says of each message: too many to read here.
    stdio: ["ignore", "ignore", "inherit"],
  });
  return { name, program, http: `http://127.0.0.1:${http}`, metrics: `http://127.0.0.1:${metrics}` };
}

async function ready({ name, metrics, program }: Running): Promise<void> {
  for (let tries = 0; tries < READY_SECONDS * 10; tries++) {
    const over = program.exitCode ?? program.signalCode;
    if (over !== null) throw new Error(`${name} ended with ${over}`);
    const status = await fetch(`${metrics}/readyz`).then(
      ({ status: is }) => is,
      () => 0,
    );
    if (status === 200) return;
    await wait(100);
  }
  throw new Error(`${name} was not ready within ${READY_SECONDS} s`);
}

/** What it says of its health, and the first of its metrics. */
async function show(name: string, metrics: string, token: string): Promise<void> {
  const health = await fetch(`${metrics}/health`, { headers: { Authorization: `Bearer ${token}` } });
  const exposition = await (await fetch(`${metrics}/metrics`)).text();
  const ours = exposition
    .split("\n")
    .filter((line) => /^cqrs_[a-z_]+(?:_total|_events|_status)\{/.test(line) && !line.endsWith(" 0"));
  console.log(`\n${name}: ${await health.text()}${ours.map((line) => `\n  ${line}`).join("")}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
