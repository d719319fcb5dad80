import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackupVault } from "@cdktf/provider-aws/lib/backup-vault";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { ElasticacheReplicationGroup } from "@cdktf/provider-aws/lib/elasticache-replication-group";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { App, Fn, TerraformStack } from "cdktf";
import { Generation } from "../../../lib/core/generation";
import { ServiceLogGroup } from "../../../lib/security/service-log-group";
import { readProgram } from "../../../scripts/rehearsal/program";
import { rehearseSecondLife } from "../../../scripts/rehearsal/second-life";
import { TOOL } from "../../../scripts/rehearsal/tool";

const folder = mkdtempSync(join(tmpdir(), "second-life-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const whereRehearsable = existsSync(TOOL) ? test : test.skip;

whereRehearsable("an app that needs what AWS keeps of its first life is refused, and another is not", async () => {
  const { refused, reports } = await rehearse("names", (app) => {
    const { arn } = new KmsKey(stackOf(app, "keys"), "Key", {});
    reusable(stackOf(app, "reusable"), arn);
    once(stackOf(app, "once"));
  });
  // Terraform creates resources side by side.
  expect([...refused].sort()).toEqual([
    "life 2: once aws_cloudwatch_log_group.Logs: aws_cloudwatch_log_group /aws/eks/orders-once/cluster exists",
    "life 2: once aws_elasticache_replication_group.Cache: aws_elasticache_replication_group snapshot orders-once-final exists",
    "life 2: once aws_secretsmanager_secret.Secret: aws_secretsmanager_secret orders/once exists",
    "life 3: once aws_cloudwatch_log_group.Logs: aws_cloudwatch_log_group /aws/eks/orders-once/cluster exists",
    "life 3: once aws_s3_bucket.Bucket: it is not empty",
    "life 3: once aws_secretsmanager_secret.Secret: aws_secretsmanager_secret orders/once exists",
  ]);
  expect(reports.map((lines) => lines.replace(/_[0-9A-F]{8}\b/g, ""))).toEqual([
    "life 1 begins: 10 created",
    "life 1 ends: 10 destroyed",
    "life 2 begins: 9 created, 1 imported",
    // The vault has the key, which is another in each life.
    "life 2 ends: 7 destroyed\n  keys stays\n  once aws_s3_bucket.Bucket stays\n  reusable aws_backup_vault.Vault stays",
    "life 3 begins: 7 created, 1 imported, 1 destroyed",
  ]);
});

whereRehearsable("what Terraform says when it refuses is the error, and the providers are stopped", async () => {
  const protectedApp = (app: App) => {
    new KmsKey(stackOf(app, "keys"), "Key", { lifecycle: { preventDestroy: true } });
  };
  await expect(rehearse("protected", protectedApp)).rejects.toThrow(
    /^terraform destroy .* in .*keys failed:\nInstance cannot be destroyed: Resource aws_kms_key\.Key has/,
  );
});

async function rehearse(name: string, build: (app: App) => void) {
  const app = new App({ outdir: join(folder, `${name}-synthesized`) });
  build(app);
  app.synth();
  const reports: string[] = [];
  const refused = await rehearseSecondLife(readProgram(app.outdir), {
    folder: join(folder, name),
    signal: new AbortController().signal,
    report: (lines) => reports.push(lines),
  });
  return { refused, reports };
}

function stackOf(app: App, name: string): TerraformStack {
  const stack = new TerraformStack(app, name);
  new AwsProvider(stack, "Aws", { region: "eu-central-1" });
  return stack;
}

/** Has names as the platform's constructs give them. */
function reusable(stack: TerraformStack, keyArn: string): void {
  new SecretsmanagerSecret(stack, "Secret", { namePrefix: "orders/reusable-", recoveryWindowInDays: 30 });
  new ServiceLogGroup(stack, "Logs", { name: "/aws/eks/orders/cluster", keyArn, deletionProtection: false });
  const { suffix } = new Generation(stack, "Generation", {});
  cacheOf(stack, "reusable", `orders-reusable-${suffix}`);
  new BackupVault(stack, "Vault", { name: "orders", kmsKeyArn: keyArn });
}

/** Has names that AWS refuses in a second life. */
function once(stack: TerraformStack): void {
  new SecretsmanagerSecret(stack, "Secret", { name: "orders/once", recoveryWindowInDays: 30 });
  new CloudwatchLogGroup(stack, "Logs", { name: "/aws/eks/orders-once/cluster" });
  cacheOf(stack, "once", "orders-once-final");
  // Another name in each deployment, so that Terraform replaces the bucket, which has objects.
  new S3Bucket(stack, "Bucket", { bucket: `orders-${Fn.uuid()}` });
}

const cacheOf = (stack: TerraformStack, replicationGroupId: string, finalSnapshotIdentifier: string) =>
  new ElasticacheReplicationGroup(stack, "Cache", {
    replicationGroupId,
    description: "Orders",
    finalSnapshotIdentifier,
  });
