import { Construct } from "constructs";
import { type AccessLogsConfig, isAccessLogsConfig } from "../config/access-logs";
import { isRegion } from "../config/network";
import { Account } from "../core/account";
import { isBucketName, nameOf, STATE_BUCKET_SUFFIX, takeName } from "../core/names";
import { checkProps, isTrueOrFalse, known, optional, type Rules } from "../core/rules";
import { replicateBucket } from "../security/bucket-replication";
import { keepStates, type VersionedStates } from "./versioned-states";

export interface StateBucketProps {
  /** Begins the names of buckets, keys and role: at most 20 lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** The bucket's whole name. @default - `<name>-terraform-state-` and what Terraform adds, as bucket names are the world's */
  readonly bucket?: string;
  /** Region to which it is replicated, another than the stack's. @default - none: the state is lost with its Region */
  readonly secondRegion?: string;
  /** S3's logs of requests, those to the replica in the second Region. @default - none */
  readonly accessLogs?: AccessLogsConfig;
  /** Whether Terraform refuses to destroy buckets and keys. @default true */
  readonly deletionProtection?: boolean;
}

const RULES: Rules<StateBucketProps> = {
  name: nameOf("S3 bucket prefix", STATE_BUCKET_SUFFIX),
  bucket: optional(isBucketName),
  secondRegion: optional(known(isRegion)),
  accessLogs: optional(isAccessLogsConfig),
  deletionProtection: optional(isTrueOrFalse),
};

/**
 * The bucket in which all other stacks keep their state: versioned, encrypted with its own key, reached by TLS alone. Its
 * replica in another Region has a key of that Region, which opens it while the first one is away. That is no replica of the
 * first key, because KMS makes no multi-Region key of a key that exists.
 */
export class StateBucket extends Construct {
  readonly bucket: string;
  readonly keyArn: string;
  /** The bucket in the second Region, and its key there; none without `secondRegion`. */
  readonly replica?: Pick<VersionedStates, "bucket" | "keyArn">;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: StateBucketProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, bucket, secondRegion, accessLogs, deletionProtection = true } = props;
    if (bucket !== undefined) takeName(this, "S3 bucket", bucket, "bucket");
    const common = { accessLogs, deletionProtection };

    const states = keepStates(this, {
      ...common,
      naming: bucket === undefined ? { bucketPrefix: `${name}${STATE_BUCKET_SUFFIX}` } : { bucket },
      key: { alias: `${name}-state`, description: `Terraform state of ${name}` },
      logsName: `${name}-state`,
    });
    this.bucket = states.bucket;
    this.keyArn = states.keyArn;
    if (secondRegion === undefined) return;

    const replica = keepStates(new Construct(this, "Replica"), {
      ...common,
      naming: { bucketPrefix: `${name}-state-replica-` },
      key: { alias: `${name}-state-replica`, description: `Replica of the Terraform state of ${name}` },
      logsName: `${name}-replica`,
      region: secondRegion,
    });
    this.replica = replica;
    replicateBucket(new Construct(this, "Replication"), {
      roleName: `${name}-state-replication`,
      from: { ...states, region: Account.of(this).region },
      to: { ...replica, region: secondRegion },
      // Terraform locks a state with an object that it deletes afterwards: a copy of it alone would be a lock that stays.
      hasDeletions: true,
      hasLocks: false,
    });
  }
}
