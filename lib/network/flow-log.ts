import { FlowLog as FlowLogResource } from "@cdktf/provider-aws/lib/flow-log";
import { Construct } from "constructs";
import { ServiceLogGroup } from "../security/service-log-group";
import { ServiceRole } from "../security/service-role";

export interface FlowLogProps {
  /** The network's name. */
  readonly name: string;
  readonly vpcId: string;
  /** Key of CloudWatch logs. */
  readonly logsKeyArn: string;
  /** Whether Terraform refuses to destroy the logs. */
  readonly deletionProtection: boolean;
}

/** AWS: seconds over which flows are added up, 60 or 600. */
const AGGREGATION_SECONDS = 60;

/** Who spoke to whom in a network, accepted and refused, kept in CloudWatch. */
export class FlowLog extends Construct {
  constructor(scope: Construct, id: string, props: FlowLogProps) {
    super(scope, id);
    const logGroup = new ServiceLogGroup(this, "LogGroup", {
      name: `/aws/vpc/${props.name}/flow-log`,
      keyArn: props.logsKeyArn,
      deletionProtection: props.deletionProtection,
    });
    const role = new ServiceRole(this, "Role", {
      name: `${props.name}-flow-log`,
      service: "vpc-flow-logs.amazonaws.com",
      source: { service: "ec2", resource: "vpc-flow-log/*" },
      statements: [
        {
          Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          Resource: `${logGroup.arn}:*`,
        },
        // Listing takes no narrower resource.
        { Action: "logs:DescribeLogGroups", Resource: "*" },
      ],
    });
    new FlowLogResource(this, "Resource", {
      vpcId: props.vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: logGroup.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: AGGREGATION_SECONDS,
      dependsOn: role.policies,
    });
  }
}
