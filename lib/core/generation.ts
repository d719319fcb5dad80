import { Fn, type ITerraformDependable, TerraformResource } from "cdktf";
import { Construct } from "constructs";

/**
 * One life of a resource: from its creation until a change that only a replacement can carry out. What belongs to the
 * life, not to the name, depends on it: a database's replicas, which would have no source, its last snapshot, whose name
 * nothing later can take, and a resource whose provider plans a change in place but never sends it.
 */
export class Generation extends Construct {
  /** Eight characters that no other life of the resource has. */
  readonly suffix: string;
  /** Pass it to `replaceTriggeredBy` of what ends with the life. */
  readonly resource: ITerraformDependable;

  /** @param of values of the resource that can't be changed in place. */
  constructor(scope: Construct, id: string, of: Readonly<Record<string, string>>) {
    super(scope, id);
    // cdktf's own DataResource runs the terraform command at synth, to ask for its version.
    const resource = new TerraformResource(this, "Resource", { terraformResourceType: "terraform_data" });
    resource.addOverride("triggers_replace", of);
    this.suffix = Fn.substr(resource.getStringAttribute("id"), 0, 8);
    this.resource = resource;
  }
}
