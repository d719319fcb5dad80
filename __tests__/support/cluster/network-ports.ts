/** Of networking.k8s.io/v1. */
export interface NetworkPolicyPort {
  readonly port?: number | string;
  readonly endPort?: number;
  readonly protocol?: string;
}

/** Ports that a rule lets pass: all of every protocol, or those of one: all, from one to another, or one by its name. */
export type Ports = "all" | (Which & { readonly protocol: string });
type Which =
  | { readonly which: "every" }
  | { readonly first: number; readonly last: number }
  | { readonly name: string };

/** What the `ports` of a policy's rule let pass. */
export const portsOf = (ports: readonly NetworkPolicyPort[] = []): Ports[] =>
  ports.length === 0
    ? ["all"]
    : ports.map(({ protocol = "TCP", port, endPort }) => ({ protocol, ...whichOf(port, endPort) }));

function whichOf(port: NetworkPolicyPort["port"], last: NetworkPolicyPort["endPort"]): Which {
  if (port === undefined) return { which: "every" };
  if (typeof port === "number") return { first: port, last: last ?? port };
  if (last !== undefined) throw new Error(`a range of ports begins with a number, got ${port}`);
  return { name: port };
}

/** What passes both of two lists: each lets pass what any of its ports does. */
export const passingBoth = (some: readonly Ports[], others: readonly Ports[]): Ports[] =>
  some.flatMap((a) => others.flatMap((b) => shared(a, b) ?? []));

/** What two ports share. A name shares nothing with a number: which number it is, only the pod itself says. */
function shared(a: Ports, b: Ports): Ports | undefined {
  if (a === "all") return b;
  if (b === "all") return a;
  if (a.protocol !== b.protocol) return undefined;
  if ("which" in a) return b;
  if ("which" in b) return a;
  if ("name" in a || "name" in b) return "name" in a && "name" in b && a.name === b.name ? a : undefined;
  const [first, last] = [Math.max(a.first, b.first), Math.min(a.last, b.last)];
  return first <= last ? { protocol: a.protocol, first, last } : undefined;
}

/** Ports as they are written after a peer, without those that others contain: `:443/TCP`, nothing for all. */
export function writtenPorts(ports: readonly Ports[]): string[] {
  const different = [...new Map(ports.map((port) => [written(port), port]))];
  return different
    .filter(([text, port]) => !different.some(([other, wider]) => other !== text && contains(wider, port)))
    .map(([text]) => text);
}

function contains(wider: Ports, port: Ports): boolean {
  const both = shared(wider, port);
  return both !== undefined && written(both) === written(port);
}

function written(ports: Ports): string {
  if (ports === "all") return "";
  if ("which" in ports) return `:*/${ports.protocol}`;
  if ("name" in ports) return `:${ports.name}/${ports.protocol}`;
  const { first, last, protocol } = ports;
  return first === last ? `:${first}/${protocol}` : `:${first}-${last}/${protocol}`;
}
