import { existsSync } from "node:fs";
import { join } from "node:path";
import { EksCluster } from "@cdktf/provider-aws/lib/eks-cluster";
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { LoadBalancer } from "@cdktf/provider-cloudflare/lib/load-balancer";
import { CloudflareProvider } from "@cdktf/provider-cloudflare/lib/provider";
import { App, LocalBackend, TerraformHclModule, TerraformStack } from "cdktf";
import { PlatformStack } from "../../stacks/platform-stack";
import { ProtectionLock } from "../../stacks/protection-lock";
import { LockFolder } from "../support/synthesis/lock-folder";

class Orders extends PlatformStack {}

const GUARDED = { lifecycle: { preventDestroy: true } };
const invoices = (stack: TerraformStack) => new S3Bucket(stack, "Invoices", GUARDED);

interface Program {
  readonly stacks?: Readonly<Record<string, (stack: TerraformStack) => void>>;
  readonly deletionProtection?: boolean;
}

let folder: LockFolder;
beforeEach(() => {
  folder = new LockFolder();
});
afterEach(() => folder.remove());

/** Synthesizes stacks of the environment `shop`. */
function synth(
  { stacks = { orders: invoices }, deletionProtection }: Program = {},
  lock: string | false = folder.file,
): void {
  const app = new App({ outdir: folder.outdir });
  for (const [name, build] of Object.entries(stacks)) {
    build(new Orders(app, name, { environment: "shop", region: "eu-central-1", deletionProtection }));
  }
  new ProtectionLock(app, "Lock", { file: lock });
  app.synth();
}

/** The lines of the error that stops a synthesis, without the first. */
function refusalOf(program?: Program): string[] {
  try {
    synth(program);
  } catch (error) {
    expect(error).toMatchObject({ name: "InvalidConfigurationError" });
    return (error as Error).message.split("\n  ").slice(1);
  }
  return [];
}

/** Takes over a program that is new. */
function adopted(program?: Program): void {
  expect(refusalOf(program)).toHaveLength(1);
  folder.adopt();
  synth(program);
}

test("a program that has no lock file yet is refused, and the file that it needs is written beside its stacks", () => {
  expect(refusalOf()).toEqual([
    `${folder.file}: must list what the program protects, got no file. To add what is new, copy ${join(folder.outdir, "protection.lock.json")} to ${folder.file} and commit it`,
  ]);
  expect(existsSync(folder.file)).toBe(false);
  folder.adopt();
  synth();
  expect(folder.text).toBe(`{
  "shop-orders": {
    "aws_s3_bucket.Invoices": {},
    "provider.aws": { "region": "eu-central-1" },
    "terraform.backend": { "place": "../../../terraform.shop-orders.tfstate" }
  }
}
`);
});

test("a refusal leaves nothing to deploy, of a former synthesis either", () => {
  adopted({ stacks: { orders: invoices, edge: () => {} } });
  const files = ["manifest.json", "stacks/shop-orders/cdk.tf.json", "stacks/shop-edge/cdk.tf.json"];
  const present = () => files.filter((it) => folder.has(it));
  expect(present()).toEqual(files);
  expect(refusalOf({ stacks: { orders: () => {}, edge: () => {} } })).toHaveLength(1);
  expect(present()).toEqual([]);
});

test("what left is refused, and what would be lost and how to agree are named", () => {
  adopted();
  const refusal = [
    "shop-orders aws_s3_bucket.Invoices: must stay in the program, or Terraform destroys its objects. If you mean to " +
      `destroy it, delete its entry from ${folder.file}. If you renamed a construct, name its former address with moveFromId`,
  ];
  expect(refusalOf({ stacks: { orders: () => {} } })).toEqual(refusal);
  const { "aws_s3_bucket.Invoices": _, ...rest } = folder.listed["shop-orders"] ?? {};
  folder.write(JSON.stringify({ "shop-orders": rest }));
  expect(refusalOf({ stacks: { orders: () => {} } })).toEqual([]);
});

test("no copy of the written file agrees to a loss", () => {
  adopted();
  const renamed = { stacks: { orders: (stack: TerraformStack) => new S3Bucket(stack, "Bills", GUARDED) } };
  expect(refusalOf(renamed)).toHaveLength(2);
  folder.adopt();
  expect(Object.keys(folder.resources["shop-orders"] ?? {})).toEqual(["aws_s3_bucket.Bills", "aws_s3_bucket.Invoices"]);
  expect(refusalOf(renamed)).toHaveLength(1);
});

