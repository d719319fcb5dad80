import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { production } from "../../environments/production";
import { staging } from "../../environments/staging";
import type { Environment } from "../../lib/config/environment";
import { CqrsPlatform, platforms } from "../../stacks/platform";
import { PLATFORM_STACKS } from "../support/synthesis/platform-stacks";
import {
  outputsOf,
  resourceOf,
  resourcesOf,
  stackOf,
  synthesize,
  synthesizeApp,
} from "../support/synthesis/synthesized";
import { synthesizedOnce } from "../support/synthesis/synthesized-once";

test("two platforms fit into one app, each with stacks of its own", () => {
  const { stacks } = synthesizedOnce({ production, staging });
  expect(Object.keys(stacks).sort()).toEqual([
    ...PLATFORM_STACKS.map((what) => `production-${what}`),
    // Where nothing is behind Cloudflare, there is no edge.
    ...PLATFORM_STACKS.filter((what) => what !== "edge").map((what) => `staging-${what}`),
  ]);
});

test("a stack depends on what it takes from others, and on nothing else", () => {
  const { dependencies } = synthesizedOnce({ production });
  const named = (name: string) =>
    (dependencies[`production-${name}`] ?? []).map((it) => it.replace("production-", "")).sort();
  expect(Object.fromEntries(PLATFORM_STACKS.map((what) => [what, named(what)]))).toEqual({
    state: [],
    keys: [],
    network: ["keys"],
    "write-cluster": ["keys", "network"],
    "read-cluster": ["keys", "network"],
    "event-store": ["network", "read-cluster", "write-cluster"],
    "read-store": ["keys", "network", "read-cluster"],
    recovery: ["keys", "network", "read-cluster", "read-store", "write-cluster"],
    "recovery-jobs": ["event-store", "keys", "read-cluster", "read-store", "recovery"],
    // Secrets come by what the services brought.
    monitoring: ["event-store", "keys", "network", "read-cluster", "read-services", "write-cluster", "write-services"],
    "write-monitoring": ["keys", "monitoring", "write-cluster"],
    "write-services": ["event-store", "keys", "recovery", "write-cluster"],
    // What commands bring about is there before queries ask for it, and both before the edge leads to them.
    "read-services": ["event-store", "keys", "read-cluster", "read-store", "write-services"],
    edge: ["read-cluster", "read-services"],
  });
});

