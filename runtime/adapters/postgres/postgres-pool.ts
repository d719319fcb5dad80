import { isIP } from "node:net";
import { Pool } from "pg";
import { SettingsError } from "../../settings";
import { evictFailedOver } from "./evictions";
import { ownSessions } from "./own-sessions";
import { limitSilence } from "./silent-connections";

export interface PostgresSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Or what gives it, asked at each new connection: a token of IAM is soon too old. */
  readonly password: string | (() => Promise<string>);
  /**
   * The authority, in PEM, that signs the server's certificate, which must name the host.
   * @default - no TLS, for which the host must be this machine
   */
  readonly tls?: { readonly ca: string } | undefined;
  /** @default 10 */
  readonly maxConnections?: number;
  /** As `pg_stat_activity` shows it. */
  readonly applicationName: string;
  /** What settings are called by whoever has given them. @default - as they are here */
  readonly names?: Partial<Readonly<Record<"host" | "port" | "database" | "user" | "password" | "tls", string>>>;
  /** What a connection may take until it is there, or until one is free. @default 5000 */
  readonly connectMilliseconds?: number;
  /** What a statement may take at the server, which cancels it then. @default 30000 */
  readonly statementMilliseconds?: number;
  /**
   * What a transaction may wait for its client at the server, which then ends it: it holds back every reader of events, and
   * whoever wants its locks. @default 10000
   */
  readonly idleInTransactionMilliseconds?: number;
  /**
   * For how long a connection with a statement under way may be silent. Then it is destroyed, for the server or what lies
   * between is gone without a word. It must be longer than a statement may take. @default - 2 s longer
   */
  readonly silenceMilliseconds?: number;
  /**
   * For how long a connection to a standby is kept. A primary's name leads to a standby during a failover, whose reads show no
   * error: with the default, they are of the primary again a second after the name leads back. Give it more for replicas, each
   * of whose connections is replaced so often. @default 1000
   */
  readonly standbyMilliseconds?: number;
}

const DEFAULT_MAX_CONNECTIONS = 10;
/** With a name looked up, TLS, a token and a login, each of some 100 ms when all is slow. */
const DEFAULT_CONNECT_MILLISECONDS = 5_000;
/** Also for a statement whose client has gone. */
const DEFAULT_STATEMENT_MILLISECONDS = 30_000;
/** For the way of a statement and its error between client and server, when all is slow. */
const SILENCE_MARGIN_MILLISECONDS = 2_000;
const DEFAULT_IDLE_IN_TRANSACTION_MILLISECONDS = 10_000;
/** A pool of ten then connects ten times a second while its name leads to a standby. */
const DEFAULT_STANDBY_MILLISECONDS = 1_000;
/** Shorter than the 350 seconds after which AWS's network load balancers and NAT forget a connection. */
const IDLE_MILLISECONDS = 60_000;
/** So that a password, a certificate and a primary that have changed are noticed. */
const LIFETIME_SECONDS = 30 * 60;
const MAX_PORT = 65_535;

/**
 * Connections to one database, or to a pooler that keeps sessions apart. Its errors beyond a query are those of idle connections,
 * which it replaces by itself. A connection to a pooler that shares sessions is refused with a {@link SettingsError}.
 * @throws {SettingsError} for a host beyond this machine without TLS, and for what no connection could be made with.
 */
export function postgresPool(settings: PostgresSettings): Pool {
  const problems = problemsOf(settings);
  if (problems.length > 0) throw new SettingsError(problems);
  const { host, port, database, user, password, tls, applicationName } = settings;
  const limits = limitsOf(settings);
  const pool: Pool = new Pool({
    ...{ host, port, database, user, password },
    ssl:
      tls === undefined ? false : { ca: tls.ca, rejectUnauthorized: true, minVersion: "TLSv1.2", ...identityOf(host) },
    max: limits.maxConnections,
    application_name: applicationName,
    connectionTimeoutMillis: limits.connectMilliseconds,
    idleTimeoutMillis: IDLE_MILLISECONDS,
    maxLifetimeSeconds: LIFETIME_SECONDS,
    keepAlive: true,
    onConnect: ownSessions(() => pool, limits),
  });
  // Without a listener, a connection that the server ends while nobody asks it anything would end the process: the pool tells
  // of those that are idle, and takes its own listener off those that are in use.
  pool.on("error", () => undefined);
  pool.on("connect", (connection) => connection.on("error", () => undefined));
  limitSilence(pool, limits.silenceMilliseconds);
  evictFailedOver(pool, limits.standbyMilliseconds);
  return pool;
}

function limitsOf(settings: PostgresSettings) {
  const { maxConnections = DEFAULT_MAX_CONNECTIONS, connectMilliseconds = DEFAULT_CONNECT_MILLISECONDS } = settings;
  const { statementMilliseconds = DEFAULT_STATEMENT_MILLISECONDS } = settings;
  const { idleInTransactionMilliseconds = DEFAULT_IDLE_IN_TRANSACTION_MILLISECONDS } = settings;
  const { silenceMilliseconds = statementMilliseconds + SILENCE_MARGIN_MILLISECONDS } = settings;
  const { standbyMilliseconds = DEFAULT_STANDBY_MILLISECONDS } = settings;
  return {
    maxConnections,
    connectMilliseconds,
    statementMilliseconds,
    idleInTransactionMilliseconds,
    silenceMilliseconds,
    standbyMilliseconds,
  };
}

/** pg names the host to TLS only where it is a name, and an address would be checked as `localhost`. */
const identityOf = (host: string) => (isIP(host) === 0 ? {} : { host });

function problemsOf(settings: PostgresSettings): readonly string[] {
  const { host, port, database, user, password, tls, names = {} } = settings;
  const limits = limitsOf(settings);
  return [
    ...Object.entries({ host, database, user }).flatMap(([key, value]) =>
      value === "" ? [`${names[key as keyof typeof names] ?? key}: must be given`] : [],
    ),
    ...(isWhole(port) && port <= MAX_PORT ? [] : [`${names.port ?? "port"}: must be 1 to ${MAX_PORT}, got ${port}`]),
    ...(tls === undefined && !isLoopback(host)
      ? [`${names.tls ?? "tls"}: must be given for a host that is not this machine`]
      : []),
    ...(tls !== undefined && !tls.ca.includes("-----BEGIN CERTIFICATE-----")
      ? [`${names.tls ?? "tls.ca"}: must be a certificate in PEM`]
      : []),
    // pg would take it from PGPASSWORD or from ~/.pgpass.
    ...(tls !== undefined && password === "" ? [`${names.password ?? "password"}: must be given`] : []),
    ...Object.entries(limits).flatMap(([key, value]) =>
      // None is no limit to pg.
      isWhole(value) ? [] : [`${key}: must be a whole number above 0, got ${value}`],
    ),
    ...(limits.silenceMilliseconds > limits.statementMilliseconds
      ? []
      : [
          `silenceMilliseconds: must be above statementMilliseconds, ${limits.statementMilliseconds}, got ${limits.silenceMilliseconds}`,
        ]),
  ];
}

const isWhole = (value: number) => Number.isSafeInteger(value) && value > 0;

/** Also the folder of a Unix socket, which a path is to pg. */
const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || host.startsWith("/") || (isIP(host) === 4 && host.startsWith("127."));