test.each<[string, (stack: TerraformStack) => void]>([
  ["moveFromId", (stack) => new S3Bucket(stack, "Bills", GUARDED).moveFromId("aws_s3_bucket.Invoices")],
  [
    "moveTo",
    (stack) => {
      invoices(stack).moveTo("bills");
      new S3Bucket(stack, "Bills", GUARDED).addMoveTarget("bills");
    },
  ],
])("a construct that is renamed with %s is not lost, and its new address is listed", (_, build) => {
  adopted();
  expect(refusalOf({ stacks: { orders: build } })).toEqual([expect.stringContaining("differs in")]);
  folder.adopt();
  expect(folder.resources).toEqual({ "shop-orders": { "aws_s3_bucket.Bills": {} } });
  synth({ stacks: { orders: build } });
});

test("a construct that is renamed with its logical id kept is not lost", () => {
  adopted();
  const kept = (stack: TerraformStack) => new S3Bucket(stack, "Bills", GUARDED).overrideLogicalId("Invoices");
  synth({ stacks: { orders: kept } });
});

test("a move to where nothing is loses the resource", () => {
  adopted();
  const astray = (stack: TerraformStack) => invoices(stack).moveToId("aws_s3_bucket.Nowhere");
  expect(refusalOf({ stacks: { orders: astray } })).toHaveLength(1);
});

test("a stack that left is refused with what it protects, also if that is nothing", () => {
  const buckets = (stack: TerraformStack) => [new S3Bucket(stack, "Bills", GUARDED), invoices(stack)];
  const both = { stacks: { orders: buckets, edge: () => {} } };
  adopted(both);
  expect(folder.resources).toEqual({
    "shop-edge": {},
    "shop-orders": { "aws_s3_bucket.Bills": {}, "aws_s3_bucket.Invoices": {} },
  });
  expect(refusalOf({ stacks: { other: invoices } })).toEqual([
    expect.stringMatching(/^shop-edge: must stay in the program, because no other program manages its resources\. If/),
    expect.stringMatching(
      /^shop-orders: .* It protects aws_s3_bucket\.Bills, aws_s3_bucket\.Invoices \(its objects\)\. .*see docs\/protection\.md$/,
    ),
    expect.stringContaining("differs in shop-other and 3 more"),
  ]);
});

test("what is added must be listed before it is synthesized, in CI too", () => {
  adopted();
  const more = {
    stacks: { orders: (stack: TerraformStack) => [invoices(stack), new S3Bucket(stack, "Bills", GUARDED)] },
  };
  expect(refusalOf(more)).toEqual([
    expect.stringMatching(/: must list .* got one that differs in shop-orders aws_s3_bucket\.Bills\. To add /),
  ]);
});

test("in a protected stack, what holds data is listed without a guard, and modules are", () => {
  const build = (stack: TerraformStack) => {
    new Lb(stack, "Unguarded", { enableDeletionProtection: false });
    new S3Bucket(stack, "Logs");
    new SecurityGroup(stack, "Firewall");
    new TerraformHclModule(stack, "Shop", { source: "acme/shop/aws" });
  };
  adopted({ stacks: { orders: build } });
  expect(folder.resources).toEqual({ "shop-orders": { "aws_s3_bucket.Logs": {}, "module.Shop": {} } });
  expect(refusalOf({ stacks: { orders: () => {} } })).toEqual([
    expect.stringContaining("or Terraform destroys its objects."),
    expect.stringContaining("module.Shop: must stay in the program, or Terraform destroys everything in the module."),
  ]);
});

test("what Terraform may replace on purpose is listed in a protected stack, without a guard", () => {
  const build = (stack: TerraformStack) => {
    new CloudflareProvider(stack, "Cloudflare", {});
    new LoadBalancer(stack, "Api", { zoneId: "1", name: "api.example.com", defaultPools: [], fallbackPool: "1" });
  };
  adopted({ stacks: { edge: build } });
  expect(folder.resources).toEqual({ "shop-edge": { "cloudflare_load_balancer.Api": {} } });
  expect(refusalOf({ stacks: { edge: () => {} } })).toEqual([
    expect.stringContaining("or Terraform destroys the public name of an API."),
  ]);
});

test("without protection, the program needs no list, and what was listed leaves it by a copy", () => {
  synth({ stacks: { orders: () => {} }, deletionProtection: false }, false);
  adopted();
  const unprotected = {
    stacks: { orders: (stack: TerraformStack) => new S3Bucket(stack, "Invoices") },
    deletionProtection: false,
  };
  expect(refusalOf(unprotected)).toEqual([expect.stringContaining("differs in")]);
  folder.adopt();
  expect(folder.resources).toEqual({});
  synth(unprotected);
});

