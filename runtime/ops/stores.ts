import { readFileSync } from "node:fs";
import type { Pool } from "pg";
import { kmsKeySettings } from "../adapters/aws/kms-key-settings";
import { KmsKeys } from "../adapters/aws/kms-keys";
import { rdsToken } from "../adapters/aws/rds-token";
import { LocalKeys } from "../adapters/local/local-keys";
import { PostgresEventLog } from "../adapters/postgres/postgres-event-log";
import { PostgresEventStore } from "../adapters/postgres/postgres-event-store";
import { postgresPool } from "../adapters/postgres/postgres-pool";
import { batchesOf, type EventLog } from "../event-store/event-batches";
import type { EventStore } from "../event-store/event-store";
import type { WrappingKeys } from "../keys/wrapping-keys";
import type { BackupStorage } from "../recovery/backup/backup-storage";
import { SettingsError } from "../settings";

type Environment = NodeJS.ProcessEnv;

/** What a store's connections are called in `pg_stat_activity`. */
const APPLICATION_NAME = "cqrs-ops";
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
export async function openEventStore(environment: Environment): Promise<OpenedEventStore> {
  const address = given(environment, "EVENT_STORE_CONNECTION_STRING");
  if (!POSTGRES.test(address)) {
    // Its client is a native one, which nobody needs to have installed whose store is another.
    const { KurrentDbEventStore } = await import("../adapters/kurrentdb/kurrentdb-event-store.js");
    const { kurrentDbSettings } = await import("../adapters/kurrentdb/kurrentdb-settings.js");
    const store = new KurrentDbEventStore(kurrentDbSettings(await withCredentials(environment)));
    const log: EventLog = { readBatches: (after, options) => batchesOf(store.readAll(after, options)) };
    return { kind: "kurrentdb", store, log, postgres: undefined, close: () => store.close() };
  }
  const schema = environment.EVENT_STORE_SCHEMA ?? "event_store";
  const pool = postgresPoolAt(address, environment);
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
async function withCredentials(environment: Environment): Promise<Environment> {
  const { EVENT_STORE_CREDENTIALS_SECRET: name } = environment;
  if (name === undefined || environment.EVENT_STORE_CREDENTIALS !== undefined) return environment;
  const { SecretsManagerSecret } = await import("../adapters/aws/secrets-manager.js");
  const secret = await SecretsManagerSecret.create(name, { region: environment.AWS_REGION });
  try {
    return { ...environment, EVENT_STORE_CREDENTIALS: await secret.current() };
  } finally {
    secret.close();
  }
}

/**
 * Connections to the read models' primary, from `DATABASE_HOSTS`, of which it is the first, `DATABASE_PORT`, `DATABASE_NAME`,
 * `DATABASE_USER`, and on AWS `AWS_REGION` for its tokens and `DATABASE_CA_FILE`. @throws {SettingsError}
 */
export function readModelsPool(environment: Environment, maxConnections?: number): Pool {
  const [host = ""] = given(environment, "DATABASE_HOSTS").split(",");
  const port = Number(given(environment, "DATABASE_PORT"));
  const [user, database] = [given(environment, "DATABASE_USER"), given(environment, "DATABASE_NAME")];
  const { AWS_REGION: region, DATABASE_CA_FILE: ca } = environment;
  return postgresPool({
    ...{ host, port, database, user, maxConnections, applicationName: APPLICATION_NAME },
    password: region === undefined ? (environment.DATABASE_PASSWORD ?? "") : rdsToken({ host, port, user, region }),
    tls: ca === undefined ? undefined : { ca: readFileSync(ca, "utf8") },
  });
}

export const readModelsSchema = ({ DATABASE_SCHEMA }: Environment): string => DATABASE_SCHEMA ?? "read_models";

/** A bucket of S3 from `BACKUP_BUCKET`, or a folder from `BACKUP_FOLDER`. @throws {SettingsError} */
export async function openBackupStorage(environment: Environment): Promise<BackupStorage> {
  const { BACKUP_BUCKET: bucket, BACKUP_FOLDER: folder } = environment;
  if ((bucket === undefined) === (folder === undefined))
    throw new SettingsError(["BACKUP_BUCKET or BACKUP_FOLDER: one of them must be given"]);
  if (folder !== undefined) {
    const { FolderStorage } = await import("../adapters/local/folder-storage.js");
    return FolderStorage.create(folder);
  }
  const { S3Storage } = await import("../adapters/aws/s3-storage.js");
  const { s3Settings } = await import("../adapters/aws/s3-settings.js");
  const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  return S3Storage.create(s3Settings(environment), { endpoint });
}

/** Keys that wrap the data keys of backups: KMS's from `BACKUP_KMS_KEY_ID`, or a local one that starts on no platform. */
export async function backupWrappingKeys(environment: Environment): Promise<WrappingKeys> {
  const { BACKUP_KMS_KEY_ID: key, BACKUP_FORMER_KMS_KEY_IDS: former } = environment;
  if (key === undefined) return LocalKeys.fromEnvironment(environment);
  return KmsKeys.create(kmsKeySettings({ KMS_KEY_ID: key, KMS_FORMER_KEY_IDS: former }));
}

export function postgresPoolAt(address: string, environment: Environment): Pool {
  const { hostname: host, port, pathname, username: user, password } = new URL(address);
  const ca = environment.DATABASE_CA_FILE;
  return postgresPool({
    ...{ host, user, password: decodeURIComponent(password), database: pathname.slice(1) },
    port: port === "" ? 5432 : Number(port),
    tls: ca === undefined ? undefined : { ca: readFileSync(ca, "utf8") },
    applicationName: APPLICATION_NAME,
  });
}

export function given(environment: Environment, name: string): string {
  const value = environment[name];
  if (value === undefined || value === "") throw new SettingsError([`${name}: must be given`]);
  return value;
}
