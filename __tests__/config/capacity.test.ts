import { production } from "../../environments/production";
import { capacityProblems } from "../../lib/config/capacity";
import { environmentProblems } from "../../lib/config/environment";

const none = { nodes: 0, replicas: 0, cacheNodes: 0 };
const said = (cidr: string, population: Partial<typeof none>) =>
  capacityProblems(cidr, { ...none, ...population }, "cidr").map(({ message }) => message);

// A /20 has three private subnets of 512 addresses and three data subnets of 16; AWS keeps five of each.
test.each([
  [{ nodes: 89 }, []],
  [{ nodes: 90 }, ["must be wide enough for 1530 addresses of nodes and their pods, got '10.0.0.0/20' with 1521"]],
  [{ replicas: 15, cacheNodes: 13 }, []],
  [
    { replicas: 15, cacheNodes: 14 },
    ["must be wide enough for 31 addresses of databases and caches, got '10.0.0.0/20' with 30"],
  ],
])("a /20 and %j: %j", (population, messages) => {
  expect(said("10.0.0.0/20", population)).toEqual(messages);
});

test("the widest network has room for the most of everything", () => {
  expect(said("10.0.0.0/16", { nodes: 1400, replicas: 15, cacheNodes: 90 })).toEqual([]);
});

test("an environment's network must be wide enough for what it asks for", () => {
  const wide = { ...production.infrastructure.writeCluster, nodes: 450 };
  const environment = {
    ...production,
    infrastructure: { ...production.infrastructure, writeCluster: wide },
    network: { ...production.network, cidr: "10.0.0.0/20" },
  };
  expect(environmentProblems("production", environment)).toEqual([
    {
      path: "production.network.cidr",
      message: "must be wide enough for 7837 addresses of nodes and their pods, got '10.0.0.0/20' with 1521",
    },
  ]);
});
