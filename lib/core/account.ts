import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";

const ID = "Account";

/** The account, partition and Region that a stack is deployed to, asked once a stack. All three are tokens. */
export class Account extends Construct {
  static of(scope: Construct): Account {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(ID) as Account | undefined) ?? new Account(stack, ID);
  }

  readonly id: string;
  readonly partition: string;
  readonly region: string;

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    this.id = new DataAwsCallerIdentity(this, "Caller").accountId;
    this.partition = new DataAwsPartition(this, "Partition").partition;
    this.region = new DataAwsRegion(this, "Region").region;
  }
}
