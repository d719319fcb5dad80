import { production } from "../environments/production";
import type { Environment } from "../lib/config/environment";
import { FIXED_ARGUMENTS, type FixedArguments } from "./support/cluster/kubernetes-provider/fixed-arguments";
import { differences } from "./support/synthesis/changes";
import { resourcesOf, type Synthesized } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const before = synthesizedOnce({ production });
const after = (change: Partial<Environment>) => synthesizedOnce({ production: { ...production, ...change } });

/** Changed arguments that an update of the object can't carry out. */
const fixedIn = (changed: readonly string[], kind: keyof FixedArguments): string[] =>
  changed.filter((line) => {
    const [, type = "", path = ""] = /: (kubernetes_\w+)\.\S+ (\S+)$/.exec(line) ?? [];
    const argument = path.replaceAll(/\.\d+(?=\.|$)/g, "");
    return FIXED_ARGUMENTS[type]?.[kind].some((fixed) => `${argument}.`.startsWith(`${fixed}.`));
  });

/** The class that each claim of a release names: a claim never takes another. */
const claimedClasses = ({ stacks }: Synthesized): string[] =>
  Object.values(stacks).flatMap((tf) =>
    resourcesOf(tf, "helm_release").flatMap(({ name, values }) =>
      [...JSON.stringify(values).matchAll(/storageClassName\W+([\w-]+)/g)].map(([, storage]) => `${name}: ${storage}`),
    ),
  );

const ENVIRONMENT_CHANGES: Readonly<Record<string, Partial<Environment>>> = {
  tags: { tags: { Team: "orders" } },
  deletionProtection: { deletionProtection: false },
};

test("the table lists every type of the environments", () => {
  const types = Object.values(before.stacks).flatMap(({ resource = {} }) => Object.keys(resource));
  const listed = Object.keys(FIXED_ARGUMENTS);
  expect([...new Set(types.filter((type) => type.startsWith("kubernetes_")))].sort()).toEqual(listed);
});

test.each(Object.entries(ENVIRONMENT_CHANGES))("%s replaces no Kubernetes object by an argument", (_, change) => {
  expect(fixedIn(differences(before, after(change)), "replaced")).toEqual([]);
});

test("tags change nothing that the provider never sends", () => {
  expect(fixedIn(differences(before, after({ tags: { Team: "orders" } })), "neverSent")).toEqual([]);
});

test("what the provider never sends is replaced by a trigger, if deletionProtection changes it", () => {
  const protection = after({ deletionProtection: false });
  const changed = differences(before, protection);
  const unsent = fixedIn(changed, "neverSent");
  expect(unsent).toEqual(
    [
      "production-monitoring: kubernetes_storage_class_v1.Monitoring",
      "production-write-monitoring: kubernetes_storage_class_v1.Collectors",
    ].map((owner) => `${owner}_StorageClass reclaim_policy`),
  );
  for (const line of unsent) {
    const [stack = "", owner = ""] = /^(\S+): \w+\.(\S+?)_StorageClass /.exec(line)?.slice(1) ?? [];
    expect(changed.filter((each) => each.startsWith(`${stack}: terraform_data.${owner}_StorageClass_`))).toEqual([
      `${stack}: terraform_data.${owner}_StorageClass_Generation triggers_replace.reclaimPolicy`,
    ]);
    const [storage] = resourcesOf(protection.stacks[stack] ?? {}, "kubernetes_storage_class_v1");
    expect(storage?.lifecycle).toEqual({
      replace_triggered_by: [expect.stringMatching(/^terraform_data\.\w+_StorageClass_Generation_\w+$/)],
    });
  }
});

test.each(Object.entries(ENVIRONMENT_CHANGES))("%s changes the storage class of no claim", (_, change) => {
  const classes = claimedClasses(before);
  expect(classes.length).toBeGreaterThan(3);
  expect(claimedClasses(after(change))).toEqual(classes);
});
