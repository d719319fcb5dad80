import { production } from "../../environments/production";
import { staging } from "../../environments/staging";
import { clusterCapacityOf } from "../../lib/config/cluster-capacity";
import type { DeepPartial } from "../../lib/config/deep-partial";
import { type Environment, environmentProblems } from "../../lib/config/environment";
import { isPlainObject } from "../../lib/core/plain-object";

/** An environment with some keys changed. */
function changed<T>(value: T, change: DeepPartial<T>): T {
  if (!isPlainObject(value) || !isPlainObject(change)) return change as T;
  const entries = Object.entries(change).map(([key, each]) => [
    key,
    changed((value as Record<string, unknown>)[key], each as DeepPartial<unknown>),
  ]);
  return { ...value, ...Object.fromEntries(entries) };
}

const linesOf = (environment: Environment, change: DeepPartial<Environment> = {}): string[] =>
  environmentProblems("it", changed(environment, change)).map(({ path, message }) => `${path}: ${message}`);

const pods = (cpu: `${bigint}`, memory: `${bigint}Gi`) => ({ requests: { cpu, memory }, limits: { memory } });
const WRITE = "infrastructure.writeCluster";
const READ = "infrastructure.readCluster";

describe("a pod that no node holds", () => {
  // The sidecars of Prometheus count: it asks for 20m and 10m more where it receives, and for 10m where it does not.
  test.each<[string, DeepPartial<Environment>, string[]]>([
    [
      "Prometheus, in both clusters",
      { monitoring: { prometheus: { resources: pods("64", "512Gi") } } },
      [
        `monitoring.prometheus.resources.requests.cpu: must fit into 3630m, what a node of ${WRITE} has for pods, got 64010m in a pod of prometheus`,
        `monitoring.prometheus.resources.requests.memory: must fit into 13916Mi, what a node of ${WRITE} has for pods, got 524320Mi in a pod of prometheus`,
        `monitoring.prometheus.resources.requests.cpu: must fit into 7620m, what a node of ${READ} has for pods, got 64030m in a pod of prometheus`,
        `monitoring.prometheus.resources.requests.memory: must fit into 29071Mi, what a node of ${READ} has for pods, got 524352Mi in a pod of prometheus`,
      ],
    ],
    [
      "Elasticsearch",
      { monitoring: { logs: { memory: "64GB" } } },
      [
        `monitoring.logs.memory: must fit into 29071Mi, what a node of ${READ} has for pods, got 65536Mi in a pod of elasticsearch`,
      ],
    ],
    [
      "an API that would fit if EKS reserved nothing",
      { services: { queryApi: { resources: pods("1", "31Gi") } } },
      [
        `services.queryApi.resources.requests.memory: must fit into 29071Mi, what a node of ${READ} has for pods, got 31744Mi in a pod of query-api active`,
      ],
    ],
  ])("%s", (_, change, lines) => {
    expect([...new Set(linesOf(production, change))].filter((line) => !line.includes("query-api idle"))).toEqual(
      lines.map((line) => `it.${line}`),
    );
  });

  test("each recovery job has the same key", () => {
    const lines = linesOf(production, { recovery: { jobs: { resources: pods("1", "64Gi") } } });
    expect(new Set(lines.map((line) => line.split(":")[0]))).toEqual(
      new Set(["it.recovery.jobs.resources.requests.memory"]),
    );
  });

  test("a fixed pod asks for larger nodes", () => {
    const resources = { cpu: "1 core", memory: "2GB", storage: "SSD 100GB" } as const;
    const arm = { kubernetes: { instructionSet: "arm64" } } as const;
    expect(linesOf(production, { ...arm, infrastructure: { readCluster: { resources } } })).toContain(
      `it.${READ}.resources: must hold kibana of 2048Mi, got nodes with 1205Mi for pods`,
    );
  });
});

describe("the whole platform", () => {
  test("the examples fit their own nodes", () => {
    expect([...linesOf(production), ...linesOf(staging)]).toEqual([]);
  });

  test("staging does not fit its two nodes with the Prometheus of production", () => {
    const lines = linesOf(staging, {
      monitoring: { prometheus: { replicas: 2, resources: { requests: { cpu: "500m", memory: "2Gi" } } } },
    });
    expect(lines).toEqual([
      `it.${WRITE}.nodes: must be at least 3 without spare nodes: pods request 3600m and 8884Mi, a node has 1690m and 6721Mi for them; got 2, with which 2 of prometheus find no room`,
    ]);
  });

  test("an autoscaler's maximum needs spare nodes", () => {
    const autoscaling = { maxInstances: 60, cpuPercent: 70 };
    expect(linesOf(production, { services: { commandProcessors: { autoscaling } } })).toEqual([
      "it.kubernetes.spareNodes.write: must be at least 4 at the autoscalers' maximum and with all jobs: pods request 23120m and 48884Mi, a node has 3630m and 13916Mi for them; got 3, with which 6 of command-processors rolled out and 2 of prometheus find no room",
    ]);
  });

  test("an instance type of one's own choice counts as it is", () => {
    const kubernetes = { instanceTypes: { write: "m7i.4xlarge" }, spareNodes: { write: 0 } };
    expect(linesOf(production, { kubernetes })).toEqual([]);
  });

  test("what is unsound by itself is reported by itself alone", () => {
    const lines = linesOf(production, {
      services: { queryApi: { resources: { ...pods("1", "1Gi"), requests: { cpu: "8 cores", memory: "64 GB" } } } },
    } as never);
    expect(lines).toHaveLength(2);
  });
});

describe("with one zone lost", () => {
  const lostBy = (environment: Environment, side: "write" | "read") =>
    clusterCapacityOf(environment, side)?.zoneLost ?? { waiting: [], withoutVolume: [], nodes: 0 };

  test("pods with a volume there wait, the others find room on the nodes of the other zones", () => {
    const { nodes, waiting, withoutVolume } = lostBy(production, "read");
    expect({ nodes, waiting, withoutVolume: withoutVolume.map(({ name, count }) => [name, count]) }).toEqual({
      nodes: 5,
      waiting: [],
      withoutVolume: [
        ["prometheus", 1],
        ["alertmanager", 1],
        ["elasticsearch", 1],
      ],
    });
  });

  test("pods of a cluster whose nodes are in fewer zones lose more", () => {
    const three = changed(staging, { monitoring: { prometheus: { replicas: 3 } } });
    expect(lostBy(three, "read").withoutVolume[0]).toMatchObject({ name: "prometheus", count: 2 });
  });
});
