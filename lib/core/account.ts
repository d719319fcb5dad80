import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";

const ID = "Account";

/** The account, partition and Region that a stack is deployed to. Each is a token, and asked for where it is used. */
export class Account extends Construct {
  static of(scope: Construct): Account {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(ID) as Account | undefined) ?? new Account(stack, ID);
  }

  private constructor(scope: Construct, id: string) {
    super(scope, id);
  }

  get id(): string {
    return this.once("Caller", (id) => new DataAwsCallerIdentity(this, id)).accountId;
  }

  get partition(): string {
    return this.once("Partition", (id) => new DataAwsPartition(this, id)).partition;
  }

  get region(): string {
    return this.once("Region", (id) => new DataAwsRegion(this, id)).region;
  }

  private once<T extends Construct>(id: string, make: (id: string) => T): T {
    return (this.node.tryFindChild(id) as T | undefined) ?? make(id);
  }
}
