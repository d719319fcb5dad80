import type { Arguments, TerraformJson } from "../synthesis/synthesized";
import { type Pod, pathsOf } from "./network-paths";

const API: Pod = { name: "api", namespace: "write", labels: { app: "api" } };
const STORE: Pod = { name: "store", namespace: "write", labels: { app: "store" } };
const READER: Pod = { name: "reader", namespace: "read", labels: { app: "api" }, namespaceLabels: { team: "read" } };

/** What an open `api` has. */
const OPEN = ["anything -> api", "api -> anything"];
const TO_STORE = { to: { pod_selector: { match_labels: { app: "store" } } } };
const FROM_API = { from: { pod_selector: { match_labels: { app: "api" } } } };

/** What a rule of `api` for going out becomes, with nobody coming in. */
const goingOut = (egress: unknown, pods: readonly Pod[] = [API]) => linesOf("api ->", policy({ egress }), pods);
/** What a rule of `store` for coming in becomes, with nothing going out. */
const comingIn = (ingress: unknown, pods: readonly Pod[] = [STORE]) =>
  linesOf("-> store", policy({ pod_selector: { match_labels: { app: "store" } }, ingress }), pods);

function linesOf(having: string, one: Arguments, pods: readonly Pod[]): string[] {
  return pathsOf(stack(one), pods).filter((line) => line.includes(having));
}

function policy(spec: Arguments, namespace = "write"): Arguments {
  return {
    metadata: { name: "policy", namespace },
    spec: { pod_selector: { match_labels: { app: "api" } }, policy_types: ["Ingress", "Egress"], ...spec },
  };
}

const stack = (...policies: readonly Arguments[]): TerraformJson => ({
  resource: { kubernetes_network_policy_v1: Object.fromEntries(policies.entries()) },
});

describe("a policy's pods", () => {
  it("are open in both directions where there is no policy", () => {
    expect(pathsOf({}, [API])).toEqual(OPEN);
  });

  it("are closed where a policy has no rules", () => {
    expect(pathsOf(stack(policy({})), [API])).toEqual([]);
  });

  it.each([
    ["Ingress", ["api -> anything"]],
    ["Egress", ["anything -> api"]],
  ])("stay open in the direction that %s is not", (type, lines) => {
    expect(pathsOf(stack(policy({ policy_types: [type] })), [API])).toEqual(lines);
  });

  it.each([
    ["no egress", {}, ["api -> anything"]],
    ["a rule for egress", { egress: { to: { ip_block: { cidr: "10.0.0.0/8" } } } }, ["api -> 10.0.0.0/8"]],
  ])("without types, are closed to what comes, and with %s go where it says", (_, spec, lines) => {
    expect(pathsOf(stack(policy({ ...spec, policy_types: undefined })), [API])).toEqual(lines);
  });

  it.each([
    ["an empty selector", {}, []],
    ["no selector", undefined, []],
    ["other labels", { match_labels: { app: "other" } }, OPEN],
    ["one label of two", { match_labels: { app: "api", tier: "x" } }, OPEN],
    ["a value among others", { match_expressions: { key: "app", operator: "In", values: ["x", "api"] } }, []],
    ["no value of others", { match_expressions: { key: "app", operator: "In", values: ["x"] } }, OPEN],
    ["a label not there", { match_expressions: [{ key: "tier", operator: "NotIn", values: ["x"] }] }, []],
    ["a label there", { match_expressions: [{ key: "app", operator: "Exists" }] }, []],
    ["a label that must not be", { match_expressions: [{ key: "app", operator: "DoesNotExist" }] }, OPEN],
  ])("are selected by %s as Kubernetes does", (_, pod_selector, lines) => {
    expect(pathsOf(stack(policy({ pod_selector })), [API])).toEqual(lines);
  });

  it("are those of its namespace alone", () => {
    expect(pathsOf(stack(policy({}, "read")), [API])).toEqual(OPEN);
  });

  it("are of the namespace default where it has none", () => {
    const withoutNamespace = { ...policy({}), metadata: { name: "policy" } };
    expect(pathsOf(stack(withoutNamespace), [{ ...API, namespace: "default" }])).toEqual([]);
  });
});

