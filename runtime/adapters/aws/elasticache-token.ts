import { SettingsError } from "../../settings";

/** Who signs in where. */
export interface ElastiCacheTokenSettings {
  /** Host of the cache, which has the replication group's id in it: `clustercfg.orders.abc123.euc1.cache.amazonaws.com`. */
  readonly host: string;
  readonly user: string;
  readonly region: string;
  /** @default - the pod's, or whatever else AWS's SDK finds */
  readonly credentials?: () => Promise<AwsCredentials>;
  /** @default - now */
  readonly now?: () => Date;
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** ElastiCache: a token is good for 15 minutes. */
const VALID_SECONDS = 900;
/** Hosts of a replication group with TLS: of the cluster, of the primary, of the replicas. */
const HOST =
  /^(?:clustercfg|master|replica)\.([a-z][a-z0-9-]{0,39})\.[a-z0-9]+\.[a-z0-9-]+\.cache\.amazonaws\.com(?:\.cn)?$/;

/**
 * Makes passwords of a user of ElastiCache that signs in with IAM: a signed request to connect, without its scheme. It is made
 * here, without a question; only the pod's credentials are asked for, when the old ones end.
 * @throws {SettingsError} for a host that is none of a replication group with TLS.
 */
export function elastiCacheToken(settings: ElastiCacheTokenSettings): () => Promise<string> {
  const { host, user, region, now = () => new Date() } = settings;
  const [, replicationGroup] = HOST.exec(host.toLowerCase()) ?? [];
  if (replicationGroup === undefined)
    throw new SettingsError([
      "CACHE_HOST: must be a replication group's, such as clustercfg.<id>.<...>.cache.amazonaws.com",
    ]);
  let signer: ReturnType<typeof signerOf> | undefined;
  return async () => {
    signer ??= signerOf(region, settings.credentials);
    const request = {
      method: "GET",
      protocol: "http:",
      hostname: replicationGroup,
      path: "/",
      query: { Action: "connect", User: user },
      headers: { host: replicationGroup },
    };
    const signed = await (await signer).presign(request, { expiresIn: VALID_SECONDS, signingDate: now() });
    const query = Object.entries(signed.query ?? {}).map(([key, value]) => `${key}=${encodeURIComponent(`${value}`)}`);
    return `${replicationGroup}/?${query.join("&")}`;
  };
}

async function signerOf(region: string, credentials: ElastiCacheTokenSettings["credentials"]) {
  const [{ SignatureV4 }, { Sha256 }, { defaultProvider }] = await Promise.all([
    import("@smithy/signature-v4"),
    import("@aws-crypto/sha256-js"),
    import("@aws-sdk/credential-provider-node"),
  ]);
  return new SignatureV4({
    service: "elasticache",
    region,
    sha256: Sha256,
    credentials: credentials ?? defaultProvider(),
  });
}
