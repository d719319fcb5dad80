import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsCloudwatchLogGroups } from "@cdktf/provider-aws/lib/data-aws-cloudwatch-log-groups";
import type { Construct } from "constructs";

/** Days that CloudWatch keeps a log: a year, what auditors ask for and what checkov's CKV_AWS_338 demands. */
const RETENTION_DAYS = 365;

export interface ServiceLogGroupProps {
  /** Name under which the service looks for it. No token: Terraform asks for it while it plans. */
  readonly name: string;
  readonly keyArn: string;
  /** Whether Terraform refuses to destroy it. */
  readonly deletionProtection: boolean;
}

/**
 * A log group that an AWS service writes to, by a name that the service chose. After it is destroyed, the service may bring
 * its last lines and make it again, without key and retention. Where it exists, it is therefore imported and not created, so
 * that an environment can be made again by the same name.
 */
export class ServiceLogGroup extends CloudwatchLogGroup {
  private readonly existing: DataAwsCloudwatchLogGroups;
  private readonly groupName: string;

  constructor(scope: Construct, id: string, { name, keyArn, deletionProtection }: ServiceLogGroupProps) {
    super(scope, id, {
      name,
      retentionInDays: RETENTION_DAYS,
      kmsKeyId: keyArn,
      lifecycle: { preventDestroy: deletionProtection },
    });
    this.groupName = name;
    this.existing = new DataAwsCloudwatchLogGroups(this, "Existing", { logGroupNamePrefix: name });
  }

  /** cdktf's own imports must exist, and this one may. Terraform leaves out what its state has. */
  override toTerraform(): object {
    const names = `data.aws_cloudwatch_log_groups.${this.existing.friendlyUniqueId}.log_group_names`;
    const name = JSON.stringify(this.groupName);
    return {
      ...super.toTerraform(),
      import: [
        {
          // A prefix finds longer names, too.
          for_each: `\${toset([for name in ${names} : name if name == ${name}])}`,
          to: `${this.terraformResourceType}.${this.friendlyUniqueId}`,
          id: "${each.value}",
        },
      ],
    };
  }
}
