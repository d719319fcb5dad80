import { readFileSync } from "node:fs";
import type { Pool } from "pg";
import { kmsKeySettings } from "../adapters/aws/kms-key-settings";
import { KmsKeys } from "../adapters/aws/kms-keys";
import { rdsToken } from "../adapters/aws/rds-token";
import { isKurrentDbAddress, KURRENTDB_SCHEMES, kurrentDbSettings } from "../adapters/kurrentdb/kurrentdb-settings";
import { LocalKeys } from "../adapters/local/local-keys";
import { PostgresEventLog } from "../adapters/postgres/postgres-event-log";
import { PostgresEventStore } from "../adapters/postgres/postgres-event-store";
import { postgresPool } from "../adapters/postgres/postgres-pool";
import { batchesOf, type EventLog } from "../event-store/event-batches";
import type { EventStore } from "../event-store/event-store";
import type { Waiting, WrappingKeys } from "../keys/wrapping-keys";
import type { BackupStorage } from "../recovery/backup/backup-storage";
import { SettingsError } from "../settings";
import { schemasIn } from "./schemas";

type Environment = NodeJS.ProcessEnv;

/** What a store's connections are called in `pg_stat_activity`. */
const APPLICATION_NAME = "cqrs-ops";
const [DEFAULT_PORT, MAX_PORT] = [5432, 65_535];
const BACKUP_KEY_NAMES = { keyId: "BACKUP_KMS_KEY_ID", formerKeyIds: "BACKUP_FORMER_KMS_KEY_IDS" } as const;
const POSTGRES = /^postgres(?:ql)?:\/\//;

/** An event store, as the pods of services are told where it is. */
export interface OpenedEventStore {
  readonly kind: "postgresql" | "kurrentdb";
  readonly store: EventStore;
  readonly log: EventLog;
  /** Of PostgreSQL alone: its pool and schema. */
  readonly postgres: { readonly pool: Pool; readonly schema: string } | undefined;
  close(): Promise<void>;
}

/**
 * From `EVENT_STORE_CONNECTION_STRING`: KurrentDB, as the user in `EVENT_STORE_CREDENTIALS` or in the secret that
 * `EVENT_STORE_CREDENTIALS_SECRET` names, or with `postgres://` PostgreSQL, in `EVENT_STORE_SCHEMA`.
 * @throws {SettingsError} @throws {SecretError}
 */
export async function openEventStore(environment: Environment, waiting?: Waiting): Promise<OpenedEventStore> {
  const address = given(environment, "EVENT_STORE_CONNECTION_STRING");
  if (!POSTGRES.test(address)) {
    if (!isKurrentDbAddress(address))
      throw new SettingsError([`EVENT_STORE_CONNECTION_STRING: must begin with postgres://, ${KURRENTDB_SCHEMES}`]);
    // Its client is a native one, which nobody needs to have installed whose store is another. That it is missing is said
    // before anything is asked or done: the store itself loads it late.
    await import("@kurrent/kurrentdb-client");
    const { KurrentDbEventStore } = await import("../adapters/kurrentdb/kurrentdb-event-store.js");
    const store = new KurrentDbEventStore(kurrentDbSettings(await withCredentials(environment, waiting)));
    const log: EventLog = { readBatches: (after, options) => batchesOf(store.readAll(after, options)) };
    return { kind: "kurrentdb", store, log, postgres: undefined, close: () => store.close() };
  }
  const { events: schema } = schemasIn(environment);
  const pool = postgresPoolAt(environment, "EVENT_STORE_CONNECTION_STRING");
  const store = new PostgresEventStore({ pool, schema });
  return {
    kind: "postgresql",
    log: new PostgresEventLog({ pool, schema }),
    postgres: { pool, schema },
    store,
    close: () => store.close(),
  };
}

