import { ServiceLogGroup } from "../../../lib/security/service-log-group";
import { withLogGroups, withOtherIds } from "../../../scripts/rehearsal/redeployment";
import { keys } from "../../support/synthesis/surroundings";
import { synthesizeStack } from "../../support/synthesis/synthesized";

const NAME = "/aws/eks/orders/cluster";

test("an import gets the names of the log groups that begin so", () => {
  const tf = synthesizeStack(
    (stack) => void new ServiceLogGroup(stack, "Logs", { name: NAME, keyArn: keys.logs, deletionProtection: false }),
  );
  const existing = [NAME, `${NAME}-2`, "/aws/eks/other/cluster"];
  const answered = withLogGroups(tf, (prefix) => existing.filter((name) => name.startsWith(prefix)));
  expect(answered.import?.map(({ for_each }) => for_each)).toEqual([
    `\${toset([for name in ["${NAME}","${NAME}-2"] : name if name == "${NAME}"])}`,
  ]);
  expect({ ...answered, import: tf.import }).toEqual(tf);
});

test("a stack without imports stays as it is", () => {
  const tf = { resource: { aws_vpc: { V: {} } } };
  expect(withLogGroups(tf, () => [NAME])).toBe(tf);
});

test("resources that have tags get one that no other life has", () => {
  const resource = { aws_vpc: { Own: { tags: { Name: "orders" } }, None: {} }, aws_route: { R: {} } };
  expect(withOtherIds({ resource }, new Set(["aws_vpc"]), 2).resource).toEqual({
    aws_vpc: { Own: { tags: { Name: "orders", Life: "2" } }, None: { tags: { Life: "2" } } },
    aws_route: { R: {} },
  });
});