describe("a stack name that is taken", () => {
  const refusalOf = (build: (app: App) => void): string => {
    try {
      synthesizeApp(build);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };

  test("is refused where the other stack stands beside ours", () => {
    expect(
      refusalOf((app) => {
        new TerraformStack(app, "production-network");
        new CqrsPlatform(app, "production", production);
      }),
    ).toContain("production-network: must be the only platform or stack of its name, got a second");
  });

  test("is refused where the other stack is deeper in the app, whichever came first", () => {
    const said = refusalOf((app) => {
      new CqrsPlatform(app, "production", production);
      new TerraformStack(new CqrsPlatform(app, "staging", staging), "production-network");
    });
    expect(said).toContain(
      "production-network: must be the app's only stack of its name, got 'production-network' and 'staging/production-network'",
    );
  });
});

test("a state bucket is every stack's backend but its own stack's, locked by a file and encrypted with the key", () => {
  const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/1";
  const synthesized = synthesize({ production: { ...production, state: { bucket: "acme-state", keyArn } } });
  for (const [name, { terraform }] of Object.entries(synthesized.stacks)) {
    expect(terraform?.backend).toEqual(
      name === "production-state"
        ? { local: { path: "../../../terraform.production-state.tfstate" } }
        : {
            s3: {
              bucket: "acme-state",
              key: `production/${name}.tfstate`,
              region: "eu-central-1",
              encrypt: true,
              kms_key_id: keyArn,
              use_lockfile: true,
            },
          },
    );
  }
  const [remote] = Object.values(stackOf(synthesized, "production-network").data?.terraform_remote_state ?? {});
  expect(remote).toMatchObject({
    backend: "s3",
    config: { bucket: "acme-state", key: "production/production-keys.tfstate" },
  });
});

test("without its key, a state bucket encrypts by its own default", () => {
  const { stacks } = synthesize({ production: { ...production, state: { bucket: "acme-state" } } });
  expect(stacks["production-keys"]?.terraform?.backend?.s3).not.toHaveProperty("encrypt");
});

test("a provider's pin is moved in the stacks that use it, and in no other", () => {
  const { stacks } = synthesize({
    production: { ...production, providerVersions: { aws: "~> 6.25", helm: "~> 3.1" } },
  });
  for (const { terraform } of Object.values(stacks))
    expect(terraform?.required_providers?.aws?.version).toBe("~> 6.25");
  expect(stacks["production-monitoring"]?.terraform?.required_providers?.helm?.version).toBe("~> 3.1");
  expect(stacks["production-keys"]?.terraform?.required_providers).not.toHaveProperty("helm");
});

test("an API that an office may reach is so on both sides, and is reached by nobody else", () => {
  const { stacks } = synthesize({ production: { ...production, apiAccess: { cidrs: ["203.0.113.0/24"] } } });
  const clusters = Object.values(stacks).flatMap((tf) => resourcesOf(tf, "aws_eks_cluster"));
  expect(clusters.map(({ vpc_config }) => vpc_config)).toEqual(
    Array(2).fill(expect.objectContaining({ endpoint_public_access: true, public_access_cidrs: ["203.0.113.0/24"] })),
  );
});

test("versions of Kubernetes, of its add-ons and the nodes' types are the environment's to choose, side by side", () => {
  const { stacks } = synthesize({
    production: {
      ...production,
      kubernetes: {
        version: "1.36",
        instanceTypes: { write: "m7a.xlarge" },
        addonVersions: { coredns: "v1.14.9-eksbuild.1" },
      },
    },
  });
  const sides = ["write", "read"].map((side) => stackOf({ stacks, dependencies: {} }, `production-${side}-cluster`));
  expect(sides.map((tf) => resourceOf(tf, "aws_launch_template").instance_type)).toEqual(["m7a.xlarge", "m7i.2xlarge"]);
  for (const tf of sides) {
    expect(resourceOf(tf, "aws_eks_cluster").version).toBe("1.36");
    expect(resourcesOf(tf, "aws_eks_node_group").map(({ version }) => version)).toEqual(Array(6).fill("1.36"));
    expect(resourceOf(tf, "aws_eks_addon", { addon_name: "coredns" }).addon_version).toBe("v1.14.9-eksbuild.1");
  }
});

test("what is wrong with any of several environments is said before the first of them is made", () => {
  const wrong = { ...production, region: "Frankfurt" };
  const refused = () =>
    synthesizeApp((app) => {
      try {
        platforms(app, { production, staging: wrong, testing: wrong });
      } finally {
        expect(app.node.children).toEqual([]);
      }
    });
  expect(refused).toThrow(
    /^2 problems in the configuration, nothing was synthesized:\n {2}staging\.region: .*\n {2}testing\.region: /,
  );
});

test.each([null, undefined, 1, "production", {}, [production], new Map(), Promise.resolve({ production })])(
  "%p is no object of environments",
  (environments) => {
    expect(() => platforms(new App(), environments as never)).toThrow(
      /^1 problem in the configuration, nothing was synthesized:\n {2}environments: .*must be an object of environments by their names/,
    );
  },
);

test("an environment is no object of environments, and without a name it is none", () => {
  expect(() => platforms(new App(), production as never)).toThrow(
    "  environments: must be an object of environments by their names such as { production: … }, got one without a name",
  );
  expect(() => new CqrsPlatform(new App(), production as never, undefined as never)).toThrow(
    "  the environment's name: must be lower-case letters, digits and single hyphens, a letter first, at most 20 characters (S3 bucket prefix), got an object",
  );
});

test.each<[string, Readonly<Record<string, Environment>>]>([
  ["that of a stack of another platform's", { shop: production, "shop-keys": staging }],
  ["whose stack has another platform's", { "shop-keys": staging, shop: production }],
])("a platform's name is not %s", (_, environments) => {
  expect(() => platforms(new App(), environments)).toThrow(
    "  shop-keys: must be the only platform or stack of its name, got a second",
  );
});

describe("of environments that share a bucket", () => {
  const state = { bucket: "orders-state" };
  const creating: [string, Environment] = ["production", { ...production, state }];
  const { region } = production;
  const using: [string, Environment] = ["staging", { ...staging, region, state: { ...state, existing: true } }];

  test.each([
    ["first", [creating, using]],
    ["last", [using, creating]],
  ])("the one that says so creates it, also if it is the %s", (_, environments) => {
    const { stacks } = synthesize(Object.fromEntries(environments as [string, Environment][]));
    expect(Object.keys(stacks).filter((name) => name.endsWith("-state"))).toEqual(["production-state"]);
  });

  // S3 refuses to create it a second time, but only at apply.
  test("two that would create it are refused, also as platforms of their own", () => {
    const app = new App();
    new CqrsPlatform(app, ...creating);
    expect(() => new CqrsPlatform(app, "staging", { ...staging, region, state })).toThrow(
      "  staging.state.existing: must be true here or in production.state, as only one environment creates the bucket 'orders-state'",
    );
  });
});

test("a bucket that stands already is nobody's to make", () => {
  const state = { bucket: "orders-state" };
  const { stacks } = synthesize({ staging: { ...staging, state: { ...state, existing: true } } });
  expect(Object.keys(stacks)).not.toContain("staging-state");
  expect(stackOf({ stacks, dependencies: {} }, "staging-network").terraform?.backend?.s3).toMatchObject({
    bucket: "orders-state",
    key: "staging/staging-network.tfstate",
  });
});

test("a platform's name is the app's only one", () => {
  const app = new App();
  platforms(app, { production });
  expect(() => platforms(app, { production })).toThrow(
    "  production: must be the only platform or stack of its name, got a second",
  );
});

test("an account that is named is the only one that any stack is deployed to", () => {
  const { stacks } = synthesize({ production: { ...production, account: "111122223333" } });
  for (const tf of Object.values(stacks)) {
    expect(tf.provider?.aws?.[0]).toMatchObject({ allowed_account_ids: ["111122223333"] });
  }
});

test("an unprotected environment has nothing that refuses to be destroyed", () => {
  const { stacks } = synthesize({ production: { ...production, deletionProtection: false } });
  const text = JSON.stringify(stacks);
  expect(text).not.toContain('"prevent_destroy":true');
  expect(text).not.toContain('"deletion_protection":true');
  expect(text).not.toContain('"protected":true');
});

test("tags reach what the provider gives them to, and what it does not", () => {
  const { stacks } = synthesize({ production: { ...production, tags: { Owner: "orders" } } });
  for (const [name, tf] of Object.entries(stacks)) {
    expect(tf.provider?.aws?.[0]).toMatchObject({
      default_tags: [{ tags: { Owner: "orders", Environment: "production", Stack: name, ManagedBy: "cdktf-cqrs" } }],
    });
  }
  const [template] = resourcesOf(
    stackOf({ stacks, dependencies: {} }, "production-write-cluster"),
    "aws_launch_template",
  );
  expect(JSON.stringify(template?.tag_specifications)).toContain('"Owner":"orders"');
});

test("another Region, another range, arm64 and an API for the office reach every stack that they concern", () => {
  const environment: Environment = {
    ...production,
    region: "us-east-2",
    network: { cidr: "10.64.0.0/18", eventStoreCidr: "10.65.0.0/24", serviceCidr: "10.66.0.0/20" },
    apiAccess: { cidrs: ["203.0.113.0/24"] },
    kubernetes: { instructionSet: "arm64", version: "1.36", instanceTypes: { read: "r8g.4xlarge" } },
  };
  const { stacks } = synthesize({ production: environment });
  const text = JSON.stringify(stacks);
  for (const left of ["eu-central-1", "10.0.0.0", "10.1.0.0", "172.20.0.0", "m7i.", "1.35"])
    expect(text).not.toContain(left);
  for (const right of ["us-east-2c", "10.64.0.0/18", "10.65.0.0/24", "10.66.0.0/20", "m8g.xlarge", "r8g.4xlarge"]) {
    expect(text).toContain(right);
  }
});

test("what a platform holds can be used in a stack of one's own", () => {
  const { stacks, dependencies } = synthesizeApp((app) => {
    const platform = new CqrsPlatform(app, "production", production);
    const own = new TerraformStack(app, "own");
    new LocalBackend(own, { path: "own.tfstate" });
    new TerraformOutput(own, "endpoint", { value: platform.database.endpoint });
    new TerraformOutput(own, "vpc", { value: platform.network.vpcId });
  });
  expect(dependencies.own).toEqual(["production-read-store", "production-network"]);
  expect(outputsOf(stackOf({ stacks, dependencies }, "own")).endpoint).toMatch(/^\$\{data\.terraform_remote_state\./);
});