/** Of the administrator, whose secret the platform names: a password that was just changed is the next run's. */
async function withCredentials(environment: Environment, waiting?: Waiting): Promise<Environment> {
  const { EVENT_STORE_CREDENTIALS_SECRET: name } = environment;
  if (name === undefined || environment.EVENT_STORE_CREDENTIALS !== undefined) return environment;
  return { ...environment, EVENT_STORE_CREDENTIALS: await secretText(environment, name, waiting) };
}

async function secretText({ AWS_REGION: region }: Environment, name: string, waiting?: Waiting): Promise<string> {
  const { SecretsManagerSecret } = await import("../adapters/aws/secrets-manager.js");
  const secret = await SecretsManagerSecret.create(name, { region });
  try {
    return await secret.current(waiting);
  } finally {
    secret.close();
  }
}

/**
 * Connections to the read models' primary, from `DATABASE_HOSTS`, of which it is the first, `DATABASE_PORT`, `DATABASE_NAME`,
 * `DATABASE_USER`, and on AWS `AWS_REGION` for its tokens and `DATABASE_CA_FILE`. @throws {SettingsError}
 */
export function readModelsPool(environment: Environment, maxConnections?: number): Pool {
  const names = ["DATABASE_HOSTS", "DATABASE_PORT", "DATABASE_NAME", "DATABASE_USER"] as const;
  const [hosts, portText, database, user] = allGiven(environment, names);
  const [[host = ""], port] = [hosts.split(","), portOf(portText)];
  if (host === "")
    throw new SettingsError([`DATABASE_HOSTS: must be hosts with commas between, the primary first, got ${hosts}`]);
  const { AWS_REGION: region } = environment;
  return postgresPool({
    ...{ host, port, database, user, maxConnections, applicationName: APPLICATION_NAME },
    password: region === undefined ? (environment.DATABASE_PASSWORD ?? "") : rdsToken({ host, port, user, region }),
    tls: tlsOf(environment),
    names: { password: "DATABASE_PASSWORD", tls: "DATABASE_CA_FILE" },
  });
}

/** @throws {SettingsError} */
function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= MAX_PORT) return port;
  throw new SettingsError([`DATABASE_PORT: must be a whole number from 1 to ${MAX_PORT}, got ${text}`]);
}

/** @throws {SettingsError} */
function tlsOf({ DATABASE_CA_FILE: file }: Environment): { readonly ca: string } | undefined {
  if (file === undefined) return undefined;
  try {
    return { ca: readFileSync(file, "utf8") };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsError([`DATABASE_CA_FILE: must be a file that can be read, got ${file}: ${code}`]);
  }
}

/** @throws {SettingsError} */
export const readModelsSchema = (environment: Environment): string => schemasIn(environment).models;

/**
 * A bucket of S3 from `BACKUP_BUCKET`, or a folder from `BACKUP_FOLDER`.
 * @param toWrite whether a folder that is not there is made: to whoever reads, it is a name that was mistyped.
 * @throws {SettingsError}
 */
export async function openBackupStorage(environment: Environment, toWrite = false): Promise<BackupStorage> {
  const { BACKUP_BUCKET: bucket, BACKUP_FOLDER: folder } = environment;
  if ((bucket === undefined) === (folder === undefined))
    throw new SettingsError(["BACKUP_BUCKET or BACKUP_FOLDER: one of them must be given"]);
  if (folder !== undefined) {
    const { FolderStorage } = await import("../adapters/local/folder-storage.js");
    return toWrite ? FolderStorage.create(folder, "BACKUP_FOLDER") : FolderStorage.open(folder, "BACKUP_FOLDER");
  }
  const { S3Storage } = await import("../adapters/aws/s3-storage.js");
  const { s3Settings } = await import("../adapters/aws/s3-settings.js");
  const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  return S3Storage.create(s3Settings(environment), { endpoint });
}

/**
 * Keys that wrap the data keys of backups: KMS's from `BACKUP_KMS_KEY_ID`, or a local one that starts on no platform.
 * @throws {SettingsError}
 */
