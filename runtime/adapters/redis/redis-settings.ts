import { isIP } from "node:net";
import type { RedisClientOptions } from "@redis/client";
import { SettingsError } from "../../settings";

export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  /** @default - the server's own, without a password */
  readonly credentials?: RedisClientOptions["credentialsProvider"];
  /** Each key begins with it. @default - none */
  readonly keyPrefix?: string;
  /** Whether the host is one of a cluster, whose nodes it names. @default false */
  readonly cluster?: boolean;
  /** The authority in PEM that signed the server's certificate. @default - those that Node knows */
  readonly ca?: string;
  /** Whether TLS is left out, for which the host must be this machine. @default false */
  readonly plain?: boolean;
}

const MAX_PORT = 65_535;
const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/** @throws {SettingsError} with everything that is wrong. */
export function checkRedisSettings({ host, port, plain = false }: RedisSettings): void {
  const problems = [
    ...(host === "" ? ["host: must be given"] : []),
    ...(Number.isInteger(port) && port > 0 && port <= MAX_PORT ? [] : [`port: must be 1 to ${MAX_PORT}, got ${port}`]),
    ...(plain && !isLoopback(host) ? ["plain: must be false for a host that is not this machine"] : []),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
}
