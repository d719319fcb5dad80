import { join } from "node:path";
import { TerraformAsset, TerraformStack } from "cdktf";
import { Construct } from "constructs";

/** Beside this file, in the sources as in what is published. */
const FOLDER = join(__dirname, "manifest-chart");
const ID = "ManifestChart";

/** The chart of ours that installs manifests as they are given; a stack has it once. */
export class ManifestChart extends Construct {
  static of(scope: Construct): ManifestChart {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(ID) as ManifestChart | undefined) ?? new ManifestChart(stack, ID);
  }

  /** From the folder in which Terraform runs. It has a hash of the content: a changed template is a changed plan. */
  readonly path: string;
  /**
   * That of the chart's Chart.yaml. Without one, the provider would ask the cluster when planning, and then plan the
   * version that is installed.
   */
  readonly version = "1.0.0";

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    this.path = `./${new TerraformAsset(this, "Folder", { path: FOLDER }).path}`;
  }
}
