import { CommandApi, type CommandApiProps } from "../../lib/workloads/command-api";
import { definitionProblems, hasDefinitions } from "../support/cluster/custom-resources";
import { auth, eventStore, placeIn } from "../support/synthesis/services";
import {
  type Arguments,
  resourceOf,
  resourcesOf,
  synthesizeStack,
  type TerraformJson,
  withoutHash,
} from "../support/synthesis/synthesized";

const base = {
  images: { blue: "ghcr.io/acme/command-api:1.4.2", green: "ghcr.io/acme/command-api:1.4.1" },
  active: "blue",
  instances: 3,
  healthCheck: "/health",
  auth,
  eventStore,
} as const;
const made = (props: Partial<CommandApiProps> = {}): TerraformJson =>
  synthesizeStack((stack) => void new CommandApi(stack, "Api", { ...base, ...placeIn(stack), ...props }));
const configMap = (tf: TerraformJson, name: string): Arguments => {
  const found = resourcesOf(tf, "kubernetes_config_map_v1").find(({ metadata }) =>
    (metadata as { name: string }).name.startsWith(`${name}-`),
  );
  return found?.data as Arguments;
};
interface Template {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: { readonly container: readonly [Arguments] };
}

function templateOf(tf: TerraformJson): Template {
  const [deployment] = resourcesOf(tf, "kubernetes_deployment_v1");
  if (deployment === undefined) throw new Error("no deployment");
  return (deployment.spec as { template: Template }).template;
}
const containerOf = (tf: TerraformJson) => templateOf(tf).spec.container[0];

test("is told where the event store is, who may do what, and nothing of the read models", () => {
  expect(configMap(made(), "command-api-variables")).toEqual({
    AUTH_AUDIENCE: auth.audience,
    AUTH_ISSUER: auth.issuer,
    AUTH_PUBLIC_KEY: auth.publicKey,
    AWS_REGION: "eu-central-1",
    EVENT_STORE_CONNECTION_STRING: "kurrentdb+discover://events.example.com:2113?nodePreference=leader",
    HEALTH_PATH: "/health",
    HTTP_PORT: "8080",
    METRICS_PORT: "9090",
  });
});

test("demands the type of tokens, where the configuration does", () => {
  const tf = made({ auth: { ...auth, tokenType: "at+jwt" } });
  expect(configMap(tf, "command-api-variables")).toMatchObject({ AUTH_TOKEN_TYPE: "at+jwt" });
});

test.each([
  [{ type: "EventStore", clusterSize: 3 }, "esdb+discover://events.example.com:2113?nodePreference=leader"],
  [{ type: "KurrentDB", clusterSize: 1 }, "kurrentdb://events.example.com:2113"],
] as const)("finds an event store of %j", (client, address) => {
  const variables = configMap(made({ eventStore: { ...eventStore, ...client } }), "command-api-variables");
  expect(variables.EVENT_STORE_CONNECTION_STRING).toBe(address);
});

test("has the permissions as one document, which says that only RS256 counts", () => {
  const files = configMap(made(), "command-api-files");
  expect(JSON.parse(String(files["auth.json"]))).toEqual({ algorithm: "RS256", ...auth });
  expect(containerOf(made()).volume_mount).toContainEqual({ mount_path: "/etc/cqrs", name: "files", read_only: true });
});

test("is ready when the architecture's path says so, and alive whatever it says", () => {
  const container = containerOf(made({ healthCheck: "/ready" }));
  expect(container).toMatchObject({
    readiness_probe: { http_get: { path: "/ready", port: "http" } },
    liveness_probe: { http_get: { path: "/livez", port: "metrics" } },
    startup_probe: { http_get: { path: "/livez", port: "metrics" } },
  });
});

test("has no rights at AWS, for it needs none", () => {
  expect(made().resource).not.toHaveProperty("aws_iam_role");
});

