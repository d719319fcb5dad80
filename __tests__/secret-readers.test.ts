import { objectsOf } from "./support/cluster/cluster-objects";
import { environments } from "./support/synthesis/environments";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

interface Reading {
  readonly side: string;
  readonly secret: string;
  /** `*` is the whole text. */
  readonly property: string;
}
interface ExternalSecretSpec {
  readonly data: readonly { readonly remoteRef: { readonly key: string; readonly property?: string } }[];
}

const SIDES: Readonly<Record<string, string>> = {
  "write-services": "write",
  "write-monitoring": "write",
  "read-services": "read",
  monitoring: "read",
  "recovery-jobs": "read",
};

/** What External Secrets in each cluster takes from Secrets Manager. Its role there can be limited to secrets, not to parts. */
const readings = Object.entries(synthesizedOnce(environments).stacks).flatMap(([stack, tf]): Reading[] =>
  objectsOf(tf)
    .filter(({ object }) => object.kind === "ExternalSecret")
    .flatMap(({ object }) => {
      const [, environment = "", name = ""] = /^([a-z0-9]+)-(.+)$/.exec(stack) ?? [];
      const side = SIDES[name];
      if (side === undefined) throw new Error(`${stack}: in which cluster are its external secrets?`);
      return (object.spec as unknown as ExternalSecretSpec).data.map(({ remoteRef: { key, property = "*" } }) => ({
        side: `${environment} ${side}`,
        secret: key,
        property,
      }));
    }),
);

const propertiesOf = (side: string, secret: string): ReadonlySet<string> =>
  new Set(readings.filter((each) => each.side === side && each.secret === secret).map(({ property }) => property));

test("no cluster may read a part of a secret that only another cluster uses", () => {
  const tooMuch = readings.flatMap(({ side, secret, property }) =>
    readings
      .filter(
        (other) => other.secret === secret && other.side !== side && !propertiesOf(other.side, secret).has(property),
      )
      .map((other) => `${other.side} may read ${property} of ${secret}, which ${side} alone uses`),
  );
  expect([...new Set(tooMuch)]).toEqual([]);
});

test("each side reads secrets, and some are read by both", () => {
  const secrets = (side: string) => readings.filter((each) => each.side === side).map(({ secret }) => secret);
  const read = secrets("production read");
  expect(secrets("production write").filter((secret) => read.includes(secret))).not.toEqual([]);
});

test("a private key is in a secret that one cluster reads", () => {
  const keys = readings.filter(({ property }) => /\bkey$/.test(property)).map(({ secret }) => secret);
  expect(keys).toContain("production/logs-ca-key");
  for (const secret of new Set(keys)) {
    expect(new Set(readings.filter((each) => each.secret === secret).map(({ side }) => side)).size).toBe(1);
  }
});
