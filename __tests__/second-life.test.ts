import { AccountModel, type AwsResource, typesUnknownTo } from "./support/synthesis/account-model";
import { environments } from "./support/synthesis/environments";
import type { Import, Synthesized } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

// The quick form of `npm run rehearse:second-life`: what the synthesized JSON alone shows.

const unprotected = Object.entries(environments).map(
  ([name, environment]) => [name, { ...environment, deletionProtection: false }] as const,
);

test.each(unprotected)("%s is destroyed and made again by the same names, twice", (name, environment) => {
  const app = synthesizedOnce({ [name]: environment });
  const account = new AccountModel();
  expect([1, 2, 3].flatMap(() => live(account, app))).toEqual([]);
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
  expect(live(account, app)).toEqual([]);
  expect(live(account, app)).toEqual([
    "orders aws_secretsmanager_secret.Admin: aws_secretsmanager_secret orders/admin exists",
    "orders aws_cloudwatch_log_group.Logs: aws_cloudwatch_log_group /aws/eks/orders/cluster exists",
    "orders aws_db_instance.Database: aws_db_instance snapshot orders-final exists",
  ]);
});

test("the model frees a name that no protection holds, and keeps no snapshot that is skipped", () => {
  const appOf = (more: object) => {
    const database = { identifier: "orders", final_snapshot_identifier: "orders-final", ...more };
    return { stacks: { orders: { resource: { aws_db_instance: { Database: database } } } }, dependencies: {} };
  };
  const account = new AccountModel();
  const skipping = appOf({ skip_final_snapshot: true });
  expect([...live(account, skipping), ...live(account, skipping)]).toEqual([]);
  expect(live(account, appOf({ deletion_protection: true }))).toEqual([
    "orders aws_db_instance.Database: its deletion protection is on",
  ]);
  expect(live(account, skipping)).toEqual(["orders aws_db_instance.Database: aws_db_instance orders exists"]);
});

test("the model destroys no vault or bucket that is not empty, and imports what exists alone", () => {
  const account = new AccountModel();
  const bucket = (args: object) => ({ address: "aws_s3_bucket.B", type: "aws_s3_bucket", args: { ...args } });
  expect(account.destroy(bucket({ force_destroy: false }), { isEmpty: false })).toEqual([
    "aws_s3_bucket.B: it is not empty",
  ]);
  expect(account.destroy(bucket({ force_destroy: true }), { isEmpty: false })).toEqual([]);

  const logs = { address: "aws_cloudwatch_log_group.L", type: "aws_cloudwatch_log_group", args: { name: "/orders" } };
  expect(account.import(logs)).toEqual(["aws_cloudwatch_log_group.L: there is none to import"]);
  expect([...account.create(logs), ...account.import(logs)]).toEqual([]);
});

test("the model knows every name, but for those of policies, which are within a role", () => {
  expect(typesUnknownTo(resourcesIn(synthesizedOnce(environments)))).toEqual(["aws_iam_role_policy"]);
});

/** Deploys and destroys every stack. @returns what AWS refuses. */
function live(account: AccountModel, app: Synthesized): readonly string[] {
  const resources = resourcesIn(app);
  return [
    ...resources.flatMap((each) => (isImported(each, account) ? account.import(each) : account.create(each))),
    ...resources.flatMap((each) => account.destroy(each)),
  ];
}

interface SynthesizedResource extends AwsResource {
  readonly imports: readonly Import[];
}

/** Whether the resource has an import for its name, and the account has a log group of that name. */
const isImported = ({ args, imports }: SynthesizedResource, account: AccountModel): boolean =>
  imports.some(({ for_each }) => for_each.includes(JSON.stringify(args.name))) &&
  account.logGroups(String(args.name)).includes(String(args.name));

const resourcesIn = ({ stacks }: Synthesized): readonly SynthesizedResource[] =>
  Object.entries(stacks).flatMap(([stack, { resource = {}, import: imports = [] }]) =>
    Object.entries(resource).flatMap(([type, resources]) =>
      Object.entries(resources).map(([id, args]) => ({
        address: `${stack} ${type}.${id}`,
        type,
        args,
        imports: imports.filter(({ to }) => to === `${type}.${id}`),
      })),
    ),
  );
