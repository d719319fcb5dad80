import { stackTable } from "../scripts/stack-table";

test("the table has a line for each stack, behind those that it needs, and the sums", () => {
  const table = stackTable({
    stacks: {
      app: { resource: { aws_s3_bucket: { A: {}, B: {} }, aws_kms_key: { C: {} } }, data: { aws_region: { R: {} } } },
      base: { resource: { aws_vpc: { V: {} } } },
      empty: {},
    },
    dependencies: { app: ["base"], base: [], empty: [] },
  });
  expect(`\n${table}\n`).toBe(`
stack     resources  data sources  deployed after
base              1             0
app               3             1  base
empty             0             0
3 stacks          4             1
`);
});
