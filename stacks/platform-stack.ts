import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, S3Backend, TerraformOutput, type TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { ProviderVersions } from "../lib/config/environment";
import type { StateConfig } from "../lib/config/state";
import { throwIfAny } from "../lib/core/problems";
import { stacksWithin } from "../lib/synthesis/elements";
import { QuickStack } from "../lib/synthesis/quick-stack";
import { ProtectionLock } from "./protection-lock";

/** What every stack of an environment has in common. */
export interface PlatformStackProps {
  /** The environment's name: every physical name begins with it. */
  readonly environment: string;
  readonly region: string;
  /** The AWS account without which nothing is done. @default - whichever the credentials are of */
  readonly account?: string;
  readonly state?: StateConfig;
  readonly providerVersions?: ProviderVersions;
  readonly tags?: Readonly<Record<string, string>>;
  readonly deletionProtection?: boolean;
}

/** Write-only arguments and ephemeral resources, which keep passwords out of the state, came with it. */
const REQUIRED_TERRAFORM = ">= 1.11.0";

/** One stack of one environment: its name, its state, its AWS provider and the outputs that others may rely on. */
export abstract class PlatformStack extends QuickStack {
  /** Tags of whatever the provider's default tags do not reach. */
  protected readonly tags: Readonly<Record<string, string>>;
  private readonly providerVersions: ProviderVersions;

  constructor(scope: Construct, what: string, props: PlatformStackProps) {
    const name = `${props.environment}-${what}`;
    super(scope, freeName(scope, name));
    this.providerVersions = props.providerVersions ?? {};
    if (props.deletionProtection ?? true) ProtectionLock.protect(this);
    this.tags = { ...props.tags, Environment: props.environment, Stack: name, ManagedBy: "cdktf-cqrs" };

    keepState(this, props);
    this.addOverride("terraform.required_version", REQUIRED_TERRAFORM);
    new AwsProvider(this, "Aws", {
      region: props.region,
      allowedAccountIds: props.account === undefined ? undefined : [props.account],
      defaultTags: [{ tags: { ...this.tags } }],
    });
  }

  /** Called by cdktf for every stack before the first file is written. */
  override prepareStack(): void {
    this.refuseSameName();
    ProtectionLock.requireFor(this);
    for (const provider of this.allProviders()) {
      const type = provider.terraformResourceType as keyof ProviderVersions;
      const version = this.providerVersions[type];
      if (version !== undefined) this.addOverride(`terraform.required_providers.${type}.version`, version);
    }
    super.prepareStack();
  }

  /** Declares a part of the stack's contract, which other stacks and other tools may read. */
  protected output(id: string, description: string, value: TerraformOutput["value"]): void {
    new TerraformOutput(this, id, { description, value });
  }

  /** cdktf names a stack by its id alone and writes the second of two over the first. */
  private refuseSameName(): void {
    const twins = stacksWithin(App.of(this)).filter((it) => it.node.id === this.node.id);
    if (twins.length === 1) return;
    const where = twins.map((it) => `'${it.node.path}'`).join(" and ");
    throwIfAny([{ path: this.node.path, message: `must be the app's only stack of its name, got ${where}` }]);
  }
}

/** The name, if nothing beside the new construct has it. */
export function freeName(scope: Construct, name: string): string {
  if (scope.node.tryFindChild(name) !== undefined) {
    throwIfAny([{ path: name, message: "must be the only platform or stack of its name, got a second" }]);
  }
  return name;
}

/** The state's place. A local one is beside the program, three levels above the folder in which Terraform runs. */
function keepState(stack: TerraformStack, { environment, region, state }: PlatformStackProps): void {
  const name = stack.node.id;
  if (state?.bucket === undefined) {
    new LocalBackend(stack, { path: `../../../terraform.${name}.tfstate` });
    return;
  }
  const backend = new S3Backend(stack, {
    bucket: state.bucket,
    key: `${environment}/${name}.tfstate`,
    region: state.region ?? region,
    // Without the key's ARN the bucket's default encryption applies, which is by our key; `encrypt` alone would ask for another.
    ...(state.keyArn !== undefined && { encrypt: true, kmsKeyId: state.keyArn }),
  });
  backend.addOverride("use_lockfile", true);
}
