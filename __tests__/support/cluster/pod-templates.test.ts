import { containersOf, podTemplatesOf } from "./pod-templates";

const POD = { container: [{ name: "api" }] };
const TEMPLATE = { metadata: { labels: { app: "api" } }, spec: POD };

it.each(["kubernetes_deployment_v1", "kubernetes_stateful_set_v1", "kubernetes_daemon_set_v1", "kubernetes_job_v1"])(
  "finds the pods of a %s",
  (type) => {
    const resource = { metadata: { name: "api", namespace: "write" }, spec: { replicas: "3", template: TEMPLATE } };

    expect(podTemplatesOf({ resource: { [type]: { Api: resource } } })).toEqual([
      {
        type,
        address: `${type}.Api`,
        name: "api",
        namespace: "write",
        labels: { app: "api" },
        annotations: {},
        spec: POD,
        replicas: 3,
      },
    ]);
  },
);

it("finds the pods of a kubernetes_cron_job_v1", () => {
  const resource = { spec: { job_template: { spec: { template: TEMPLATE } } } };

  expect(podTemplatesOf({ resource: { kubernetes_cron_job_v1: { Nightly: resource } } })).toEqual([
    {
      type: "kubernetes_cron_job_v1",
      address: "kubernetes_cron_job_v1.Nightly",
      labels: { app: "api" },
      annotations: {},
      spec: POD,
    },
  ]);
});

it("takes a block as an object and as a list of one", () => {
  const listed = {
    spec: [{ template: [{ metadata: [{ labels: { app: "api" } }], spec: [{ container: { name: "api" } }] }] }],
  };
  const [template] = podTemplatesOf({ resource: { kubernetes_deployment_v1: { Api: listed } } });

  expect(template?.labels).toEqual({ app: "api" });
  expect(template && containersOf(template, "container").map(({ title }) => title)).toEqual(["container api"]);
});

it.each([
  ["a resource without a template", { spec: {} }, "kubernetes_deployment_v1.Api has no template"],
  ["two of a block", { spec: [{}, {}] }, "2 blocks spec, expected one"],
  [
    "a block that only Terraform knows",
    { spec: "${local.spec}" },
    'cannot judge spec: expected a block, got "${local.spec}"',
  ],
  ["a dynamic block", { dynamic: { spec: {} } }, "cannot judge the dynamic block spec"],
])("does not judge %s", (_, resource, message) => {
  expect(() => podTemplatesOf({ resource: { kubernetes_deployment_v1: { Api: resource } } })).toThrow(message);
});