describe("peers", () => {
  it.each([
    ["no peers", {}, ["api -> anybody"]],
    ["an empty list of peers", { to: [] }, ["api -> anybody"]],
    ["a block of addresses", { to: [{ ip_block: [{ cidr: "10.1.0.0/22" }] }] }, ["api -> 10.1.0.0/22"]],
    [
      "a block without parts of it",
      { to: { ip_block: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "172.16.0.0/12"] } } },
      ["api -> 0.0.0.0/0 except 10.0.0.0/8, 172.16.0.0/12"],
    ],
  ])("of %s are written as the policy has them", (_, egress, lines) => {
    expect(goingOut(egress)).toEqual(lines);
  });

  it.each([
    ["no peers", {}, ["anybody -> store"]],
    ["a block of addresses", { from: { ip_block: { cidr: "10.0.0.0/16" } } }, ["10.0.0.0/16 -> store"]],
  ])("that come, of %s, are written before the pod", (_, ingress, lines) => {
    expect(comingIn(ingress)).toEqual(lines);
  });

  it.each([
    ["pods of the policy's own namespace", { pod_selector: { match_labels: { app: "api" } } }, ["api -> store"]],
    ["all pods of its own namespace", { pod_selector: {} }, ["api -> store"]],
    ["all pods of all namespaces", { namespace_selector: {} }, ["api -> store", "reader -> store"]],
    ["a namespace by its labels", { namespace_selector: { match_labels: { team: "read" } } }, ["reader -> store"]],
    [
      "a namespace by its name",
      { namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "write" } } },
      ["api -> store"],
    ],
    [
      "pods and namespaces at once",
      { namespace_selector: { match_labels: { team: "read" } }, pod_selector: { match_labels: { app: "other" } } },
      [],
    ],
    [
      "pods of another namespace",
      { namespace_selector: { match_labels: { team: "read" } }, pod_selector: { match_labels: { app: "api" } } },
      ["reader -> store"],
    ],
    [
      "pods or namespaces",
      [{ namespace_selector: { match_labels: { team: "read" } } }, { pod_selector: { match_labels: { app: "api" } } }],
      ["api -> store", "reader -> store"],
    ],
  ])("are found as %s", (_, from, lines) => {
    const fromOthers = comingIn({ from }, [API, STORE, READER]).filter((line) => !line.startsWith("store"));
    expect(fromOthers).toEqual(lines);
  });

  it.each([
    ["nothing", {}, "{}"],
    [
      "addresses and pods",
      { ip_block: { cidr: "10.0.0.0/8" }, pod_selector: {} },
      '{"ipBlock":{"cidr":"10.0.0.0/8"},"podSelector":{}}',
    ],
  ])("that say %s are none", (_, to, sent) => {
    expect(() => goingOut({ to })).toThrow(`a peer is either an ipBlock or selectors, got ${sent}`);
  });
});

describe("ports", () => {
  it.each([
    ["a number", { port: "443", protocol: "TCP" }, ["api -> anybody:443/TCP"]],
    ["no protocol, which is TCP", { port: 443 }, ["api -> anybody:443/TCP"]],
    ["another protocol", { port: "53", protocol: "UDP" }, ["api -> anybody:53/UDP"]],
    ["a range", { port: "30000", end_port: 32767 }, ["api -> anybody:30000-32767/TCP"]],
    ["a name", { port: "http" }, ["api -> anybody:http/TCP"]],
    ["all of a protocol", { protocol: "SCTP" }, ["api -> anybody:*/SCTP"]],
    ["an empty list, which is all", [], ["api -> anybody"]],
    ["two", [{ port: "53", protocol: "UDP" }, { port: "53" }], ["api -> anybody:53/TCP", "api -> anybody:53/UDP"]],
    [
      "some within others",
      [{ port: "80", end_port: 90 }, { port: "85" }, { port: "90", end_port: 91 }],
      ["api -> anybody:80-90/TCP", "api -> anybody:90-91/TCP"],
    ],
  ])("are written of %s", (_, ports, lines) => {
    expect(goingOut({ ports })).toEqual(lines);
  });

  it("are no range from a name", () => {
    expect(() => goingOut({ ports: { port: "http", end_port: 90 } })).toThrow(
      "a range of ports begins with a number, got http",
    );
  });
});

