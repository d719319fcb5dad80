import { ServiceLogGroup } from "../../lib/security/service-log-group";
import { keys } from "../support/synthesis/surroundings";
import { dataSourcesOf, resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const NAME = "/aws/eks/orders/cluster";
const made = (deletionProtection = true) =>
  synthesizeStack(
    (stack) => void new ServiceLogGroup(stack, "Logs", { name: NAME, keyArn: keys.logs, deletionProtection }),
  );

test("is kept for a year, under our key", () => {
  expect(resourceOf(made(), "aws_cloudwatch_log_group")).toEqual({
    name: NAME,
    retention_in_days: 365,
    kms_key_id: keys.logs,
    lifecycle: { prevent_destroy: true },
  });
});

test("is imported where the service has made it, and there alone", () => {
  const tf = made();
  const [id] = Object.keys(tf.resource?.aws_cloudwatch_log_group ?? {});
  const [existing] = Object.keys(tf.data?.aws_cloudwatch_log_groups ?? {});
  expect(dataSourcesOf(tf, "aws_cloudwatch_log_groups")).toEqual([{ log_group_name_prefix: NAME }]);
  expect(tf.import).toEqual([
    {
      // A group of a longer name is not it.
      for_each: `\${toset([for name in data.aws_cloudwatch_log_groups.${existing}.log_group_names : name if name == "${NAME}"])}`,
      to: `aws_cloudwatch_log_group.${id}`,
      id: "${each.value}",
    },
  ]);
});

test("may be destroyed without deletion protection", () => {
  expect(resourceOf(made(false), "aws_cloudwatch_log_group").lifecycle).toEqual({ prevent_destroy: false });
});