test("gets a variable as it is written, whatever Terraform would make of it", () => {
  const variables = configMap(made({ variables: { TEMPLATE: "${order} %{if}" } }), "command-api-variables");
  expect(variables.TEMPLATE).toBe("$${order} %%{if}");
});

describe("secrets", () => {
  const tf = made({ secrets: { EVENT_STORE_CREDENTIALS: "production/event-store" } });
  const [object] = JSON.parse(String(resourceOf(tf, "helm_release", { name: "command-api-secrets" }).values)).resources;

  test("are read from Secrets Manager by their names", () => {
    expect(object.spec.data).toEqual([
      { secretKey: "EVENT_STORE_CREDENTIALS", remoteRef: { key: "production/event-store" } },
    ]);
  });

  (hasDefinitions ? test : test.skip)("are what External Secrets takes", () => {
    expect(definitionProblems(object)).toEqual([]);
  });

  test("become variables of the container", () => {
    expect(containerOf(tf).env).toEqual([
      {
        name: "EVENT_STORE_CREDENTIALS",
        value_from: { secret_key_ref: { name: "command-api", key: "EVENT_STORE_CREDENTIALS" } },
      },
    ]);
  });

  test("need no release where there are none", () => {
    expect(resourcesOf(made(), "helm_release").map(({ name }) => name)).toEqual(["command-api-budget"]);
  });
});

describe("a changed configuration", () => {
  const tf = made();
  const maps = Object.entries(tf.resource?.kubernetes_config_map_v1 ?? {});

  test("is another map, beside the one that running pods have", () => {
    expect(maps).toHaveLength(2);
    for (const [id, { metadata, data, immutable, lifecycle }] of maps) {
      const content = `${withoutHash(id)}Content`;
      const [local, same] = Object.entries(tf.locals ?? {}).find(([key]) => key.startsWith(content)) ?? [];
      expect((metadata as Arguments).name).toMatch(
        new RegExp(`-\\$\\{substr\\(sha256\\(jsonencode\\(local\\.${local}\\)\\), 0, 10\\)\\}$`),
      );
      expect(same).toEqual(data);
      expect({ immutable, lifecycle }).toEqual({ immutable: true, lifecycle: { create_before_destroy: true } });
    }
  });

  test("is a new template, and so new pods", () => {
    const template = JSON.stringify(templateOf(tf));
    for (const [id] of maps) expect(template).toContain(`\${kubernetes_config_map_v1.${id}.metadata[0].name}`);
  });
});

test("everything of it waits for the namespace", () => {
  const tf = made();
  const waiting = Object.entries(tf.resource ?? {})
    .filter(([type]) => type !== "terraform_data" && type !== "kubernetes_deployment_v1")
    .flatMap(([, resources]) => Object.values(resources));
  expect(waiting.length).toBeGreaterThan(5);
  for (const resource of waiting) expect(resource.depends_on).toContainEqual("terraform_data.namespace");
});

test.each<[props: object, line: string]>([
  [{ instances: 0 }, ".instances: must be a whole number from 1 to 1000, got 0"],
  [{ active: "red" }, ".active: must be 'blue' or 'green', got 'red'"],
  [
    { healthCheck: "health" },
    ".healthCheck: must be a path such as '/health' of at most 256 letters, digits and _./-, not below /commands/ or /queries/, got 'health'",
  ],
  [
    { eventStore: { ...eventStore, cidr: "10.1.0.1/22" } },
    ".eventStore.cidr: must be a range such as '10.1.0.0/22', got '10.1.0.1/22'",
  ],
  [
    { auth: { ...auth, audience: "" } },
    ".auth.audience: must be a text of at most 255 characters without spaces, got ''",
  ],
  [{ colour: "blue" }, ".colour: is not a key here, allowed are "],
  [{ variables: { A: "1" }, secrets: { A: "a" } }, ".secrets.A: must not be in variables too, got 'A'"],
])("refuses %j", (props, line) => {
  expect(() => made(props)).toThrow(`\n  Test/Api${line}`);
});
