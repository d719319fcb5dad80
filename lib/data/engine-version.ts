import type { TerraformResourceLifecycle } from "cdktf";

/** `'8'` of `'8.2'`, and of `'8'`. */
export const majorOf = (version: string): string => version.split(".")[0] ?? version;

/**
 * Lifecycle of an engine whose minor versions AWS moves. Terraform would move them back, and providers replace a store
 * for a lower version. A store that runs another major version than `path` names stops the plan, because only an upgrade
 * changes the major version.
 */
export const versionMovedByAws = (
  version: string,
  path: string,
): Pick<TerraformResourceLifecycle, "ignoreChanges" | "postcondition"> => ({
  ignoreChanges: ["engine_version"],
  postcondition: [
    {
      condition: `\${split(".", self.engine_version)[0] == "${majorOf(version)}"}`,
      errorMessage: `${path}: must name the major version of \${self.engine_version}, which runs, got '${version}'. To upgrade, see docs/drift.md of cdktf-cqrs`,
    },
  ],
});
