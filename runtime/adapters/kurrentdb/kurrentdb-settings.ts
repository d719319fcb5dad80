import { SettingsError } from "../../settings";

export interface KurrentDbCredentials {
  readonly username: string;
  readonly password: string;
}

export interface KurrentDbSettings {
  /** Of the client, without user and password: `kurrentdb+discover://example.mesdb.eventstore.cloud:2113`. */
  readonly connectionString: string;
  /** Asked at each request. @default - none, for a server that asks for none */
  readonly credentials?: () => Promise<KurrentDbCredentials>;
}

/** Names of the client's own parser; it takes each in any case and with any - and _ in it, and the last of two. */
const PARAMETERS = [
  ...["connectionname", "defaultdeadline", "discoveryinterval", "gossiptimeout", "keepaliveinterval"],
  ...["keepalivetimeout", "maxdiscoverattempts", "nodepreference", "throwonappendfailure", "tls", "tlscafile"],
  ...["tlsverifycert", "usercertfile", "userkeyfile"],
];
const SCHEME = /^(?:kurrentdb|kurrent|kdb|esdb)(\+discover)?:\/\//;
/** The newest and the best known of them, in words. */
export const KURRENTDB_SCHEMES = "kurrentdb:// or esdb://, or with +discover before the colon";
const HOST = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/i;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3})(?::|$)/i;

/**
 * From `EVENT_STORE_CONNECTION_STRING`, as the platform gives it to its pods, and from `EVENT_STORE_CREDENTIALS`, a secret:
 * a JSON object with `username` and `password`.
 * @throws {SettingsError} with everything that is missing or wrong; a value is never repeated.
 */
export function kurrentDbSettings(environment: NodeJS.ProcessEnv): KurrentDbSettings {
  const { EVENT_STORE_CONNECTION_STRING: connectionString = "", EVENT_STORE_CREDENTIALS: secret } = environment;
  const credentials = secret === undefined ? undefined : credentialsOf(secret);
  const problems = [
    ...connectionStringProblems("EVENT_STORE_CONNECTION_STRING", connectionString),
    ...(secret !== undefined && credentials === undefined
      ? ["EVENT_STORE_CREDENTIALS: must be a JSON object with username and password"]
      : []),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
  return { connectionString, ...(credentials && { credentials: async () => credentials }) };
}

export const isKurrentDbAddress = (connectionString: string): boolean => SCHEME.test(connectionString);

/** What is wrong with a connection string: it must be as strict as the client is lenient. */
export function connectionStringProblems(path: string, connectionString: string): readonly string[] {
  const scheme = SCHEME.exec(connectionString);
  if (scheme === null) return [`${path}: must begin with ${KURRENTDB_SCHEMES}`];
  const [authority = "", query = ""] = splitOnce(connectionString.slice(scheme[0].length), "?");
  // The client prints what it can't parse, with all that is in it.
  if (authority.includes("@")) return [`${path}: must be without user and password, which are given apart`];
  const hosts = authority.replace(/\/+$/, "").split(",");
  if (!hosts.every((host) => HOST.test(host))) return [`${path}: must name hosts, each with a port if it isn't 2113`];
  const parameters = query === "" ? [] : query.split("&").map((pair) => splitOnce(pair, "="));
  const valuesOf = (wanted: string) =>
    parameters.filter(([key]) => flat(key) === wanted).map(([, value]) => value.trim());
  const isKnown = ([key, value]: readonly [string, string]) => PARAMETERS.includes(flat(key)) && value.trim() !== "";
  const onlyThisMachine = hosts.every((host) => LOOPBACK.test(host)) && hosts.length === 1 && scheme[1] === undefined;
  return [
    ...parameters.flatMap((parameter, index) =>
      isKnown(parameter) ? [] : [`${path}: must have known parameters with values, number ${index + 1} is none`],
    ),
    ...(valuesOf("tls").some((value) => value !== "true") && !onlyThisMachine
      ? [`${path}: tls must be true for a host that is not this machine`]
      : []),
    ...(valuesOf("tlsverifycert").some((value) => value !== "true") ? [`${path}: tlsVerifyCert must be true`] : []),
    // Pings alone tell of a server that is gone without a word.
    ...(valuesOf("keepaliveinterval").some((value) => !/^[1-9]\d*$/.test(value))
      ? [`${path}: keepAliveInterval must be above 0`]
      : []),
    ...(valuesOf("keepalivetimeout").some((value) => !/^[1-9]\d*$/.test(value))
      ? [`${path}: keepAliveTimeout must be above 0`]
      : []),
  ];
}

const flat = (key: string) => key.trim().toLowerCase().replace(/[_-]/g, "");

function splitOnce(text: string, by: string): readonly [string, string] {
  const at = text.indexOf(by);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function credentialsOf(secret: string): KurrentDbCredentials | undefined {
  try {
    const { username, password } = JSON.parse(secret);
    return isGiven(username) && isGiven(password) ? { username, password } : undefined;
  } catch {
    return undefined;
  }
}

const isGiven = (value: unknown): value is string => typeof value === "string" && value !== "";
