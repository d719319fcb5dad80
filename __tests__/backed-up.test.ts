import { BackupSelection } from "@cdktf/provider-aws/lib/backup-selection";
import { DbInstance } from "@cdktf/provider-aws/lib/db-instance";
import { GlueCatalogDatabase } from "@cdktf/provider-aws/lib/glue-catalog-database";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { type App, LocalBackend, TerraformStack } from "cdktf";
import { LOSSES } from "../lib/synthesis/losses";
import { INVARIANTS } from "./support/plans/invariants";
import { backupProblems, EXCEPTIONS, type Exception } from "./support/synthesis/backed-up";
import { environments } from "./support/synthesis/environments";
import { type Synthesized, synthesizeApp } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const synthesized = synthesizedOnce(environments);

test("everything that holds data is in a selection, or an exception with its reason", () => {
  expect(backupProblems(synthesized)).toEqual([]);
});

test("every exception has its reason, and is of a type that holds data", () => {
  expect(Object.values(EXCEPTIONS).filter(({ reason }) => reason.length < 15)).toEqual([]);
  expect(Object.keys(EXCEPTIONS).filter((type) => !Object.hasOwn(LOSSES, type))).toEqual([]);
});

test.each(Object.keys(environments))("of %s, the primary and both clusters are named, and nothing else", (name) => {
  const tf = synthesized.stacks[`${name}-recovery`];
  const named = Object.values(tf?.resource?.aws_backup_selection ?? {}).flatMap(
    ({ resources = [] }) => resources as readonly string[],
  );
  expect(named.map((each) => /cross-stack-output-(\w+)_[0-9A-F]{8}arn/.exec(each)?.[1])).toEqual([
    "aws_db_instanceDatabase_Primary",
    "aws_eks_clusterWriteCluster_ControlPlane",
    "aws_eks_clusterReadCluster_ControlPlane",
  ]);
});

describe("what the check finds", () => {
  const NONE: Readonly<Record<string, Exception>> = {};
  const replica: Readonly<Record<string, Exception>> = {
    aws_db_instance: EXCEPTIONS.aws_db_instance ?? { reason: "" },
  };
  const primary = (stack: TerraformStack, id: string) => new DbInstance(stack, id, { instanceClass: "db.m8g.large" });
  const select = (stack: TerraformStack, resources: string[]) =>
    new BackupSelection(stack, "Selection", { name: "named", planId: "1", iamRoleArn: "arn", resources });

  test("a database that is selected", () => {
    const sound = orders((stack) => void select(stack, [primary(stack, "Orders").arn]));
    expect(backupProblems(sound, NONE)).toEqual([]);
  });

  test("a new database beside it that is not, replica or no", () => {
    const found = orders((stack) => {
      select(stack, [primary(stack, "Orders").arn]);
      primary(stack, "Invoices");
      new DbInstance(stack, "Replica", { instanceClass: "db.m8g.large", replicateSourceDb: "orders" });
    });
    expect(backupProblems(found, replica)).toEqual([
      "orders aws_db_instance.Invoices is backed up by nobody, and with it the read models, and on a replica the " +
        "readers' connections: name it in a selection, or say in EXCEPTIONS why not",
    ]);
  });

  test("a type that nobody has thought of", () => {
    const found = orders((stack) => new S3Bucket(stack, "Invoices"));
    expect(backupProblems(found, NONE)).toEqual([
      expect.stringContaining("orders aws_s3_bucket.Invoices is backed up"),
    ]);
  });

  test("a type that is on no list at all, by the invariants", () => {
    const found = orders((stack) => new GlueCatalogDatabase(stack, "Invoices", { name: "invoices" }));
    const known = INVARIANTS["every kind of resource is known to hold data, or not to"];
    expect(Object.values(found.stacks).flatMap(known)).toEqual(["aws_glue_catalog_database.Invoices"]);
  });

  test("an exception of which there is none", () => {
    expect(
      backupProblems(
        orders(() => {}),
        replica,
      ),
    ).toEqual(["aws_db_instance is an exception of which there is none"]);
  });

  test("an exception that is selected all the same", () => {
    const found = orders((stack) => void select(stack, [new S3Bucket(stack, "Invoices").arn]));
    expect(backupProblems(found, { aws_s3_bucket: { reason: "it keeps versions" } })).toEqual([
      "orders aws_s3_bucket.Invoices is in a selection, and is no exception",
    ]);
  });

  test("a cache that makes no snapshots, and an event store that nobody backs up", () => {
    const bare: Synthesized = {
      stacks: {
        orders: {
          resource: {
            aws_elasticache_replication_group: { Cache: { snapshot_retention_limit: 0 } },
            kurrentcloud_managed_cluster: { Events: {} },
          },
        },
      },
      dependencies: {},
    };
    const missed = backupProblems(bare).filter((line) => line.includes("is backed up by nobody"));
    expect(missed.map((line) => line.split(" ")[1])).toEqual([
      "aws_elasticache_replication_group.Cache",
      "kurrentcloud_managed_cluster.Events",
    ]);
  });
});

function orders(build: (stack: TerraformStack) => unknown): Synthesized {
  return synthesizeApp((app: App) => {
    const stack = new TerraformStack(app, "orders");
    new LocalBackend(stack, { path: "terraform.tfstate" });
    new AwsProvider(stack, "Aws", { region: "eu-central-1" });
    build(stack);
  });
}
