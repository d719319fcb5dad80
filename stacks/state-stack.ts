import type { Construct } from "constructs";
import type { AccessLogsConfig } from "../lib/config/access-logs";
import { StateBucket } from "../lib/state/state-bucket";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

export interface StateStackProps extends PlatformStackProps {
  /** @default - none */
  readonly accessLogs?: AccessLogsConfig;
}

/**
 * The bucket for the state of all other stacks, and its replica in a second Region. Deployed once, before them; its own state
 * stays local.
 */
export class StateStack extends PlatformStack {
  constructor(scope: Construct, props: StateStackProps) {
    super(scope, "state", { ...props, state: undefined });
    const { environment, state: { bucket, secondRegion } = {}, accessLogs, deletionProtection } = props;
    const state = new StateBucket(this, "State", {
      name: environment,
      ...{ bucket, secondRegion, accessLogs, deletionProtection },
    });
    this.output("bucket", "Bucket for state.bucket of the environment", state.bucket);
    this.output("key_arn", "Key for state.keyArn of the environment", state.keyArn);
    if (state.replica === undefined) return;
    this.output(
      "replica_bucket",
      "Replica in state.secondRegion, for state.bucket once the Region is lost",
      state.replica.bucket,
    );
    this.output(
      "replica_key_arn",
      "Key of the replica, for state.keyArn once the Region is lost",
      state.replica.keyArn,
    );
  }
}
