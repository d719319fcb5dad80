import { environments } from "./support/synthesis/environments";
import { secretsIn, secretsInState } from "./support/synthesis/secrets";
import type { TerraformJson } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";
import type { TerraformState } from "./support/synthesis/terraform-state";

const { stacks } = synthesizedOnce(environments);

test.each(Object.entries(stacks))("%s holds no secret", (_, tf) => {
  expect(secretsIn(tf)).toEqual([]);
});

const RANDOM = "${ephemeral.aws_secretsmanager_random_password.Master.random_password}";
const database = (args: object): TerraformJson => ({ resource: { aws_db_instance: { Primary: { ...args } } } });
const release = (values: object): TerraformJson => ({
  resource: { helm_release: { Grafana: { values: [JSON.stringify(values)] } } },
});

describe("what the search finds", () => {
  test.each<[string, TerraformJson, string]>([
    ["a literal password", database({ password: "hunter2" }), "resource.aws_db_instance.Primary.password"],
    ["a number as one", database({ password: 1234 }), "resource.aws_db_instance.Primary.password"],
    [
      "a write-only literal",
      database({ password_wo: "hunter2", password_wo_version: 1 }),
      "resource.aws_db_instance.Primary.password_wo",
    ],
    [
      "one of a list",
      { resource: { aws_elasticache_user: { Admin: { passwords: ["hunter2"] } } } },
      "resource.aws_elasticache_user.Admin.passwords",
    ],
    ["a value from a variable", database({ password: "${var.password}" }), "resource.aws_db_instance.Primary.password"],
    [
      "a provider's token from a data source",
      { provider: { kubernetes: [{ token: "${data.aws_eks_cluster_auth.Auth.token}" }] } },
      "provider.kubernetes[0].token",
    ],
    [
      "a password in chart values",
      release({ adminUser: "admin", adminPassword: "hunter2" }),
      "resource.helm_release.Grafana.values[0].adminPassword",
    ],
    [
      "a password in an environment variable",
      release({ env: [{ name: "PGPASSWORD", value: "hunter2" }] }),
      "resource.helm_release.Grafana.values[0].env[0].value",
    ],
    [
      "a password in the JSON of a secret",
      {
        resource: {
          aws_secretsmanager_secret_version: {
            Master: { secret_string_wo: `{"user":"${RANDOM}","password":"hunter2"}` },
          },
        },
      },
      "resource.aws_secretsmanager_secret_version.Master.secret_string_wo.password",
    ],
    [
      "a secret attribute under a harmless name",
      { resource: { aws_ssm_parameter: { Login: { value: "${aws_db_instance.Primary.password}" } } } },
      "resource.aws_ssm_parameter.Login.value",
    ],
    [
      "a private key by its form",
      release({ tls: "-----BEGIN RSA PRIVATE KEY-----\nMII" }),
      "resource.helm_release.Grafana.values[0].tls",
    ],
    [
      "user data",
      { resource: { aws_instance: { A: { user_data: "IyEvYmlu" } } } },
      "resource.aws_instance.A.user_data",
    ],
  ])("%s", (_, tf, path) => {
    expect(secretsIn(tf)).toEqual([`${path}: holds a secret`]);
  });

  test("an output that is named like one", () => {
    expect(secretsIn({ output: { master_password: { value: "${local.x}", sensitive: true } } })).toEqual([
      "output.master_password: puts a secret out",
    ]);
  });

  test.each<[string, TerraformJson]>([
    ["data.aws_eks_cluster_auth", { data: { aws_eks_cluster_auth: { Auth: { name: "write" } } } }],
    ["resource.random_password", { resource: { random_password: { Master: { length: 32 } } } }],
  ])("%s, by being there", (type, tf) => {
    expect(secretsIn(tf)).toEqual([expect.stringContaining(`${type}: keeps a secret in the state`)]);
  });
});

test.each<[string, TerraformJson]>([
  ["an ephemeral password in a write-only argument", database({ password_wo: RANDOM, password_wo_version: 1 })],
  [
    "an ephemeral password in the JSON of a secret",
    {
      resource: {
        aws_secretsmanager_secret_version: {
          Master: { secret_string_wo: `{"user":"master","password":"${RANDOM}"}` },
        },
      },
    },
  ],
  [
    "an ephemeral token of a provider",
    { provider: { kubernetes: [{ token: "${ephemeral.aws_eks_cluster_auth.A.token}" }] } },
  ],
  ["an ephemeral resource", { ephemeral: { aws_eks_cluster_auth: { A: { name: "write" } } } }],
  ["a switch", release({ automountServiceAccountToken: false, manage_master_user_password: true })],
  ["the metadata service's setting", release({ http_tokens: "required" })],
  [
    "the name of a Secret and of a key in it",
    release({ existingSecret: "grafana", passwordKey: "password", password: { secretKeyRef: { key: "password" } } }),
  ],
  ["an External Secret", release({ data: [{ secretKey: "password", remoteRef: { property: "password" } }] })],
])("%s is no secret", (_, tf) => {
  expect(secretsIn(tf)).toEqual([]);
});

describe("what the search finds in a state", () => {
  const held = (attributes: object): TerraformState => ({
    resources: [
      { mode: "managed", type: "aws_db_instance", name: "Primary", instances: [{ attributes: { ...attributes } }] },
    ],
  });

  test("an argument that was set", () => {
    expect(secretsInState(held({ password: "hunter2" }), database({ password: "${var.password}" }))).toEqual([
      "resource.aws_db_instance.Primary.password: holds a secret",
    ]);
  });

  test("a write-only argument that was written all the same", () => {
    expect(secretsInState(held({ password_wo: "hunter2" }), database({ password_wo: RANDOM }))).toEqual([
      "resource.aws_db_instance.Primary.password_wo: holds a secret",
    ]);
  });

  test("a resource that is there to keep a secret", () => {
    const resources = [{ mode: "managed", type: "random_password", name: "Master", instances: [] }] as const;
    expect(secretsInState({ resources }, {})).toEqual(["resource.random_password.Master: keeps a secret in the state"]);
  });

  test("an output that is named like one", () => {
    expect(secretsInState({ outputs: { master_password: {} } }, {})).toEqual([
      "output.master_password: puts a secret out",
    ]);
  });

  test("no write-only argument that was forgotten, and nothing that a provider made up", () => {
    const state = held({ password: "db-instance-0123456789ab", password_wo: null, password_wo_version: 1 });
    expect(secretsInState(state, database({ password_wo: RANDOM, password_wo_version: 1 }))).toEqual([]);
  });
});
