import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { production } from "../environments/production";
import { staging } from "../environments/staging";
import type { Environment } from "../lib/config/environment";
import type { InvalidConfigurationError } from "../lib/core/problems";
import { platforms } from "../stacks/platform";
import { ProtectionLock } from "../stacks/protection-lock";
import { addressesOf } from "./support/plans/plan";
import { inOwnZones } from "./support/synthesis/environments";
import { PROTECTIONS } from "./support/synthesis/protections/protections";
import { withMonitoring } from "./support/synthesis/switches";
import { type Arguments, type TerraformJson, withoutHash } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "protections-"));
  writeFileSync(join(folder, "lock.json"), "{}");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Paths of the problems with which a synthesis is refused. None of a refusal are of the lock file itself. */
function refusedPaths(environments: Readonly<Record<string, Environment>>): string[] {
  const app = new App({ outdir: join(folder, "cdktf.out") });
  platforms(app, environments);
  const file = join(folder, "lock.json");
  new ProtectionLock(app, "Lock", { file });
  try {
    app.synth();
  } catch (error) {
    const { problems } = error as InvalidConfigurationError;
    if (problems === undefined) throw error;
    return problems.map(({ path }) => path).filter((path) => path !== file);
  }
  return [];
}

/** Locks by the JSON of their environments, of which most changes begin with the same. */
const locks = new Map<string, string>();

/** Adopts what the environments protect, as a user does after the first synthesis. */
function adopt(environments: Readonly<Record<string, Environment>>): void {
  const key = JSON.stringify(environments);
  if (!locks.has(key)) {
    expect(refusedPaths(environments)).toEqual([]);
    locks.set(key, readFileSync(join(folder, "cdktf.out", "lock.json"), "utf8"));
  }
  writeFileSync(join(folder, "lock.json"), locks.get(key) ?? "");
}

const byLock = PROTECTIONS.flatMap((protection) =>
  protection.refused.by === "lock" ? [{ ...protection, paths: protection.refused.paths }] : [],
);

// What Terraform refuses is rehearsed: npm run rehearse:protections.
test.each(byLock)("$key is refused at synth until its lines are deleted from the lock", (protection) => {
  const { from = (it) => it, of, renamed = "production", paths } = protection;
  const before = from(production);
  adopt({ production: before });
  const after = { [renamed]: of(before) };
  const refused = refusedPaths(after);
  // The hashes, which the order goes by, say nothing.
  expect(refused.map(withoutHash).sort()).toEqual([...paths].sort());
  for (const path of refused) deleteFromLock(path);
  expect(refusedPaths(after)).toEqual([]);
});

test.each(byLock.filter(({ renamed }) => renamed === undefined))(
  "$key loses nothing guarded that the refusal leaves out",
  ({ from = (it) => it, of, paths }) => {
    const [before, after] = [from(production), of(from(production))].map((it) => synthesizedOnce({ production: it }));
    const lost = Object.entries(before?.stacks ?? {}).flatMap(([stack, tf]) => {
      const now = after?.stacks[stack];
      if (now === undefined) return [stack];
      const kept = addressesOf(now);
      return guardedIn(tf).flatMap((address) => (kept.includes(address) ? [] : [`${stack} ${address}`]));
    });
    expect(paths).toEqual(expect.arrayContaining(lost.map(withoutHash)));
  },
);

/** Read from the JSON, as Terraform does. */
const guardedIn = ({ resource = {} }: TerraformJson): string[] =>
  Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named)
      .filter(([, { lifecycle, deletion_protection, enable_deletion_protection, protected: isProtected }]) =>
        [
          (lifecycle as Arguments | undefined)?.prevent_destroy,
          deletion_protection,
          enable_deletion_protection,
          isProtected,
        ].includes(true),
      )
      .map(([id]) => `${type}.${id}`),
  );

function deleteFromLock(path: string): void {
  const lock = JSON.parse(readFileSync(join(folder, "lock.json"), "utf8"));
  const [stack = "", address] = path.split(" ");
  if (address === undefined) delete lock[stack];
  else delete lock[stack][address];
  writeFileSync(join(folder, "lock.json"), JSON.stringify(lock));
}

test("an environment is left out of the lock by a synthesis without deletionProtection, and may then be destroyed", () => {
  adopt({ production, staging });
  const unprotected = { ...staging, deletionProtection: false };
  adopt({ production, staging: unprotected });
  expect(readFileSync(join(folder, "lock.json"), "utf8")).not.toContain("staging-");
  expect(
    refusedPaths({ production, staging: { ...unprotected, services: undefined, auth: undefined, recovery: {} } }),
  ).toEqual([]);
  expect(refusedPaths({ production })).toEqual([]);
});

test("an environment that is left out is refused beside another that stays", () => {
  adopt(inOwnZones({ production, second: production }));
  const refused = refusedPaths({ production });
  expect(refused).toHaveLength(14);
  expect(refused.filter((path) => !path.startsWith("second-"))).toEqual([]);
});

test("Grafana alone may leave: it keeps nothing", () => {
  const { prometheus, elasticStack } = production.infrastructure.monitoring;
  const without = withMonitoring(production, { prometheus, elasticStack, grafana: false });
  adopt({ production });
  expect(refusedPaths({ production: without })).toEqual([]);
});
