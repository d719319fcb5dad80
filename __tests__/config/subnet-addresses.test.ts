import { production } from "../../environments/production";
import { type Environment, environmentProblems } from "../../lib/config/environment";
import { networkProblems, type Population } from "../../lib/config/subnet-addresses";
import type { Cidr } from "../../lib/core/cidr";

const none: Population = { clusters: [], replicas: 0, cacheNodes: 0 };
const said = (cidr: string, population: Partial<Population>) =>
  networkProblems(cidr, { ...none, ...population }, "cidr").map(({ message }) => message);
const cluster = (nodes: number, spareNodes = 0, pods = 0, podsEachNode = 0) => [
  { nodes, spareNodes, pods, podsEachNode },
];

// A /20 has private subnets of 512 addresses. AWS keeps five of each, endpoints and balancers take 16: 491. A node takes 32
// beside its pods: its own address, the warm prefix and up to 15 of a prefix that its pods do not fill.
test.each<[string, Partial<Population>, string[]]>([
  ["11 nodes in each zone, and 4 in an update", { clusters: cluster(33) }, []],
  [
    "one more",
    { clusters: cluster(34) },
    ["must have room for 512 addresses of nodes and pods in each private subnet, got '10.0.0.0/20' with 491"],
  ],
  ["11 pods in the zone", { clusters: cluster(33, 0, 33) }, []],
  [
    "12 pods in the zone",
    { clusters: cluster(33, 0, 34) },
    ["must have room for 492 addresses of nodes and pods in each private subnet, got '10.0.0.0/20' with 491"],
  ],
  [
    "spare nodes",
    { clusters: cluster(30, 4) },
    ["must have room for 512 addresses of nodes and pods in each private subnet, got '10.0.0.0/20' with 491"],
  ],
  [
    "two clusters",
    { clusters: [...cluster(18), ...cluster(18)] },
    ["must have room for 512 addresses of nodes and pods in each private subnet, got '10.0.0.0/20' with 491"],
  ],
  [
    "a DaemonSet",
    { clusters: cluster(33, 0, 0, 1) },
    ["must have room for 495 addresses of nodes and pods in each private subnet, got '10.0.0.0/20' with 491"],
  ],
  ["databases and caches", { replicas: 15, cacheNodes: 13 }, []],
  [
    "one cache node more",
    { replicas: 15, cacheNodes: 14 },
    ["must have room for 31 addresses of databases and caches, got '10.0.0.0/20' with 30"],
  ],
])("a /20 and %s", (_, population, messages) => {
  expect(said("10.0.0.0/20", population)).toEqual(messages);
});

const withNodes = (nodes: number, cidr: Cidr): Environment => ({
  ...production,
  infrastructure: {
    ...production.infrastructure,
    writeCluster: { ...production.infrastructure.writeCluster, nodes },
  },
  network: { ...production.network, cidr },
});

test("a /20 does not hold 75 nodes, of which each takes a prefix and keeps another warm", () => {
  expect(environmentProblems("production", withNodes(75, "10.0.0.0/20"))).toEqual([
    {
      path: "production.network.cidr",
      message: expect.stringMatching(
        /^must have room for 1\d{3} addresses of nodes and pods in each private subnet, got/,
      ),
    },
  ]);
});

test("the widest network holds the most nodes of one cluster", () => {
  expect(environmentProblems("production", withNodes(450, "10.0.0.0/16"))).toEqual([]);
});
