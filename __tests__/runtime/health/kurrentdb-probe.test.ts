import { kurrentDbLeaderProbe, kurrentDbLiveProbe } from "../../../runtime/health/kurrentdb-probe";
import { type AnsweringServer, startAnswering } from "../../support/servers/answering-server";

const { signal } = new AbortController();
const servers: AnsweringServer[] = [];

interface Node {
  /** What `/health/live?liveCode=200` is answered. */
  readonly live?: number;
  /** What `/gossip` is answered. */
  readonly gossip?: string;
  readonly hangs?: boolean;
}

/** Nodes that answer as KurrentDB's documentation has it; they are none. */
async function nodes(...all: readonly Node[]): Promise<readonly string[]> {
  const started = await Promise.all(
    all.map(({ live = 200, gossip = "{}", hangs = false }) =>
      startAnswering(({ url }, response) => {
        if (hangs) return;
        if (url === "/health/live?liveCode=200") response.writeHead(live).end();
        else if (url === "/gossip") response.writeHead(200, { "Content-Type": "application/json" }).end(gossip);
        else response.writeHead(404).end();
      }),
    ),
  );
  servers.push(...started);
  return started.map(({ url }) => url);
}

const gossip = (...members: readonly (readonly [state: string, isAlive: boolean])[]): string =>
  JSON.stringify({ members: members.map(([state, isAlive]) => ({ state, isAlive, httpEndPointIp: "10.0.0.7" })) });

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

test.each<[string, readonly Node[], object]>([
  ["all", [{}, {}, {}], { status: "healthy", found: { live: 3, nodes: 3 } }],
  ["some", [{ live: 503 }, {}, {}], { status: "degraded", found: { live: 2, nodes: 3 } }],
  ["some, while one hangs,", [{}, { hangs: true }], { status: "degraded", found: { live: 1, nodes: 2 } }],
])("%s of the nodes live", async (_, all, finding) => {
  expect(await kurrentDbLiveProbe({ nodes: await nodes(...all) })(signal)).toEqual(finding);
});

test("none of the nodes lives", async () => {
  const probe = kurrentDbLiveProbe({ nodes: await nodes({ live: 503 }, { live: 503 }) });
  await expect(probe(signal)).rejects.toThrow("live: must be 200, got 503");
});

test.each<[string, readonly Node[], object]>([
  ["one node leads itself", [{ gossip: gossip(["Leader", true]) }], { status: "healthy", found: { away: 0 } }],
  [
    "one of three leads",
    [{ gossip: gossip(["Follower", true], ["Leader", true], ["Follower", true]) }],
    { status: "healthy", found: { away: 0 } },
  ],
  [
    "a follower is away",
    [{ gossip: gossip(["Follower", false], ["Leader", true], ["Follower", true]) }],
    { status: "degraded", found: { away: 1 } },
  ],
  [
    "a seed of the gossip is no node",
    [{ gossip: gossip(["Manager", false], ["Leader", true]) }],
    { status: "healthy", found: { away: 0 } },
  ],
  [
    "only one node knows of the leader",
    [{ gossip: gossip(["Unknown", true]) }, { gossip: gossip(["Leader", true]) }, { hangs: true }],
    { status: "healthy", found: { away: 0 } },
  ],
])("there is a leader when %s", async (_, all, finding) => {
  expect(await kurrentDbLeaderProbe({ nodes: await nodes(...all) })(signal)).toEqual(finding);
});

test.each([
  ["nobody leads", gossip(["Follower", true], ["Unknown", true]), "no leader"],
  ["who led is away", gossip(["Leader", false], ["Follower", true]), "no leader"],
  ["who led resigns", gossip(["ResigningLeader", true]), "no leader"],
  ["the gossip is no JSON", "<html>", "gossip: must have members, got something else"],
  ["the gossip is null", "null", "gossip: must have members, got something else"],
  ["the gossip has no members", '{"members":1}', "gossip: must have members, got something else"],
  ["the gossip's members are nothing", '{"members":[null,1,"Leader"]}', "no leader"],
])("there is no leader when %s", async (_, gossip, message) => {
  await expect(kurrentDbLeaderProbe({ nodes: await nodes({ gossip }) })(signal)).rejects.toThrow(message);
});

test.each([kurrentDbLiveProbe, kurrentDbLeaderProbe])("%p refuses what are no nodes", (probeOf) => {
  expect(() => probeOf({ nodes: [] })).toThrow(new RangeError("nodes: must be at least one, got none"));
  expect(() => probeOf({ nodes: ["https://a.example.com:2113", "b"] })).toThrow(
    new RangeError("nodes[1]: must be an http or https URL, got something else"),
  );
});