describe("two pods", () => {
  const both = (egress: unknown, ingress: unknown) =>
    pathsOf(stack(policy({ egress }), policy({ pod_selector: { match_labels: { app: "store" } }, ingress })), [
      API,
      STORE,
    ]);

  it.each([
    ["the same port", { port: "2113" }, { port: "2113" }, ["api -> store:2113/TCP"]],
    ["different ports", { port: "2113" }, { port: "1113" }, []],
    ["different protocols", { port: "53" }, { port: "53", protocol: "UDP" }, []],
    ["a range and a port in it", { port: "2000", end_port: 3000 }, { port: "2113" }, ["api -> store:2113/TCP"]],
    ["two ranges", { port: "1", end_port: 20 }, { port: "10", end_port: 30 }, ["api -> store:10-20/TCP"]],
    ["all and a port", [], { port: "2113" }, ["api -> store:2113/TCP"]],
    ["a port and all of its protocol", { port: "2113" }, { protocol: "TCP" }, ["api -> store:2113/TCP"]],
    ["all of a protocol and a name", { protocol: "TCP" }, { port: "http" }, ["api -> store:http/TCP"]],
    ["all and all", [], [], ["api -> store"]],
    ["the same name", { port: "http" }, { port: "http" }, ["api -> store:http/TCP"]],
    ["different names", { port: "http" }, { port: "grpc" }, []],
    ["a name and a number", { port: "http" }, { port: "8080" }, []],
  ])("share what both policies let pass: %s", (_, sent, received, lines) => {
    expect(both({ ...TO_STORE, ports: sent }, { ...FROM_API, ports: received })).toEqual(lines);
  });

  it.each([
    ["the receiver", TO_STORE, undefined],
    ["the sender", undefined, FROM_API],
  ])("are apart where %s has no rule for it", (_, egress, ingress) => {
    expect(both(egress, ingress)).toEqual([]);
  });

  it("need the policy of one where the other has none", () => {
    expect(pathsOf(stack(policy({ egress: { ...TO_STORE, ports: { port: "2113" } } })), [API, STORE])).toEqual([
      "anything -> store",
      "api -> store:2113/TCP",
      "store -> anything",
    ]);
  });

  it("are not named where neither has a policy", () => {
    expect(pathsOf({}, [API, STORE])).toEqual([
      "anything -> api",
      "anything -> store",
      "api -> anything",
      "store -> anything",
    ]);
  });

  it("pass by a rule for anybody", () => {
    expect(both(TO_STORE, { ports: { port: "2113" } })).toEqual(["anybody -> store:2113/TCP", "api -> store:2113/TCP"]);
  });

  it("don't pass by a block of addresses", () => {
    expect(both(TO_STORE, { from: { ip_block: { cidr: "0.0.0.0/0" } } })).toEqual(["0.0.0.0/0 -> store"]);
  });

  it.each([
    ["within it", "10.1.2.3", { cidr: "10.1.0.0/16" }, ["api -> store"]],
    ["outside of it", "10.2.2.3", { cidr: "10.1.0.0/16" }, []],
    ["in what is left out of it", "10.1.2.3", { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] }, []],
  ])("pass by a block of addresses where a pod says that its own is %s", (_, address, ip_block, lines) => {
    const policies = stack(
      policy({ egress: TO_STORE }),
      policy({ pod_selector: { match_labels: { app: "store" } }, ingress: { from: { ip_block } } }),
    );
    expect(pathsOf(policies, [{ ...API, address }, STORE]).filter((line) => line.startsWith("api"))).toEqual(lines);
  });

  it("have what all policies let pass together", () => {
    const store = { pod_selector: { match_labels: { app: "store" } }, policy_types: ["Ingress"] };
    const policies = [
      policy({ egress: TO_STORE }),
      policy({ ...store, ingress: [{ ...FROM_API, ports: { port: "1113" } }] }),
      policy({ ...store, ingress: [{ ...FROM_API, ports: { port: "2113" } }] }),
      policy({ ...store, pod_selector: {} }),
    ];
    expect(pathsOf(stack(...policies), [API, STORE])).toEqual([
      "api -> store:1113/TCP",
      "api -> store:2113/TCP",
      "store -> anything",
    ]);
  });

  it("may be two of a kind", () => {
    const ports = { port: "1112" };
    const gossip = policy({
      egress: { to: { pod_selector: {} }, ports },
      ingress: { from: { pod_selector: {} }, ports },
    });
    expect(pathsOf(stack(gossip), [API])).toEqual(["api -> api:1112/TCP"]);
  });
});
