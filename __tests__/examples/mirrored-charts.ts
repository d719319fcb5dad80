// #region mirrored-charts
import type { Release } from "@cdktf/provider-helm/lib/release";
import { type App, TerraformResource } from "cdktf";

/** Takes every chart of an app from a registry of yours, by the same name and version. Call it after all else. */
export function takeChartsFrom(app: App, repository: string): void {
  for (const construct of app.node.findAll()) {
    if (!TerraformResource.isTerraformResource(construct)) continue;
    if (construct.terraformResourceType !== "helm_release") continue;
    const release = construct as Release;
    if (release.repositoryInput !== undefined) release.repository = repository;
  }
}
// #endregion