export async function backupWrappingKeys(environment: Environment): Promise<WrappingKeys> {
  const { BACKUP_KMS_KEY_ID: key, LOCAL_KEY: localKey, LOCAL_KEY_FILE: localFile } = environment;
  if (key !== undefined) return KmsKeys.create(kmsKeySettings(environment, BACKUP_KEY_NAMES));
  if (localKey === undefined && localFile === undefined)
    throw new SettingsError([
      `${BACKUP_KEY_NAMES.keyId}: must be given, or LOCAL_KEY, which works with NODE_ENV development and test alone`,
    ]);
  return LocalKeys.fromEnvironment(environment, BACKUP_KEY_NAMES.keyId);
}

/** What says where the subjects' keys are. */
export const SUBJECT_KEYS = "SUBJECT_KEYS_URL or SUBJECT_KEYS_SECRET";

/**
 * Connections to the database of the subjects' keys, from `SUBJECT_KEYS_URL`, or from what the secret says that
 * `SUBJECT_KEYS_SECRET` names; none where neither is given.
 * @throws {SettingsError} @throws {SecretError}
 */
export async function subjectKeysPool(environment: Environment, waiting?: Waiting): Promise<Pool | undefined> {
  const { SUBJECT_KEYS_URL: url, SUBJECT_KEYS_SECRET: secret } = environment;
  if (secret === undefined) return url === undefined ? undefined : postgresPoolAt(environment, "SUBJECT_KEYS_URL");
  if (url !== undefined) throw new SettingsError([`${SUBJECT_KEYS}: only one of them must be given`]);
  const SUBJECT_KEYS_SECRET = await secretText(environment, given(environment, "SUBJECT_KEYS_SECRET"), waiting);
  return postgresPoolAt({ ...environment, SUBJECT_KEYS_SECRET }, "SUBJECT_KEYS_SECRET");
}

/**
 * Connections to where a setting says, as `postgres://user:password@host:5432/database`.
 * @throws {SettingsError} which does not say it again, for it may have a password.
 */
export function postgresPoolAt(environment: Environment, name: string): Pool {
  const { hostname, port, pathname, username, password, searchParams } = addressIn(given(environment, name), name);
  const unheeded = [...searchParams.keys()].join(", ");
  if (unheeded !== "")
    throw new SettingsError([
      `${name}: must have nothing behind the database's name, got ${unheeded}: DATABASE_CA_FILE gives TLS`,
    ]);
  return postgresPool({
    ...{ host: hostname.replace(/^\[|\]$/g, ""), user: username, password, database: pathname.slice(1) },
    port: port === "" ? DEFAULT_PORT : Number(port),
    tls: tlsOf(environment),
    names: {
      ...Object.fromEntries(["host", "port", "database", "user", "password"].map((key) => [key, `${key} in ${name}`])),
      tls: "DATABASE_CA_FILE",
    },
    applicationName: APPLICATION_NAME,
  });
}

function addressIn(text: string, name: string) {
  try {
    const { hostname, port, pathname, username, password, searchParams } = new URL(text);
    const [user, secret, path] = [username, password, pathname].map(decodeURIComponent);
    return { hostname, port, searchParams, username: user ?? "", password: secret ?? "", pathname: path ?? "" };
  } catch {
    throw new SettingsError([`${name}: must be like postgres://user:password@host:5432/database`]);
  }
}

export const given = (environment: Environment, name: string): string => allGiven(environment, [name] as const)[0];

/** Values of settings. @throws {SettingsError} with all that are missing. */
function allGiven<Names extends readonly string[]>(environment: Environment, names: Names) {
  const missing = names.filter((name) => (environment[name] ?? "") === "");
  if (missing.length > 0) throw new SettingsError(missing.map((name) => `${name}: must be given`));
  return names.map((name) => environment[name]) as { readonly [Index in keyof Names]: string };
}
