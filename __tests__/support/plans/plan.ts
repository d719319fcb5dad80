import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Synthesized, TerraformJson } from "../synthesis/synthesized";
import { markJson, unmarkJson } from "./marked-json";
import { dashboardFile, withDashboards, withoutDashboards } from "./plan-dashboards";
import { adoptIds, restoreIds } from "./plan-ids";
import { neutralize, personalize } from "./plan-names";
import { inOrder, placeOf, wordsOf } from "./plan-places";
import { merge, resolve, type Variant } from "./plan-variants";
import { shareValues } from "./shared-values";
import { isTree, type Tree } from "./tree";
import { yamlOf } from "./yaml-lines";

/** What Terraform gets in every environment, written by `npm run plans`. The README describes the format. */
export const PLANS = join(__dirname, "..", "..", "plans");

/** Regions of the environments, and sources and versions of their providers: the one place that shows these. */
const ENVIRONMENTS = "environments";

/** An environment and what it becomes. */
export interface Plan {
  readonly region: string;
  readonly synthesized: Synthesized;
}

/** The resource's place in Terraform's state: `aws_kms_key.Keys_logs_E09A8915`. */
export const addressesOf = (tf: TerraformJson): string[] =>
  Object.entries(tf.resource ?? {}).flatMap(([type, resources]) =>
    Object.keys(resources).map((logicalId) => `${type}.${logicalId}`),
  );

/** What is approved of a stack: all but cdktf's own notes and the versions of providers, in the order of the keys. */
export function contentOf(tf: TerraformJson): Tree {
  const terraform = { ...tf.terraform, required_providers: Object.keys(tf.terraform?.required_providers ?? {}).sort() };
  return withoutNotes({ ...tf, terraform }) as Tree;
}

/** The files of environments, by their names below PLANS. Each but the first environment is stated by what differs. */
export function planFiles(plans: Readonly<Record<string, Plan>>): Record<string, string> {
  const stackFiles = new Map<string, Variant[]>();
  const dashboardFiles = new Map<string, Variant[]>();
  for (const [environment, { region, synthesized }] of Object.entries(plans)) {
    const contents = contentsOf(environment, synthesized);
    for (const stack of inOrder(Object.keys(contents))) {
      const place = placeOf(stack);
      const tree = neutralize(markJson(withIdsOf(contents, stack)), { environment, region, side: place.side });
      const { rest, dashboards } = withoutDashboards(tree as Tree);
      addTo(stackFiles, place.file, { words: wordsOf(environment, place), value: rest });
      for (const [uid, value] of dashboards) addTo(dashboardFiles, dashboardFile(uid), { words: [environment], value });
    }
  }
  const environments = Object.keys(plans);
  const facts = Object.fromEntries(Object.entries(plans).map(([name, plan]) => [name, factsOf(plan)]));
  return {
    [pathOf(ENVIRONMENTS)]: yamlOf(facts),
    ...mapFiles(stackFiles, (variants) => yamlOf(shareValues(mergeAll(variants, environments)))),
    ...mapFiles(dashboardFiles, (variants) => yamlOf(mergeAll(variants, environments))),
  };
}

function addTo(files: Map<string, Variant[]>, file: string, variant: Variant): void {
  files.set(file, [...(files.get(file) ?? []), variant]);
}

const mapFiles = (files: ReadonlyMap<string, Variant[]>, print: (variants: Variant[]) => string) =>
  Object.fromEntries([...files].map(([file, variants]) => [pathOf(file), print(variants)]));

/** What a file says, by its name below PLANS. */
type Read = (path: string) => unknown;

/** What `contentOf` a stack is, as the approved files have it. */
export function approvedContent(environment: string, stack: string, read: Read = readApproved): unknown {
  const place = placeOf(stack);
  const region = regionOf(environment, read);
  const variant = resolve(read(pathOf(place.file)), wordsOf(environment, place)) as Tree;
  const whole = withDashboards(variant, (uid) => resolve(read(pathOf(dashboardFile(uid))), [environment]));
  return restoreIds(unmarkJson(personalize(whole, { environment, region, side: place.side })) as Tree);
}

function regionOf(environment: string, read: Read): string {
  const facts = read(pathOf(ENVIRONMENTS)) as Readonly<Record<string, { readonly region: string }>>;
  const own = facts[environment];
  if (own === undefined) throw new Error(`environment: must be ${Object.keys(facts).join(" or ")}, got ${environment}`);
  return own.region;
}

const readApproved: Read = (path) => parsePlan(readFileSync(join(PLANS, path), "utf8"));

/** A file has more references than the parser allows of what it does not know. */
export const parsePlan = (text: string): unknown => parse(text, { maxAliasCount: -1 });

const pathOf = (file: string): string => `${file}.yaml`;

/** Contents of an environment's stacks, by their names without its own. */
const contentsOf = (environment: string, { stacks }: Synthesized): Record<string, Tree> =>
  Object.fromEntries(Object.entries(stacks).map(([name, tf]) => [name.slice(environment.length + 1), contentOf(tf)]));

function withIdsOf(contents: Readonly<Record<string, Tree>>, stack: string): Tree {
  const { like } = placeOf(stack);
  const other = like === undefined ? undefined : contents[like.stack];
  const own = contents[stack] ?? {};
  return like === undefined || other === undefined ? own : adoptIds(own, other, like.renamed);
}

/** One tree for a file; an environment that lacks it has nothing in it. */
function mergeAll(variants: readonly Variant[], environments: readonly string[]): Tree {
  const lacking = environments.filter((environment) => !variants.some(({ words }) => words.includes(environment)));
  return merge([...variants, ...lacking.map((environment) => ({ words: [environment], value: {} }))]) as Tree;
}

const factsOf = ({ region, synthesized }: Plan) => ({ region, providers: pinsOf(synthesized) });

function pinsOf({ stacks }: Synthesized): Record<string, string> {
  const pins: Record<string, string> = {};
  for (const [stack, tf] of Object.entries(stacks)) {
    for (const [provider, { source, version }] of Object.entries(tf.terraform?.required_providers ?? {})) {
      const pin = `${source} ${version}`;
      pins[provider] ??= pin;
      if (pins[provider] !== pin) throw new Error(`${stack} pins ${pin}, another stack ${pins[provider]}`);
    }
  }
  return pins;
}

/** Files below PLANS that no stack accounts for any more. */
export const orphans = (expected: readonly string[]): string[] =>
  readdirSync(PLANS, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(PLANS.length + 1)
        .replaceAll("\\", "/"),
    )
    .filter((file) => !expected.includes(file));

function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "//")
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, withoutNotes(each)]),
  );
}
