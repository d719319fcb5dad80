import type { Construct } from "constructs";
import { StateBucket } from "../lib/state/state-bucket";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

/** The bucket for the state of all other stacks. Deployed once, before them; its own state stays local. */
export class StateStack extends PlatformStack {
  constructor(scope: Construct, props: PlatformStackProps) {
    super(scope, "state", { ...props, state: undefined });
    const state = new StateBucket(this, "State", {
      name: props.environment,
      bucket: props.state?.bucket,
      deletionProtection: props.deletionProtection,
    });
    this.output("bucket", "Bucket for state.bucket of the environment", state.bucket);
    this.output("key_arn", "Key for state.keyArn of the environment", state.keyArn);
  }
}
