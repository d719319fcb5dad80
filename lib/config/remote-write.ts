import { optional, type Rule, shape } from "../core/rules";
import { isPasswordVersion } from "./password-version";
import { isSecretName } from "./secret-names";

/** How the write side's metrics come to the read side: by TLS, as a user whose password is made with monitoring. */
export interface RemoteWriteConfig {
  /**
   * Secret of AWS Secrets Manager with `tls.crt` and `tls.key`, a certificate for {@link INGEST_NAME}. The read side's
   * cluster alone reads it.
   */
  readonly certificate: string;
  /** Secret of AWS Secrets Manager with `ca.crt`, the authority of that certificate, which the write side's cluster reads. */
  readonly certificateAuthority: string;
  /** Raised, it makes a new password. Both sides take it from the secret. @default 1 */
  readonly passwordVersion?: number;
}

/** The name that the certificate must have, whichever way the read side's Prometheus is reached. */
export const INGEST_NAME = "prometheus-ingest.monitoring.svc";

export const isRemoteWriteConfig: Rule = shape<RemoteWriteConfig>({
  certificate: isSecretName,
  certificateAuthority: isSecretName,
  passwordVersion: optional(isPasswordVersion),
});
