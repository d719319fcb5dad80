import { Token } from "cdktf";
import { production } from "../../environments/production";
import { staging } from "../../environments/staging";
import type { Environment } from "../../lib/config/environment";
import { comparisonProblems } from "../../lib/config/environment-comparison";
import { type Arguments, resourcesOf, type Synthesized, synthesize } from "../support/synthesis/synthesized";

const { cloudflare } = production;
const state = { bucket: "acme-terraform-state" };
const existing = { ...state, existing: true };
const elsewhere = "00000000000000000000000000000003";

const computedOnce = computedZone();

/** In one Region, unless it is said otherwise. */
const linesOf = (one: Partial<Environment>, other: Partial<Environment>): string[] =>
  comparisonProblems([
    ["production", { ...production, ...one }],
    ["staging", { ...staging, region: production.region, ...other }],
  ]).map(({ path, message }) => `${path}: ${message}`);

test.each<[what: string, one: Partial<Environment>, other: Partial<Environment>]>([
  ["the environments of this project", {}, {}],
  ["two zones", {}, { cloudflare: cloudflare && { ...cloudflare, zoneId: elsewhere } }],
  ["zones that Terraform computes", computedZone(), computedZone()],
  ["a zone that one has no services for", {}, { cloudflare, services: undefined }],
  ["two buckets", { state }, { state: { bucket: "other-terraform-state" } }],
  ["a bucket that one creates", { state }, { state: existing }],
  ["a bucket that the other creates", { state: existing }, { state }],
  [
    "a bucket in the Region of one, which the other names",
    { state },
    { state: { ...existing, region: production.region }, region: "eu-west-1" },
  ],
  ["a bucket that neither creates", { state: existing }, { state: existing }],
])("%s fit into one app", (_, one, other) => {
  expect(linesOf(one, other)).toEqual([]);
});

test.each<[what: string, one: Partial<Environment>, other: Partial<Environment>, line: string]>([
  [
    "a zone",
    {},
    { cloudflare },
    "staging.cloudflare.zoneId: must be another zone than production.cloudflare.zoneId, as both environments would write its rules and settings, got '00000000000000000000000000000002'",
  ],
  [
    "a zone that Terraform computes",
    computedOnce,
    computedOnce,
    "staging.cloudflare.zoneId: must be another zone than production.cloudflare.zoneId, as both environments would write its rules and settings, got a token",
  ],
  [
    "a bucket",
    { state },
    { state },
    "staging.state.existing: must be true here or in production.state, as only one environment creates the bucket 'acme-terraform-state'",
  ],
  [
    "a bucket, in two Regions",
    { state },
    { state: existing, region: "eu-west-1" },
    "staging.state.bucket: must be another bucket than production.state.bucket, which is in eu-central-1 and not in eu-west-1, got 'acme-terraform-state'",
  ],
])("two environments do not share %s", (_, one, other, line) => {
  expect(linesOf(one, other)).toEqual([line]);
});

test("each pair of environments is compared", () => {
  const named = (name: string): [string, Environment] => [name, { ...production, state }];
  expect(comparisonProblems(["a", "b", "c"].map(named)).map(({ path }) => path)).toEqual([
    "b.cloudflare.zoneId",
    "b.state.existing",
    "c.cloudflare.zoneId",
    "c.state.existing",
    "c.cloudflare.zoneId",
    "c.state.existing",
  ]);
});

describe("what an account, a Region or a zone has once", () => {
  /** Arguments that name a thing among those of its type, in the account, the Region or the zone. */
  const NAMES = /^(?:name|bucket|(?:.*_)?identifier|replication_group_id|user_id|user_group_id|zone_id|setting_id)$/;
  /** Their names are those of a cluster, or of a role's part. */
  const APART = /^(?:kubernetes_|helm_|terraform_|aws_iam_role_policy )| \{\}$/;

  const othersCloudflare = cloudflare && { ...cloudflare, zoneId: elsewhere };
  const { stacks }: Synthesized = synthesize({
    one: { ...production, state },
    two: { ...production, state: existing, cloudflare: othersCloudflare },
  });
  const identities = (environment: string): string[] =>
    Object.entries(stacks)
      .filter(([name]) => name.startsWith(`${environment}-`))
      .flatMap(([, tf]) =>
        Object.keys(tf.resource ?? {}).flatMap((type) => resourcesOf(tf, type).map(identityOf(type))),
      )
      .filter((identity) => !APART.test(identity));
  const identityOf = (type: string) => (resource: Arguments) => {
    const names = Object.entries(resource).filter(([key, value]) => NAMES.test(key) && !`${value}`.includes("${"));
    return `${type} ${JSON.stringify(Object.fromEntries(names))}`;
  };

  test("is named by no two environments", () => {
    const [one, two] = [identities("one"), identities("two")];
    expect(one.length).toBeGreaterThan(90);
    expect(one.filter((identity) => two.includes(identity))).toEqual([]);
  });
});

function computedZone(): Partial<Environment> {
  return { cloudflare: cloudflare && { ...cloudflare, zoneId: Token.asString({ resolve: () => "late" }) } };
}
