import { Token } from "cdktf";
import type { Manifest } from "../../lib/kubernetes/manifest-release";
import { CommandProcessors, type CommandProcessorsProps } from "../../lib/workloads/command-processors";
import { definitionProblems, hasDefinitions } from "../support/cluster/custom-resources";
import { eventStore, placeIn, standing } from "../support/synthesis/services";
import { resourceOf, resourcesOf, synthesizeStack, type TerraformJson } from "../support/synthesis/synthesized";

const base = { image: "ghcr.io/acme/processors:1.0.0", instances: 5, scaling: "auto", eventStore } as const;
const byQueue = { maxInstances: 20, query: 'sum(depth{side="write"})', perInstance: 100 } as const;
const made = (props: Partial<CommandProcessorsProps> = {}): TerraformJson =>
  synthesizeStack(
    (stack) =>
      void new CommandProcessors(stack, "Processors", {
        ...base,
        ...placeIn(stack),
        metricsServer: standing(stack, "metrics"),
        keda: standing(stack, "keda"),
        ...props,
      }),
  );
const SCALING = { name: "command-processors-scaling" };
const resourcesIn = (tf: TerraformJson, release: object) =>
  JSON.parse(String(resourceOf(tf, "helm_release", { ...release }).values)).resources;
const scaledObject = (tf: TerraformJson) => resourcesIn(tf, SCALING)[0];
const release = (tf: TerraformJson): readonly Manifest[] => resourcesIn(tf, { name: "command-processors" });
const deployment = (tf: TerraformJson) => release(tf).find(({ kind }) => kind === "Deployment");
const autoscaler = (tf: TerraformJson) => release(tf).find(({ kind }) => kind === "HorizontalPodAutoscaler");

test.each(["auto", "fixed"] as const)("with scaling %s, the number is the autoscaler's to say", (scaling) => {
  expect(made({ scaling }).resource).not.toHaveProperty("kubernetes_deployment_v1");
  expect(deployment(made({ scaling }))?.spec).not.toHaveProperty("replicas");
});

test("a fixed number is an autoscaler's that can say no other", () => {
  const tf = made({ scaling: "fixed", autoscaling: byQueue });
  expect(autoscaler(tf)?.spec).toMatchObject({ minReplicas: 5, maxReplicas: 5 });
  expect(
    resourcesOf(tf, "helm_release")
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["command-processors", "command-processors-budget"]);
});

test.each([
  [{}, 73],
  [{ DRAIN_DELAY_MS: "0" }, 70],
  [{ DRAIN_DELAY_MS: "45500" }, 116],
])("a pod with %o may take %i seconds to end: the delay, and what was there before", (variables, seconds) => {
  const spec = deployment(made({ variables }))?.spec;
  expect(spec).toMatchObject({ template: { spec: { terminationGracePeriodSeconds: seconds } } });
});

test("the Deployment is as the others, in the words of Kubernetes", () => {
  expect(deployment(made({ variables: { LOG_LEVEL: "info" }, secrets: { TOKEN: "orders/token" } }))).toMatchObject({
    metadata: { name: "command-processors", labels: { "app.kubernetes.io/name": "command-processors" } },
    spec: {
      selector: { matchLabels: { "app.kubernetes.io/name": "command-processors" } },
      minReadySeconds: 5,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "0%" } },
      template: {
        spec: {
          securityContext: { runAsNonRoot: true, runAsUser: 65_532, runAsGroup: 65_532 },
          topologySpreadConstraints: [
            { maxSkew: 1, labelSelector: { matchLabels: { "app.kubernetes.io/name": "command-processors" } } },
            {},
          ],
          containers: [
            {
              image: base.image,
              ports: [{ name: "metrics", containerPort: 9090 }],
              env: [{ name: "TOKEN" }],
              lifecycle: { preStop: { exec: { command: ["sleep", "10"] } } },
              volumeMounts: [{ mountPath: "/tmp" }],
            },
          ],
          volumes: [{ name: "scratch" }],
        },
      },
    },
  });
});

test("Helm waits for a rollout as long as Terraform does", () => {
  expect(resourceOf(made(), "helm_release", { name: "command-processors" })).toMatchObject({
    timeout: 1800,
    atomic: true,
  });
});

test.each([
  [5, 20],
  [10, 20],
  [11, 22],
  [600, 1000],
])("%i instances scale by CPU to %i", (instances, max) => {
  expect(autoscaler(made({ instances }))?.spec).toMatchObject({
    minReplicas: instances,
    maxReplicas: max,
    scaleTargetRef: { kind: "Deployment", name: "command-processors" },
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } }],
  });
});

