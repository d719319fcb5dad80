import type { CronJobV1Config } from "@cdktf/provider-kubernetes/lib/cron-job-v1";
import { type ITerraformDependable, TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { terraformArguments } from "./terraform-arguments";

/** The provider's own arguments. */
export interface CronJobProps extends Pick<CronJobV1Config, "metadata" | "spec"> {
  /** What must stand before it. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * A job that runs by the clock. Of the provider's binding it has the types alone: to load its classes takes a twentieth of
 * a whole synthesis, as it has those of every pod once more.
 */
export class CronJob extends Construct {
  constructor(scope: Construct, id: string, { metadata, spec, dependsOn }: CronJobProps) {
    super(scope, id);
    const resource = new TerraformResource(this, "Resource", {
      terraformResourceType: "kubernetes_cron_job_v1",
      terraformGeneratorMetadata: { providerName: "kubernetes" },
      dependsOn: [...dependsOn],
    });
    resource.addOverride("metadata", terraformArguments(metadata, `${this.node.path}.metadata`));
    resource.addOverride("spec", terraformArguments(spec, `${this.node.path}.spec`));
  }
}
