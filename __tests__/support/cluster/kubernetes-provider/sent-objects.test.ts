import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Arguments } from "../../synthesis/synthesized";
import type { Block } from "./blocks";
import { RESOURCE_TYPES } from "./resource-types";
import { sentObjects } from "./sent-objects";

const metadata = { name: "api", namespace: "write" };

/** What is sent for a resource, and what is wrong with what it leaves out. */
function sent(type: string, args: Arguments) {
  const [only] = sentObjects({ resource: { [type]: { Api: args } } });
  if (only === undefined) throw new Error(`${type}: nothing was sent`);
  return only;
}

/** The spec of a pod with one container. */
function podOf(pod: Arguments, container: Arguments = {}) {
  const { object, leftOut } = sent("kubernetes_deployment_v1", {
    metadata,
    spec: { template: { metadata: {}, spec: { ...pod, container: { name: "api", ...container } } } },
  });
  const { template } = object.spec as { readonly template: { readonly spec: Record<string, unknown> } };
  return { spec: template.spec, container: (template.spec.containers as Arguments[])[0], leftOut };
}

const AT = "kubernetes_deployment_v1.Api.spec.template.spec";
const GIVEN = { automount_service_account_token: false };

describe("what the provider sends", () => {
  it("has the provider's defaults and Go's zeros for what is absent", () => {
    expect(podOf({}, { security_context: {} }).container).toEqual({
      name: "api",
      securityContext: {
        allowPrivilegeEscalation: true,
        privileged: false,
        readOnlyRootFilesystem: false,
        runAsNonRoot: false,
      },
      terminationMessagePath: "/dev/termination-log",
    });
    expect(podOf({}).spec).toMatchObject({ automountServiceAccountToken: true, terminationGracePeriodSeconds: 30 });
  });

  it("has no zero of a field that is no pointer", () => {
    const { container } = podOf({}, { tty: false, port: [{ container_port: 80, host_port: 0 }], env: [] });
    expect(container).not.toHaveProperty("tty");
    expect(container).not.toHaveProperty("env");
    expect(container?.ports).toEqual([{ containerPort: 80, protocol: "TCP" }]);
  });

  it("has numbers where a text is parsed, and octal ones for modes of files", () => {
    const { spec } = podOf({ security_context: { run_as_user: "0" }, volume: { name: "files", secret: {} } });
    expect(spec.securityContext).toEqual({ runAsNonRoot: false, runAsUser: 0 });
    expect(spec.volumes).toEqual([{ name: "files", secret: { defaultMode: 0o644, optional: false } }]);
  });

  it.each([
    ["80", 80],
    ["http", "http"],
  ])("has the port %s of a probe as %p", (port, expected) => {
    const { container } = podOf({}, { liveness_probe: { http_get: { port } } });
    expect(container?.livenessProbe).toMatchObject({
      httpGet: { port: expected, scheme: "HTTP" },
      failureThreshold: 3,
    });
  });

  it("has a block as an object, whether it is written as one or as a list of one", () => {
    const rollingUpdate = { max_surge: "1", max_unavailable: "25%" };
    const specs = [{ rolling_update: rollingUpdate }, [{ rolling_update: [rollingUpdate] }]].map(
      (strategy) =>
        sent("kubernetes_deployment_v1", { metadata, spec: { strategy, template: { spec: { container: [] } } } }).object
          .spec?.strategy,
    );
    const expected = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: "25%" } };
    expect(specs).toEqual([expected, expected]);
  });

  it("has labels as they are, and nothing of what is for Terraform or the provider alone", () => {
    const labels = { "cqrs/some_key": "a" };
    const { object } = sent("kubernetes_service_v1", {
      ...{ metadata: { name: "api", labels }, depends_on: ["a.b"], wait_for_load_balancer: false, timeouts: {} },
      spec: { selector: labels, port: { port: 80, target_port: "http" } },
    });
    expect(object).toEqual({
      ...{ apiVersion: "v1", kind: "Service", metadata: { name: "api", namespace: "default", labels } },
      spec: {
        ports: [{ port: 80, protocol: "TCP", targetPort: "http" }],
        ...{ selector: labels, sessionAffinity: "None", type: "ClusterIP" },
      },
    });
  });
});

