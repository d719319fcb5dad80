import { readFileSync } from "node:fs";
import {
  type BackupStorage,
  DataKeys,
  DeletedSubjects,
  type EventStore,
  FieldEncryption,
  type Log,
  SettingsError,
  Snapshots,
  type WrappingKeys,
} from "@cdktf-cqrs/runtime";
import { elastiCacheToken } from "@cdktf-cqrs/runtime/adapters/aws/elasticache-token";
import { kmsKeySettings } from "@cdktf-cqrs/runtime/adapters/aws/kms-key-settings";
import { KmsKeys } from "@cdktf-cqrs/runtime/adapters/aws/kms-keys";
import { rdsToken } from "@cdktf-cqrs/runtime/adapters/aws/rds-token";
import { S3Storage } from "@cdktf-cqrs/runtime/adapters/aws/s3-storage";
import { KurrentDbEventStore } from "@cdktf-cqrs/runtime/adapters/kurrentdb/kurrentdb-event-store";
import { kurrentDbSettings } from "@cdktf-cqrs/runtime/adapters/kurrentdb/kurrentdb-settings";
import { FolderStorage } from "@cdktf-cqrs/runtime/adapters/local/folder-storage";
import { LocalKeys } from "@cdktf-cqrs/runtime/adapters/local/local-keys";
import { PostgresEventStore } from "@cdktf-cqrs/runtime/adapters/postgres/postgres-event-store";
import { postgresPool } from "@cdktf-cqrs/runtime/adapters/postgres/postgres-pool";
import { PostgresReadModels } from "@cdktf-cqrs/runtime/adapters/postgres/postgres-read-models";
import { PostgresSnapshots } from "@cdktf-cqrs/runtime/adapters/postgres/postgres-snapshots";
import { PostgresSubjectKeys } from "@cdktf-cqrs/runtime/adapters/postgres/postgres-subject-keys";
import { RedisCache } from "@cdktf-cqrs/runtime/adapters/redis/redis-cache";
import { renewedCredentials } from "@cdktf-cqrs/runtime/adapters/redis/renewed-credentials";

/** Variables as the platform gives them to its pods; on a developer's machine, those of `start.ts`. */
type Environment = NodeJS.ProcessEnv;

const given = (environment: Environment, name: string): string => {
  const value = environment[name];
  if (value === undefined || value === "") throw new SettingsError([`${name}: must be given`]);
  return value;
};
/** The authority of RDS' certificates, a file of the image's; none where the server is this machine's. */
const tlsOf = ({ DATABASE_CA_FILE }: Environment) =>
  DATABASE_CA_FILE === undefined ? undefined : { ca: readFileSync(DATABASE_CA_FILE, "utf8") };

/** KurrentDB, or with a `postgres://` PostgreSQL, the one that needs nothing but Debian's server. */
export async function eventStoreOf(environment: Environment, applicationName: string): Promise<EventStore> {
  const connectionString = given(environment, "EVENT_STORE_CONNECTION_STRING");
  if (!connectionString.startsWith("postgres://")) return new KurrentDbEventStore(kurrentDbSettings(environment));
  const store = new PostgresEventStore({ pool: poolAt(connectionString, environment, applicationName) });
  await store.migrate();
  return store;
}

/** In the database of `SNAPSHOTS_URL`; without it, each decision reads all events of its stream. */
export async function snapshotsOf(environment: Environment, applicationName: string, log: Log) {
  const { SNAPSHOTS_URL: address } = environment;
  if (address === undefined) return { snapshots: undefined, close: async () => {} };
  const store = new PostgresSnapshots({ pool: poolAt(address, environment, applicationName) });
  await store.migrate();
  const failed = (error: unknown) =>
    log.warn({ error_type: error instanceof Error ? error.name : typeof error }, "a snapshot was of no use");
  return { snapshots: new Snapshots({ store, failed }), close: () => store.close() };
}

function poolAt(address: string, environment: Environment, applicationName: string) {
  const { hostname: host, port, pathname, username: user, password } = new URL(address);
  const database = pathname.slice(1);
  return postgresPool({ host, port: Number(port), database, user, password, tls: tlsOf(environment), applicationName });
}

/** Each host of `DATABASE_HOSTS`, as an IAM user where the platform says in which Region. */
const poolsOf = (environment: Environment, applicationName: string, standbyMilliseconds: number | undefined) => {
  const { AWS_REGION: region } = environment;
  const port = Number(given(environment, "DATABASE_PORT"));
  const user = given(environment, "DATABASE_USER");
  const database = given(environment, "DATABASE_NAME");
  return given(environment, "DATABASE_HOSTS")
    .split(",")
    .map((host) => {
      const password = region === undefined ? "" : rdsToken({ host, port, user, region });
      const tls = tlsOf(environment);
      return postgresPool({ host, port, database, user, password, tls, applicationName, standbyMilliseconds });
    });
};

/**
 * Of queries: the hosts are the replicas', or the primary's.
 * @param standbyMilliseconds how long a connection to a replica is kept. @default - as long as one of the primary's name
 */
export function readModelsOf(
  environment: Environment,
  applicationName: string,
  standbyMilliseconds?: number,
): PostgresReadModels {
  const replicas = poolsOf(environment, applicationName, standbyMilliseconds);
  const [primary] = replicas;
  if (primary === undefined) throw new SettingsError(["DATABASE_HOSTS: must name a host"]);
  return new PostgresReadModels({ primary, replicas });
}

export function cacheOf(environment: Environment): RedisCache {
  const { AWS_REGION: region } = environment;
  const host = given(environment, "CACHE_HOST");
  const user = given(environment, "CACHE_USER");
  return RedisCache.create({
    host,
    port: Number(given(environment, "CACHE_PORT")),
    keyPrefix: given(environment, "CACHE_KEY_PREFIX"),
    cluster: environment.CACHE_READER_HOST === undefined && region !== undefined,
    plain: region === undefined,
    credentials: region === undefined ? undefined : renewedCredentials(user, elastiCacheToken({ host, user, region })),
  });
}

/** Where it is written down who was forgotten: none for a service that forgets nobody. */
async function ledgerOf(environment: Environment): Promise<BackupStorage | undefined> {
  const { DELETED_SUBJECTS_BUCKET: bucket, DELETED_SUBJECTS_FOLDER: folder, AWS_ENDPOINT_URL: endpoint } = environment;
  if (bucket !== undefined) return S3Storage.create({ bucket, region: given(environment, "AWS_REGION") }, { endpoint });
  return folder === undefined ? undefined : FolderStorage.create(folder, "DELETED_SUBJECTS_FOLDER");
}

/**
 * KMS where the platform names a key; otherwise a local one, which starts on no platform. Whom `keys` forget is written down
 * beside the backups, whose restores would bring them back.
 */
export async function fieldsOf(environment: Environment, applicationName: string) {
  const wrappingKeys: WrappingKeys =
    environment.KMS_KEY_ID === undefined
      ? LocalKeys.fromEnvironment(environment)
      : await KmsKeys.create(kmsKeySettings(environment));
  const pool = poolAt(given(environment, "SUBJECT_KEYS_URL"), environment, applicationName);
  const subjectKeys = new PostgresSubjectKeys({ pool });
  await subjectKeys.migrate();
  const storage = await ledgerOf(environment);
  const ledger = storage && new DeletedSubjects(storage, subjectKeys);
  const keys = new DataKeys({ wrappingKeys, subjectKeys, ledger });
  const close = async (): Promise<void> => {
    storage?.close();
    wrappingKeys.close();
    await pool.end();
  };
  return { keys, fields: new FieldEncryption({ keys }), close };
}
