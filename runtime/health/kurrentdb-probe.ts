import { within } from "../deadline";
import { type BoundedAnswer, boundedRequest } from "./bounded-request";
import type { Finding, Probe } from "./probe";
import { probeUrl } from "./probe-url";

export interface KurrentDbProbeProps {
  /** Where each node has its HTTP port: `https://node-0.example.com:2113`. One name for all of them is one node. */
  readonly nodes: readonly string[];
  /** Authorities in PEM that signed the nodes' certificates. @default - those that Node knows */
  readonly ca?: string;
}

/** Answered with 204 otherwise; 503 until a node has found its place in the cluster, and when it goes. No user is asked for. */
const LIVE = "/health/live?liveCode=200";
const GOSSIP = "/gossip";
/** Shorter than a probe's own limit, so that a node which hangs does not hide that others answer. */
const NODE_LIMIT_MS = 1000;

type Nodes = (path: string, signal: AbortSignal) => readonly Promise<BoundedAnswer>[];

/**
 * Whether KurrentDB's nodes live. Some are enough to be degraded.
 * @throws {RangeError} without nodes, and for addresses that can't be.
 */
export function kurrentDbLiveProbe(props: KurrentDbProbeProps): Probe {
  const ask = nodesOf(props);
  return async (signal): Promise<Finding> => {
    const answers = await Promise.allSettled(ask(LIVE, signal).map(liveOf));
    const live = answers.filter(({ status }) => status === "fulfilled").length;
    if (live === 0) throw firstErrorOf(answers);
    return { status: live < answers.length ? "degraded" : "healthy", found: { live, nodes: answers.length } };
  };
}

/**
 * Whether KurrentDB has a leader: a node may live on in a minority that has none, and then takes nothing. One node that
 * knows of the leader is enough; a member that is away is degraded.
 * @throws {RangeError} without nodes, and for addresses that can't be.
 */
export function kurrentDbLeaderProbe(props: KurrentDbProbeProps): Probe {
  const ask = nodesOf(props);
  return async (signal): Promise<Finding> => {
    const known = await Promise.allSettled(ask(GOSSIP, signal).map(leadOf));
    const led = known.flatMap((gossip) => (gossip.status === "fulfilled" ? [gossip.value] : []));
    if (led.length === 0) throw firstErrorOf(known);
    const away = Math.max(...led.map(({ away }) => away));
    return { status: away > 0 ? "degraded" : "healthy", found: { away } };
  };
}

function nodesOf({ nodes, ca }: KurrentDbProbeProps): Nodes {
  if (nodes.length === 0) throw new RangeError("nodes: must be at least one, got none");
  const urls = nodes.map((node, index) => probeUrl(`nodes[${index}]`, node));
  return (path, signal) =>
    urls.map((url) =>
      within({ limitMs: NODE_LIMIT_MS, signals: [signal] }, (end) =>
        boundedRequest(new URL(path, url), { signal: end, ca }),
      ),
    );
}

async function liveOf(answer: Promise<BoundedAnswer>): Promise<void> {
  const { status } = await answer;
  if (status !== 200) throw new Error(`live: must be 200, got ${status}`);
}

async function leadOf(answer: Promise<BoundedAnswer>): Promise<{ readonly away: number }> {
  const { status, body } = await answer;
  if (status !== 200) throw new Error(`gossip: must be 200, got ${status}`);
  const members = membersOf(body);
  if (!members.some(({ state, isAlive }) => state === "Leader" && isAlive)) throw new Error("no leader");
  // A manager is no node but a seed of the gossip, by a name under which nobody was met yet.
  return { away: members.filter(({ state, isAlive }) => state !== "Manager" && !isAlive).length };
}

interface Member {
  readonly state: unknown;
  readonly isAlive: boolean;
}

function membersOf(body: string): readonly Member[] {
  const { members } = (parsed(body) ?? {}) as { members?: unknown };
  if (!Array.isArray(members)) throw new Error("gossip: must have members, got something else");
  return members.map((member) => ({ state: member?.state, isAlive: member?.isAlive === true }));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const firstErrorOf = (results: readonly PromiseSettledResult<unknown>[]): unknown =>
  results.find((result) => result.status === "rejected")?.reason;
