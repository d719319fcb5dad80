import { Fn, type ITerraformDependable, TerraformResource } from "cdktf";
import { Construct } from "constructs";

/**
 * One life of a store: from when it is made until a change that can only be had by another in its place. What belongs
 * to the life, not to the store, hangs on it: replicas, which would be left without a source, and the last snapshot,
 * which outlives the store and whose name nothing later can take.
 */
export class Generation extends Construct {
  /** Eight characters that no other life of the store has. */
  readonly suffix: string;
  /** Pass it to `replaceTriggeredBy` of what ends with the life. */
  readonly resource: ITerraformDependable;

  /** `of`: whatever of the store can't be changed in place. */
  constructor(scope: Construct, id: string, of: Readonly<Record<string, string>>) {
    super(scope, id);
    // cdktf's own DataResource runs the terraform command at synth, to ask for its version.
    const resource = new TerraformResource(this, "Resource", { terraformResourceType: "terraform_data" });
    resource.addOverride("triggers_replace", of);
    this.suffix = Fn.substr(resource.getStringAttribute("id"), 0, 8);
    this.resource = resource;
  }
}
