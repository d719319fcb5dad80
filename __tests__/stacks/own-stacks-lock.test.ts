import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import {
  App,
  type AppConfig,
  Aspects,
  LocalBackend,
  TerraformHclModule,
  TerraformStack,
  TerraformVariable,
} from "cdktf";
import { ManagedCluster } from "../../lib/event-store/kurrentcloud/managed-cluster";
import { KurrentcloudProvider } from "../../lib/event-store/kurrentcloud/provider";
import { ProtectionLock } from "../../stacks/protection-lock";
import { LockFolder } from "../support/synthesis/lock-folder";

// The lock of an app with stacks of one's own, without a platform.

const GUARDED = { lifecycle: { preventDestroy: true } };
const invoices = (stack: TerraformStack) => new S3Bucket(stack, "Invoices", GUARDED);

let folder: LockFolder;
beforeEach(() => {
  folder = new LockFolder();
});
afterEach(() => folder.remove());

/** What guards a resource of one's own, in a stack of one's own: the resource that each makes is `Held`. */
const OWN_GUARDS: Readonly<Record<string, (stack: TerraformStack) => void>> = {
  "lifecycle.preventDestroy": (stack) => new S3Bucket(stack, "Held", GUARDED),
  "an override of lifecycle.prevent_destroy": (stack) =>
    new S3Bucket(stack, "Held").addOverride("lifecycle.prevent_destroy", true),
  "an override of the stack": (stack) => {
    new S3Bucket(stack, "Held");
    stack.addOverride("resource.aws_s3_bucket.Held.lifecycle.prevent_destroy", true);
  },
  "an aspect": (stack) => {
    const bucket = new S3Bucket(stack, "Held");
    Aspects.of(stack).add({
      visit(node) {
        if (node === bucket) bucket.lifecycle = { preventDestroy: true };
      },
    });
  },
  "deletion_protection_enabled of DynamoDB": (stack) =>
    new DynamodbTable(stack, "Held", { name: "held", deletionProtectionEnabled: true }),
  "deletion_protection of Cognito, a text": (stack) =>
    new CognitoUserPool(stack, "Held", { name: "held", deletionProtection: "ACTIVE" }),
  "enable_deletion_protection of a load balancer": (stack) => new Lb(stack, "Held", { enableDeletionProtection: true }),
  "protected of KurrentDB": (stack) => {
    new KurrentcloudProvider(stack, "Kurrent", {});
    new ManagedCluster(stack, "Held", {
      ...{ name: "held", networkId: "1", projectId: "1", topology: "single-node", instanceType: "F1", diskSize: 8 },
      ...{ diskType: "GP3", serverVersion: "25.1", protected: true },
    });
  },
  "a guard that is known at plan": (stack) =>
    new Lb(stack, "Held", { enableDeletionProtection: new TerraformVariable(stack, "Keep", {}).booleanValue }),
};

/** Synthesizes a stack of one's own, in an app without a platform. */
function synthOwn(build: (stack: TerraformStack) => void, config: AppConfig = {}): void {
  const app = new App({ outdir: folder.outdir, ...config });
  new ProtectionLock(app, "Lock", { file: folder.file });
  const own = new TerraformStack(app, "own");
  new LocalBackend(own, { path: "own.tfstate" });
  new AwsProvider(own, "Aws", { region: "eu-central-1" });
  build(own);
  app.synth();
}

test.each(Object.entries(OWN_GUARDS))("a resource is listed for its guard alone: %s", (_, build) => {
  expect(() => synthOwn(build)).toThrow("got no file");
  folder.adopt();
  expect(Object.keys(folder.resources.own ?? {})).toEqual([expect.stringMatching(/\.Held$/)]);
  synthOwn(build);
  expect(() => synthOwn(() => {})).toThrow(/own \w+\.Held: must stay in the program/);
});

test("in a stack of one's own, what nothing guards is not listed", () => {
  synthOwn((stack) => {
    new Lb(stack, "Unguarded", { enableDeletionProtection: false });
    new S3Bucket(stack, "Logs", { lifecycle: { preventDestroy: false } });
    new CognitoUserPool(stack, "Users", { name: "users", deletionProtection: "INACTIVE" });
    new SecurityGroup(stack, "Firewall");
    new TerraformHclModule(stack, "Shop", { source: "acme/shop/aws" });
  });
});

test.each<[string, AppConfig]>([
  ["skipValidation", { skipValidation: true }],
  ["HCL output", { hclOutput: true }],
])("an app is compared with %s too", (_, config) => {
  expect(() => synthOwn(invoices, config)).toThrow("got no file");
  folder.adopt();
  synthOwn(invoices, config);
  expect(() => synthOwn(() => {}, config)).toThrow("own aws_s3_bucket.Invoices: must stay in the program");
});
