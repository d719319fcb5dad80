import { App, TerraformStack } from "cdktf";
import { environmentProblems, environmentRules } from "../../lib/config/environment";
import { InvalidConfigurationError } from "../../lib/core/problems";
import { shape } from "../../lib/core/rules";
import { ReadCluster } from "../../lib/infrastructure/read-cluster";
import { Recovery } from "../../lib/infrastructure/recovery";
import { WriteCluster } from "../../lib/infrastructure/write-cluster";
import { EncryptionKeys } from "../../lib/security/encryption-keys";
import { platforms } from "../../stacks/platform";
import { complete } from "../support/synthesis/complete-environment";
import { type Place, placesIn, withValueAt, written } from "../support/synthesis/places";
import { bySchedule } from "../support/test-run/nightly";

const THROWING = new Proxy(
  {},
  {
    ownKeys() {
      throw new Error("no keys");
    },
  },
);
/** Values of which JSON or JavaScript may make a key. */
const JUNK: readonly (readonly [what: string, value: unknown])[] = [
  ["null", null],
  ["an object", {}],
  ["a list of null", [null]],
  ["a symbol", Symbol("junk")],
  ["an object that can't be read", THROWING],
  ...bySchedule<readonly (readonly [string, unknown])[]>({
    always: [],
    nightly: [
      ["not a number", Number.NaN],
      ["an empty text", ""],
      ["an empty list", []],
      ["an object with null", { a: null }],
      ["a function", () => null],
      ["a bigint", 1n],
      ["a date", new Date(0)],
      ["a map", new Map([["a", 1]])],
      ["an object without a prototype", Object.create(null)],
      ["the key __proto__", JSON.parse('{"__proto__":null}')],
      ["a long text", "x".repeat(100_000)],
      ["a lone surrogate", "\ud800"],
    ],
  }),
];

const places = placesIn(complete, shape(environmentRules(complete.region)));

/** The environment with a getter that throws at one place. */
function withGetterAt(place: Place): unknown {
  const [key, ...keys] = place.toReversed();
  const within = keys.toReversed();
  const parent = within.reduce<unknown>((value, each) => (value as never)[each], complete) as object;
  const copy = Array.isArray(parent) ? [...parent] : { ...parent };
  Object.defineProperty(copy, key ?? "", {
    enumerable: true,
    get() {
      throw new Error("no value");
    },
  });
  return withValueAt(complete, within, copy);
}

test.each(JUNK)("%s at any place is accepted, or refused with its path", (_, value) => {
  const foreign = places.filter((place) => {
    const problems = environmentProblems("production", withValueAt(complete, place, value));
    const path = `production${written(place)}`;
    return problems.length > 0 && !problems.some((it) => it.path.startsWith(path) || path.startsWith(it.path));
  });
  expect(foreign.map(written)).toEqual([]);
});

test("a getter that throws is told at any place, by its path alone", () => {
  for (const place of places.slice(1)) {
    expect(environmentProblems("production", withGetterAt(place))).toEqual([
      { path: `production${written(place)}`, message: "must be readable, but reading it throws no value" },
    ]);
  }
});

test("all that can't be read is told at once", () => {
  const circle: Record<string, unknown> = { Team: "orders" };
  circle.self = circle;
  const environment = withValueAt(withValueAt(complete, ["tags"], circle), ["cloudflare"], THROWING);
  expect(environmentProblems("production", environment)).toEqual([
    { path: "production.cloudflare", message: "must be readable, but reading it throws no keys" },
    { path: "production.tags.self", message: "must not contain itself" },
  ]);
});

test("what is null is told once, though other keys have to do with it", () => {
  const environment = ["auth", "services", "cloudflare"].reduce<unknown>(
    (whole, key) => withValueAt(whole, [key], null),
    complete,
  );
  expect(environmentProblems("production", environment).map(({ path }) => path)).toEqual([
    "production.services",
    "production.auth",
    "production.cloudflare",
  ]);
});

describe("an error of ours with the path", () => {
  const failing = {
    get cidr() {
      throw new Error("no value");
    },
  };

  test("for an environment among others", () => {
    const environments = { production: complete, staging: { ...complete, network: failing } };
    expect(() => platforms(new App(), environments as never)).toThrow(
      new InvalidConfigurationError([
        { path: "staging.network.cidr", message: "must be readable, but reading it throws no value" },
      ]),
    );
  });

  test.each([EncryptionKeys, WriteCluster, ReadCluster, Recovery])("for the props of %p", (Part) => {
    const stack = new TerraformStack(new App(), "orders");
    expect(() => new Part(stack, "Part", failing as never)).toThrow(
      new InvalidConfigurationError([
        { path: "orders/Part.cidr", message: "must be readable, but reading it throws no value" },
      ]),
    );
    expect(() => new Part(stack, "Other", { name: "orders", tags: failing } as never)).toThrow(
      new InvalidConfigurationError([
        { path: "orders/Other.tags.cidr", message: "must be readable, but reading it throws no value" },
      ]),
    );
  });
});