describe("what is left out", () => {
  it("is nothing where Kubernetes would use the same", () => {
    expect(podOf(GIVEN, { liveness_probe: {} }).leftOut).toEqual([]);
  });

  it.each<[problem: string, pod: Arguments, container: Arguments]>([
    [
      `${AT}.automount_service_account_token: must be given, for the provider sends true, and Kubernetes has the automount_service_account_token of the service account`,
      {},
      {},
    ],
    [
      `${AT}.container[0].security_context.run_as_non_root: must be given, for the provider sends false, and Kubernetes has the run_as_non_root of the pod`,
      GIVEN,
      { security_context: {} },
    ],
    [
      `${AT}.security_context.seccomp_profile.type: must be given, for the provider sends "Unconfined", and Kubernetes has no default and refuses the object`,
      { ...GIVEN, security_context: { seccomp_profile: {} } },
      {},
    ],
  ])("is told: %s", (problem, pod, container) => {
    expect(podOf(pod, container).leftOut).toEqual([problem]);
  });

  it("is told of other resources", () => {
    const all = [
      sent("kubernetes_storage_class_v1", { metadata: { name: "gp3" }, storage_provisioner: "ebs.csi.aws.com" }),
      sent("kubernetes_stateful_set_v1", { metadata, spec: { template: { spec: { ...GIVEN, container: [] } } } }),
    ].flatMap(({ leftOut }) => leftOut.map((problem) => problem.replace(/: .*/, "")));
    expect(all).toEqual([
      "kubernetes_storage_class_v1.Api.allow_volume_expansion",
      "kubernetes_stateful_set_v1.Api.spec.revision_history_limit",
    ]);
  });
});

test.each([
  ["kubernetes_secret_v1", {}, "kubernetes_secret_v1.Api: the model of the provider must know its type"],
  [
    "kubernetes_namespace_v1",
    { metadata: { nmae: "api" } },
    "kubernetes_namespace_v1.Api.metadata: the model of the provider must know nmae",
  ],
])("a %s that the model does not know is an error", (type, args, message) => {
  expect(() => sentObjects({ resource: { [type]: { Api: args } } })).toThrow(message);
});

/** The provider's schema, next to the repository where it is at hand. */
const SCHEMA = join(__dirname, ..."../../../../../shared/schemas/kubernetes-2.38.0.json".split("/"));

interface SchemaBlock {
  readonly attributes?: Readonly<Record<string, { readonly optional?: boolean; readonly required?: boolean }>>;
  readonly block_types?: Readonly<Record<string, { readonly block: SchemaBlock }>>;
}

/** Values that the provider takes and the model does not know, and arguments of the model that the provider does not take. */
function differences(model: Block, { attributes = {}, block_types = {} }: SchemaBlock, path: string): string[] {
  const values = Object.keys(attributes).filter((name) => attributes[name]?.optional || attributes[name]?.required);
  return [
    ...values.filter((name) => name !== "id" && model[name] === undefined).map((name) => `${path}.${name}: is missing`),
    ...Object.entries(model).flatMap(([name, { block }]) => {
      const below = block_types[name]?.block;
      if (block !== undefined && below !== undefined) return differences(block, below, `${path}.${name}`);
      return block === undefined && values.includes(name) ? [] : [`${path}.${name}: is no argument of the provider`];
    }),
  ];
}

(existsSync(SCHEMA) ? test : test.skip)("the model knows each value of each block that it knows, and no other", () => {
  const [{ resource_schemas: schemas }] = Object.values(JSON.parse(readFileSync(SCHEMA, "utf8")).provider_schemas) as [
    { readonly resource_schemas: Readonly<Record<string, { readonly block: SchemaBlock }>> },
  ];
  const found = Object.entries(RESOURCE_TYPES).flatMap(([type, { block }]) =>
    differences(block, schemas[type]?.block ?? {}, type),
  );
  expect(found).toEqual([]);
});
