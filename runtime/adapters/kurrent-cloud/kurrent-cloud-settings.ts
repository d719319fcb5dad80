import { SettingsError } from "../../settings";

/** Who signs in: a service account, or a person by their refresh token. */
export type KurrentCloudSignIn =
  | { readonly clientId: string; readonly clientSecret: string }
  | { readonly refreshToken: string };

export interface KurrentCloudSettings {
  readonly organizationId: string;
  readonly projectId: string;
  readonly clusterId: string;
  readonly signIn: KurrentCloudSignIn;
  /** Where the API is. @default 'https://api.eventstore.cloud' */
  readonly apiUrl?: string;
  /** Where one signs in. @default - Kurrent's own for service accounts, or for persons */
  readonly identityUrl?: string;
}

/** Kurrent's ids have 20 letters and digits; none has what would mean something in a path. */
const ID = /^[\w-]{1,64}$/;
/** A header's or a form's: printable, and in one piece. */
const SECRET = /^[\x21-\x7e]{1,8192}$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * From `KURRENT_CLOUD_ORGANIZATION_ID`, `KURRENT_CLOUD_PROJECT_ID`, `KURRENT_CLOUD_CLUSTER_ID`, and either
 * `KURRENT_CLOUD_CLIENT_ID` with `KURRENT_CLOUD_CLIENT_SECRET` or `KURRENT_CLOUD_REFRESH_TOKEN`; by
 * `KURRENT_CLOUD_API_URL` and `KURRENT_CLOUD_IDENTITY_URL` other addresses than Kurrent's.
 * @throws {SettingsError} with everything that is missing or wrong; a value is never repeated.
 */
export function kurrentCloudSettings(environment: NodeJS.ProcessEnv): KurrentCloudSettings {
  const read = (name: string): string => environment[`KURRENT_CLOUD_${name}`] ?? "";
  const given = (name: string): string | undefined => read(name) || undefined;
  const id = (name: string): readonly string[] => wrong(name, read(name), ID, "letters, digits, '_' and '-'");
  const secret = (name: string): readonly string[] => wrong(name, read(name), SECRET, "printable, without spaces");
  const byAccount = given("CLIENT_ID") !== undefined || given("CLIENT_SECRET") !== undefined;
  const problems = [
    ...["ORGANIZATION_ID", "PROJECT_ID", "CLUSTER_ID"].flatMap(id),
    ...signInProblems(byAccount, given("REFRESH_TOKEN") !== undefined, secret),
    ...["API_URL", "IDENTITY_URL"].flatMap((name) => addressProblems(`KURRENT_CLOUD_${name}`, given(name))),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    organizationId: read("ORGANIZATION_ID"),
    projectId: read("PROJECT_ID"),
    clusterId: read("CLUSTER_ID"),
    signIn: byAccount
      ? { clientId: read("CLIENT_ID"), clientSecret: read("CLIENT_SECRET") }
      : { refreshToken: read("REFRESH_TOKEN") },
    apiUrl: given("API_URL"),
    identityUrl: given("IDENTITY_URL"),
  };
}

/** What is wrong with an address: a token must go to nobody else, and be read by nobody on its way. */
export function addressProblems(path: string, address: string | undefined): readonly string[] {
  if (address === undefined) return [];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    return [`${path}: must be an address such as https://api.eventstore.cloud, without user, query and fragment`];
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname));
  return isSafe ? [] : [`${path}: must begin with https:// for a host that is not this machine`];
}

function signInProblems(
  byAccount: boolean,
  byToken: boolean,
  secret: (name: string) => readonly string[],
): readonly string[] {
  if (byAccount && byToken)
    return ["KURRENT_CLOUD_REFRESH_TOKEN: must not be beside KURRENT_CLOUD_CLIENT_ID, which signs in as another"];
  if (byAccount) return ["CLIENT_ID", "CLIENT_SECRET"].flatMap(secret);
  if (byToken) return secret("REFRESH_TOKEN");
  return ["KURRENT_CLOUD_CLIENT_ID and KURRENT_CLOUD_CLIENT_SECRET are missing, or KURRENT_CLOUD_REFRESH_TOKEN"];
}

function wrong(name: string, value: string, sound: RegExp, what: string): readonly string[] {
  const path = `KURRENT_CLOUD_${name}`;
  if (value === "") return [`${path} is missing`];
  return sound.test(value) ? [] : [`${path}: must be ${what}`];
}
