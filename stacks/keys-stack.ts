import type { Construct } from "constructs";
import { EncryptionKeys, type KeyArns } from "../lib/security/encryption-keys";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

/** One KMS key for each kind of data. */
export class KeysStack extends PlatformStack {
  readonly arns: KeyArns;

  constructor(scope: Construct, props: PlatformStackProps) {
    super(scope, "keys", props);
    this.arns = new EncryptionKeys(this, "Keys", {
      name: props.environment,
      deletionProtection: props.deletionProtection,
    }).arns;
    this.output("key_arns", "ARN of each key by the kind of data it protects", this.arns);
  }
}