describe("a value that the service can't take back", () => {
  const cluster = (version: string) => ({
    stacks: {
      orders: (stack: TerraformStack) =>
        new EksCluster(stack, "Cluster", {
          name: "shop",
          roleArn: "arn",
          vpcConfig: { subnetIds: [] },
          version,
          ...GUARDED,
        }),
    },
  });

  test.each(["1.34", "1.37"])("Kubernetes 1.35 to %s is refused", (version) => {
    adopted(cluster("1.35"));
    expect(refusalOf(cluster(version))).toEqual([
      "shop-orders aws_eks_cluster.Cluster: version must be 1.35 or 1.36, because EKS upgrades by one minor version and " +
        `never downgrades, got ${version}. If 1.35 was never deployed, correct its line in ${folder.file}`,
    ]);
  });

  test("Kubernetes 1.35 to 1.36 is listed", () => {
    adopted(cluster("1.35"));
    expect(refusalOf(cluster("1.36"))).toEqual([
      expect.stringContaining("differs in shop-orders aws_eks_cluster.Cluster."),
    ]);
    folder.adopt();
    expect(folder.resources["shop-orders"]).toEqual({ "aws_eks_cluster.Cluster": { version: "1.36" } });
    synth(cluster("1.36"));
  });
});

test("stacks of one's own are listed if they guard something", () => {
  const synthOwn = (build: (stack: TerraformStack) => void) => {
    const app = new App({ outdir: folder.outdir });
    new Orders(app, "orders", { environment: "shop", region: "eu-central-1" });
    const own = new TerraformStack(app, "own");
    new LocalBackend(own, { path: "own.tfstate" });
    new AwsProvider(own, "Aws", { region: "eu-central-1" });
    build(own);
    new ProtectionLock(app, "Lock", { file: folder.file });
    app.synth();
  };
  expect(() => synthOwn(invoices)).toThrow("got no file");
  folder.adopt();
  expect(folder.resources).toEqual({ own: { "aws_s3_bucket.Invoices": {} }, "shop-orders": {} });
  expect(() => synthOwn(() => {})).toThrow("own aws_s3_bucket.Invoices: must stay in the program");
});

test("the lock file is not in the output folder, where its copy would adopt itself", () => {
  const inside = join(folder.outdir, "protection.lock.json");
  expect(() => synth({}, inside)).toThrow(`${inside}: must be outside the output folder`);
});

test("a lock is the app's own", () => {
  const stack = new TerraformStack(new App({ outdir: folder.path }), "stack");
  expect(() => new ProtectionLock(stack as never, "Lock", { file: folder.file })).toThrow(
    "stack/Lock: must be in the app itself",
  );
});

test("a protected program without a lock is refused", () => {
  const app = new App({ outdir: folder.outdir });
  new Orders(app, "orders", { environment: "shop", region: "eu-central-1" });
  expect(() => app.synth()).toThrow(
    "deletionProtection: must have a ProtectionLock in the app while it is true, got none: " +
      'new ProtectionLock(app, "Lock", { file: "protection.lock.json" })',
  );
});

test("an app has one lock", () => {
  const app = new App({ outdir: folder.outdir });
  new ProtectionLock(app, "One", { file: folder.file });
  expect(() => new ProtectionLock(app, "Two", { file: folder.file })).toThrow(
    "Two: must be the app's only ProtectionLock, got 'One' too",
  );
});

test.each([
  ["<<<<<<< HEAD\n{}", /protection\.lock\.json: must be JSON, got Unexpected token/],
  ['{\n  "a": {\n  },\n}', /must be JSON, got .* \(line 4\)/],
  ["[]", /protection\.lock\.json: must be an object, each value an object of protected addresses, got an empty list/],
  [
    '{"shop-orders": {"a.b": {}}, "shop-edge": {"a.b": {}}, "shop-orders" : {}}',
    /protection\.lock\.json\.shop-orders: must be given once, got it twice/,
  ],
  ['{"shop-orders": {"aws_s3_bucket.Invoices": true}}', /shop-orders\.aws_s3_bucket\.Invoices: must be an object/],
])("a file that is no lock is refused: %s", (text, message) => {
  folder.write(text);
  expect(() => synth()).toThrow(message);
});

test.each([undefined, "", 1, true])("%p is no path of a lock file", (path) => {
  expect(() => new ProtectionLock(new App({ outdir: folder.path }), "Lock", { file: path as never })).toThrow(
    "Lock.file: ",
  );
});
