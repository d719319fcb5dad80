import { containersOf, podTemplatesOf } from "./pod-templates";
import { stackOfObjects } from "./sound-workload";

const POD = { containers: [{ name: "api" }] };
const TEMPLATE = { metadata: { labels: { app: "api" } }, spec: POD };
const metadata = { name: "api", namespace: "write" };

it.each(["Deployment", "StatefulSet", "Job"])("finds the pods of a %s in a release of our own chart", (kind) => {
  expect(podTemplatesOf(stackOfObjects([{ kind, metadata, spec: { replicas: 3, template: TEMPLATE } }]))).toEqual([
    {
      ...{ address: `helm_release.Objects: ${kind} api`, kind, name: "api", namespace: "write" },
      ...{ labels: { app: "api" }, annotations: {}, spec: POD, replicas: 3 },
    },
  ]);
});

it("finds the pods of a CronJob", () => {
  const spec = { jobTemplate: { spec: { template: TEMPLATE } } };
  const [template] = podTemplatesOf(stackOfObjects([{ kind: "CronJob", metadata, spec }]));
  expect(template).toMatchObject({ kind: "CronJob", labels: { app: "api" }, spec: POD });
});

it("finds the pods of a resource as the provider sends them", () => {
  const resource = {
    metadata,
    spec: {
      replicas: "3",
      template: [{ metadata: [{ labels: { app: "api" } }], spec: [{ container: { name: "api" } }] }],
    },
  };
  const [template] = podTemplatesOf({ resource: { kubernetes_deployment_v1: { Api: resource } } });

  expect(template).toMatchObject({ address: "kubernetes_deployment_v1.Api", labels: { app: "api" }, replicas: 3 });
  expect(template && containersOf(template).map(({ title }) => title)).toEqual(["container api"]);
  expect(template?.spec).toMatchObject({ enableServiceLinks: true, terminationGracePeriodSeconds: 30 });
});

it("takes the namespace of the release where an object has none", () => {
  const [template] = podTemplatesOf(
    stackOfObjects([{ kind: "Job", metadata: { name: "api" }, spec: { template: TEMPLATE } }]),
  );
  expect(template?.namespace).toBe("default");
});

it.each([
  ["a template", {}],
  ["a spec", { template: {} }],
])("does not judge an object without %s", (what, spec) => {
  expect(() => podTemplatesOf(stackOfObjects([{ kind: "Deployment", metadata, spec }]))).toThrow(
    `helm_release.Objects: Deployment api: must have ${what}`,
  );
});
