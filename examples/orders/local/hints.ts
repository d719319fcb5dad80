import type { Addresses, Tokens } from "./load";

/** What `cqrs-ops` asks for: the same as the services, and where backups are to be. */
const OPS_VARIABLES = [
  "NODE_ENV",
  "LOCAL_KEY",
  "EVENT_STORE_CONNECTION_STRING",
  "SUBJECT_KEYS_URL",
  "DATABASE_HOSTS",
  "DATABASE_PORT",
  "DATABASE_NAME",
  "DATABASE_USER",
  "PROJECTION_PARTITIONS",
];

/** How to try what runs, and how to end it. */
export function hints(
  { commands, queries }: Addresses,
  tokens: Tokens,
  environment: Readonly<Record<string, string>>,
): string {
  const exported = OPS_VARIABLES.map((name) => `${name}='${environment[name]}'`).join(" ");
  return `
commands at ${commands}, queries at ${queries}; tokens, for an hour: ${JSON.stringify(tokens, null, 2)}

one query:
  curl -H 'Authorization: Bearer ${tokens.admin}' '${queries}/queries/GetInventory?sku=chair-0'

PostgreSQL, which has events, read models and keys: ${environment.EVENT_STORE_CONNECTION_STRING}
cqrs-ops on it, from the repository's root, docs/recovery-tool.md says what else it does:
  export ${exported} BACKUP_FOLDER=/tmp/orders-backups OPS_APPLICATION=examples/orders/ops.ts
  node --import tsx runtime/ops/cqrs-ops.ts backup

It ends, and all that it has started, by Ctrl-C, or by: kill ${process.pid}`;
}
