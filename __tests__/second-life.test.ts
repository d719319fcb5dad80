import { AccountModel, typesUnknownTo } from "./support/synthesis/account-model";
import { environments } from "./support/synthesis/environments";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const unprotected = Object.entries(environments).map(
  ([name, environment]) => [name, { ...environment, deletionProtection: false }] as const,
);

test.each(unprotected)("%s is destroyed and made again by the same names, twice", (name, environment) => {
  const app = synthesizedOnce({ [name]: environment });
  const account = new AccountModel();
  const refused = [1, 2, 3].flatMap(() => [...account.deploy(app), ...account.destroy(app)]);
  expect(refused).toEqual([]);
});

test("the model refuses what AWS keeps", () => {
  const secret = { name: "orders/admin", recovery_window_in_days: 30 };
  const database = { identifier: "orders", final_snapshot_identifier: "orders-final" };
  const resource = {
    aws_secretsmanager_secret: { Admin: secret },
    aws_cloudwatch_log_group: { Logs: { name: "/aws/eks/orders/cluster" } },
    aws_db_instance: { Database: database },
  };
  const app = { stacks: { orders: { resource } }, dependencies: {} };
  const account = new AccountModel();
  expect([...account.deploy(app), ...account.destroy(app)]).toEqual([]);
  expect([...account.deploy(app), ...account.destroy(app)]).toEqual([
    "orders aws_secretsmanager_secret.Admin: aws_secretsmanager_secret orders/admin exists",
    "orders aws_cloudwatch_log_group.Logs: aws_cloudwatch_log_group /aws/eks/orders/cluster exists",
    "orders aws_db_instance.Database: snapshot orders-final exists",
  ]);
});

test("the model knows every name, but for policies and peers, whose names are within another resource", () => {
  expect(typesUnknownTo(synthesizedOnce(environments))).toEqual(["aws_iam_role_policy"]);
});
