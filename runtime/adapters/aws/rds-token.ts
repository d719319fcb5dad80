/** Who signs in where. */
export interface RdsTokenSettings {
  readonly host: string;
  readonly port: number;
  /** A user that was granted `rds_iam`. */
  readonly user: string;
  readonly region: string;
}

/**
 * The password of a user of RDS that signs in with IAM: for `postgresPool`, which asks for it at each new connection. A token
 * is good for 15 minutes from when it was made, and is made here, without a question; only the pod's credentials are asked
 * for, when the old ones end. A connection outlives its token.
 */
export function rdsToken({ host, port, user, region }: RdsTokenSettings): () => Promise<string> {
  let signer: Promise<{ getAuthToken(): Promise<string> }> | undefined;
  return async () => {
    signer ??= import("@aws-sdk/rds-signer").then(
      ({ Signer }) => new Signer({ hostname: host, port, username: user, region }),
    );
    return (await signer).getAuthToken();
  };
}
