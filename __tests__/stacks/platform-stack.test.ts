import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { PlatformStack, type PlatformStackProps } from "../../stacks/platform-stack";
import { ProtectionLock } from "../../stacks/protection-lock";
import { stackOf, synthesizeApp } from "../support/synthesis/synthesized";

/** A stand-in for a stack of the platform: it holds nothing of its own. */
class EmptyStack extends PlatformStack {
  constructor(scope: Construct, props: PlatformStackProps, what = "orders") {
    super(scope, what, props);
    this.output("greeting", "What it says", "hello");
    new TerraformOutput(this, "tags", { value: this.tags });
  }
}

const base: PlatformStackProps = { environment: "production", region: "eu-central-1" };
const made = (props: Partial<PlatformStackProps> = {}) =>
  stackOf(
    synthesizeApp((app) => new EmptyStack(app, { ...base, ...props })),
    "production-orders",
  );

test("keeps its state beside the program until a bucket is named", () => {
  expect(made().terraform?.backend).toEqual({ local: { path: "../../../terraform.production-orders.tfstate" } });
});

test("keeps its state in the bucket under the environment's name and its own, locked by a file", () => {
  expect(made({ state: { bucket: "acme-state" } }).terraform?.backend).toEqual({
    s3: {
      bucket: "acme-state",
      key: "production/production-orders.tfstate",
      region: "eu-central-1",
      use_lockfile: true,
    },
  });
});

test("finds the state in another Region, such as in the replica once its own is lost", () => {
  const state = { bucket: "acme-state-replica", existing: true, region: "eu-west-1" };
  expect(made({ state }).terraform?.backend?.s3).toMatchObject({ bucket: "acme-state-replica", region: "eu-west-1" });
  expect(made({ state }).provider?.aws).toMatchObject([{ region: "eu-central-1" }]);
});

test("keeps its state beside the program while the bucket has no name", () => {
  expect(made({ state: { secondRegion: "eu-west-1" } }).terraform?.backend).toEqual({
    local: { path: "../../../terraform.production-orders.tfstate" },
  });
});

test("encrypts its state with the key that is named", () => {
  const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/state";
  expect(made({ state: { bucket: "acme-state", keyArn } }).terraform?.backend?.s3).toMatchObject({
    encrypt: true,
    kms_key_id: keyArn,
  });
});

test("needs a Terraform that knows write-only arguments", () => {
  expect(made().terraform?.required_version).toBe(">= 1.11.0");
});

test("deploys to the environment's Region, with tags that say what made it", () => {
  expect(made({ tags: { Owner: "orders" } }).provider?.aws).toEqual([
    {
      region: "eu-central-1",
      default_tags: [
        {
          tags: {
            Owner: "orders",
            Environment: "production",
            Stack: "production-orders",
            ManagedBy: "cdktf-cqrs",
          },
        },
      ],
    },
  ]);
});

test("our tags say what is so, whatever else is asked for", () => {
  expect(JSON.stringify(made({ tags: { Stack: "mine" } }))).not.toContain("mine");
});

test("gives its constructs the tags that the provider does not reach", () => {
  expect(made({ tags: { Owner: "orders" } }).output?.tags?.value).toEqual({
    Owner: "orders",
    Environment: "production",
    Stack: "production-orders",
    ManagedBy: "cdktf-cqrs",
  });
});

test("its outputs say what they are", () => {
  expect(made().output?.greeting).toEqual({ description: "What it says", value: "hello" });
});

test("a provider's pin is ours to move, and that of no provider that it does without", () => {
  const pins = made({ providerVersions: { aws: "~> 6.25", helm: "~> 3.1" } }).terraform?.required_providers;
  expect(pins?.aws).toEqual({ source: "aws", version: "~> 6.25" });
  expect(Object.keys(pins ?? {})).toEqual(["aws"]);
});

describe("two stacks of one name", () => {
  /** What is said, and what was written until then. */
  const refusalOf = (build: (app: App) => void): { said: string; written: string[] } => {
    const outdir = mkdtempSync(join(tmpdir(), "twins-"));
    const stacks = join(outdir, "stacks");
    let said = "";
    try {
      const app = new App({ outdir });
      build(app);
      new ProtectionLock(app, "Lock", { file: false });
      app.synth();
    } catch (error) {
      said = (error as Error).message;
    }
    const written = existsSync(stacks) ? readdirSync(stacks) : [];
    rmSync(outdir, { recursive: true, force: true });
    return { said, written };
  };
  const beside = "production-orders: must be the only platform or stack of its name, got a second";
  const twins = "production-orders: must be the app's only stack of its name, got";

  test.each<[string, (app: App) => void, string]>([
    [
      "of which the other comes first",
      (app) => {
        new TerraformStack(app, "production-orders");
        new EmptyStack(app, base);
      },
      beside,
    ],
    [
      "of which the other comes first and deeper",
      (app) => {
        new TerraformStack(new Construct(app, "Ours"), "production-orders");
        new EmptyStack(app, base);
      },
      `${twins} 'Ours/production-orders' and 'production-orders'`,
    ],
    [
      "of which the other comes later and deeper",
      (app) => {
        new EmptyStack(app, base);
        new TerraformStack(new Construct(app, "Ours"), "production-orders");
      },
      `${twins} 'production-orders' and 'Ours/production-orders'`,
    ],
    [
      "that are both ours",
      (app) => {
        new EmptyStack(app, base);
        new EmptyStack(app, base);
      },
      beside,
    ],
  ])("%s are refused before a file is written", (_, build, message) => {
    const { said, written } = refusalOf((app) => {
      new EmptyStack(app, { ...base, environment: "first" });
      build(app);
    });
    expect(said).toContain(`  ${message}`);
    expect(written).toEqual([]);
  });

  test("beside each other are refused by constructs themselves where the other comes later", () => {
    const { said, written } = refusalOf((app) => {
      new EmptyStack(app, base);
      new TerraformStack(app, "production-orders");
    });
    expect(said).toContain("There is already a Construct with name 'production-orders'");
    expect(written).toEqual([]);
  });
});
