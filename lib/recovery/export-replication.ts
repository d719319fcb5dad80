import { Construct } from "constructs";
import { nameOf } from "../core/names";
import { checkProps, given, type Rules } from "../core/rules";
import { replicateBucket } from "../security/bucket-replication";
import type { ExportBucket } from "./export-bucket";

interface Side {
  readonly bucket: ExportBucket;
  readonly keyArn: string;
  readonly region: string;
}

export interface ExportReplicationProps {
  /** Begins the role's name, `<name>-export-copies`: at most 50 lower-case letters, digits and single hyphens. */
  readonly name: string;
  readonly from: Side;
  /** Where copies are, under a key of that Region. */
  readonly to: Side;
}

const isSide = given("an object with 'bucket', 'keyArn' and 'region'");

const RULES: Rules<ExportReplicationProps> = {
  name: nameOf("IAM role", "-export-copies"),
  from: isSide,
  to: isSide,
};

/** Copies of what is put into a bucket in another Region. A deletion is not copied: each side expires by itself. */
export class ExportReplication extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ExportReplicationProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    replicateBucket(this, {
      roleName: `${props.name}-export-copies`,
      from: replicated(props.from),
      to: replicated(props.to),
      hasDeletions: false,
      hasLocks: true,
      storageClass: "STANDARD_IA",
    });
  }
}

const replicated = ({ bucket: { bucket, arn, versions }, keyArn, region }: Side) => ({
  ...{ bucket, arn, versions, keyArn, region },
});
