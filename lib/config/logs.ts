import { shown } from "../core/problems";
import { optional, type Rule, refined, shape } from "../core/rules";
import { isPasswordVersion } from "./password-version";
import { type Days, isDays, isMemory, isStorage, type Memory, memoryGibOf, type Storage } from "./quantities";
import { isAuthorityName } from "./secret-names";

/** What is shipped to Elasticsearch, and how long it stays there. */
export interface LogsOptions {
  /** How long lines are kept, '1 day' to '365 days'. @default '30 days' */
  readonly retention?: Days;
  /** Volume of each of Elasticsearch's three nodes, 'SSD 10GB' to 'SSD 16TB'. It may grow, and never shrink. @default 'SSD 100GB' */
  readonly storage?: Storage;
  /** Memory of each of them, '2GB' to '64GB'; half of it is its heap. @default '4GB' */
  readonly memory?: Memory;
  /**
   * Secret of AWS Secrets Manager with the certificate of an authority, `ca.crt`, which both clusters read. Its private key
   * is `ca.key` of the secret of that name and `-key`, which the read side's cluster alone reads. The operator makes
   * Elasticsearch's certificate of it, so that shippers know whom they ship to. @default - the operator's own authority, and
   * nothing is shipped
   */
  readonly certificateAuthority?: string;
  /**
   * Raised by one, it gives the users of Elasticsearch that ship and read lines new passwords. Whatever signs in with
   * them reads them when it starts: docs/logs.md. @default 1
   */
  readonly passwordVersion?: number;
  /** @default - a snapshot each night, kept for 30 days */
  readonly snapshots?: SnapshotOptions;
}

export interface SnapshotOptions {
  /** How long a snapshot is kept, '1 day' to '365 days'. */
  readonly retention: Days;
}

export const DEFAULT_LOGS: Required<Omit<LogsOptions, "certificateAuthority" | "passwordVersion">> = {
  retention: "30 days",
  storage: "SSD 100GB",
  memory: "4GB",
  snapshots: { retention: "30 days" },
};

/** Ours: what is to be kept for longer is evidence, and has other rules. */
const RETENTION = { min: "1 day", max: "365 days" } as const;
/** EBS: the largest gp3 volume that every Region offers has 16 TiB. With less than 10 GiB, a day is too much. */
const STORAGE = { min: "SSD 10GB", max: "SSD 16TB" } as const;
/** Elasticsearch: with less it does not start; a heap beyond 32 GiB has longer pointers. */
const MEMORY_GIB = { min: 2, max: 64 } as const;

const isNodeMemory: Rule = refined<string>(isMemory, (memory, path) => {
  const gib = memoryGibOf(memory) ?? 0;
  return gib >= MEMORY_GIB.min && gib <= MEMORY_GIB.max
    ? []
    : [{ path, message: `must be from '${MEMORY_GIB.min}GB' to '${MEMORY_GIB.max}GB', got ${shown(memory)}` }];
});

export const isLogsOptions: Rule = shape<LogsOptions>({
  retention: optional(isDays(RETENTION)),
  storage: optional(isStorage(STORAGE)),
  memory: optional(isNodeMemory),
  certificateAuthority: optional(isAuthorityName),
  passwordVersion: optional(isPasswordVersion),
  snapshots: optional(shape<SnapshotOptions>({ retention: isDays(RETENTION) })),
});