test("the autoscaler waits for what measures CPU", () => {
  const { depends_on } = resourceOf(made(), "helm_release", { name: "command-processors" });
  expect(depends_on).toContainEqual("terraform_data.metrics");
});

describe("by a query", () => {
  const tf = made({ autoscaling: byQueue });

  test("KEDA scales, and no other autoscaler", () => {
    expect(autoscaler(tf)).toBeUndefined();
    expect(scaledObject(tf)).toMatchObject({
      kind: "ScaledObject",
      metadata: { name: "command-processors" },
      spec: { minReplicaCount: 5, maxReplicaCount: 20, scaleTargetRef: { name: "command-processors" } },
    });
  });

  test("a query without an answer takes nothing away", () => {
    const { fallback, triggers } = scaledObject(tf).spec;
    expect(fallback).toEqual({ failureThreshold: 3, replicas: 5, behavior: "currentReplicasIfHigher" });
    expect(triggers[0].metadata.ignoreNullValues).toBe("false");
  });

  test("what is asked for reaches KEDA as texts", () => {
    expect(scaledObject(tf).spec.triggers).toEqual([
      {
        type: "prometheus",
        metricType: "AverageValue",
        metadata: {
          serverAddress: "http://kube-prometheus-stack-prometheus.monitoring.svc:9090",
          query: byQueue.query,
          threshold: "100",
          ignoreNullValues: "false",
        },
      },
    ]);
  });

  (hasDefinitions ? test : test.skip)("its object is as its definition wants it", () => {
    expect(definitionProblems(scaledObject(tf))).toEqual([]);
  });

  test("it comes after a release without another autoscaler, which KEDA's webhook would refuse", () => {
    expect(resourceOf(tf, "helm_release", SCALING)).toMatchObject({ namespace: "commands" });
    expect(resourceOf(tf, "helm_release", SCALING).depends_on).toContainEqual(
      expect.stringMatching(/^helm_release\.Processors_[0-9A-F]{8}$/),
    );
  });

  test("it waits for KEDA, and so goes before it", () => {
    expect(resourceOf(tf, "helm_release", SCALING).depends_on).toContainEqual("terraform_data.keda");
  });

  test("another Prometheus may answer", () => {
    const { triggers } = scaledObject(made({ autoscaling: byQueue, prometheus: "http://prometheus:9090" })).spec;
    expect(triggers[0].metadata.serverAddress).toBe("http://prometheus:9090");
  });
});

test.each<[props: object, line: string]>([
  [
    { autoscaling: { maxInstances: 4, cpuPercent: 70 } },
    ".autoscaling.maxInstances: must be at least instances, 5, got 4",
  ],
  [{ scaling: "automatic" }, ".scaling: must be 'auto' or 'fixed', got 'automatic'"],
  [
    { prometheus: "prometheus:9090" },
    ".prometheus: must be an address such as 'http://prometheus.monitoring.svc:9090', got 'prometheus:9090'",
  ],
  [
    { image: "ghcr.io/acme/processors:latest" },
    ".image: must be an image with its registry and a tag other than 'latest'",
  ],
])("refuses %j", (props, line) => {
  expect(() => made(props)).toThrow(`\n  Test/Processors${line}`);
});

test("keys that are undefined are keys that are not given, those of a map too", () => {
  const given = { autoscaling: { maxInstances: 20, cpuPercent: 70 }, variables: { LOG_LEVEL: "info" } };
  const undefinedKeys = {
    autoscaling: { ...given.autoscaling, query: undefined, perInstance: undefined },
    variables: { ...given.variables, LOG_FORMAT: undefined },
    ...{ secrets: undefined, resources: undefined, fieldKey: undefined },
  };
  expect(made(undefinedKeys as unknown as Partial<CommandProcessorsProps>)).toEqual(made(given));
});

test.each([
  ["instances", { instances: Token.asNumber({ resolve: () => 5 }) }],
  ["autoscaling.maxInstances", { autoscaling: { maxInstances: Token.asNumber({ resolve: () => 9 }), cpuPercent: 70 } }],
])("refuses a number that only Terraform knows for %s", (key, props) => {
  expect(() => made(props)).toThrow(
    `Test/Processors.${key}: must be a whole number from 1 to 1000, known at synth, got a number token`,
  );
});

test("a fixed number may keep the autoscaling that it would not fit", () => {
  expect(() => made({ scaling: "fixed", autoscaling: { maxInstances: 4, cpuPercent: 70 } })).not.toThrow();
});
