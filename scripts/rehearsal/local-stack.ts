import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AwsResource } from "../../__tests__/support/synthesis/account-model";
import type { TerraformJson } from "../../__tests__/support/synthesis/synthesized";
import type { TerraformState } from "../../__tests__/support/synthesis/terraform-state";
import { STACK_FILE, type Stack } from "./program";
import { withLocalStates } from "./remote-states";
import { remainsOf, resourcesIn } from "./states";
import { type AppliedStep, runTerraform } from "./terraform";

export interface LocalStackOptions {
  /** For the stacks of one app, and their states. */
  readonly folder: string;
  /** Of Terraform's processes. */
  readonly env: NodeJS.ProcessEnv;
  /** Kills them. */
  readonly signal: AbortSignal;
}

/** What a run of Terraform did with a resource of the stack. Updates are left out. */
export interface Step {
  readonly action: AppliedStep["action"];
  readonly resource: AwsResource;
}

/** A stack that Terraform deploys and destroys, with its state in a local file. */
export class LocalStack {
  private constructor(
    private readonly name: string,
    private readonly stack: Stack,
    private readonly options: LocalStackOptions,
  ) {}

  /** Copies and initializes a stack that has no state. */
  static async of(name: string, stack: Stack, options: LocalStackOptions): Promise<LocalStack> {
    const local = new LocalStack(name, stack, options);
    cpSync(stack.folder, local.#folder, { recursive: true });
    local.#write(stack.tf);
    await local.#terraform("init");
    return local;
  }

  get state(): TerraformState {
    return existsSync(this.#stateFile) ? JSON.parse(readFileSync(this.#stateFile, "utf8")) : {};
  }

  get resources(): readonly AwsResource[] {
    return resourcesIn(this.state, this.stack.tf);
  }

  /** @param tf what is deployed: the stack's own JSON or a variant of it. */
  deploy(tf: TerraformJson): Promise<readonly Step[]> {
    this.#write(tf);
    return this.#run("apply");
  }

  /**
   * @param refused addresses of what AWS refuses to destroy, and the simulated providers do not. With all that they
   * depend on, they stay in the state and are not among the steps.
   * @throws {Error} if Terraform refuses, for `prevent_destroy`.
   */
  async destroy(refused: readonly string[] = []): Promise<readonly Step[]> {
    const remains = remainsOf(this.state, refused);
    // A refresh would read the state: the simulated providers have nothing else.
    const steps = await this.#run("destroy", "-refresh=false");
    if (remains.resources?.length === 0) return steps;
    const { serial = 0 } = this.state;
    writeFileSync(this.#stateFile, JSON.stringify({ ...remains, serial: serial + 1 }));
    const left = new Set(this.resources.map(({ address }) => address));
    return steps.filter(({ resource }) => !left.has(resource.address));
  }

  async #run(...command: readonly string[]): Promise<readonly Step[]> {
    const byAddress = () => new Map(this.resources.map((resource) => [resource.address, resource]));
    const before = byAddress();
    const applied = await this.#terraform(...command, "-auto-approve");
    const after = byAddress();
    return applied.map(({ action, address }) => {
      const resource = (action === "delete" ? before : after).get(address);
      if (resource === undefined) throw new Error(`${this.name} ${address}: must be in the state, got none`);
      return { action, resource };
    });
  }

  #terraform(...args: readonly string[]) {
    return runTerraform(args, { ...this.options, cwd: this.#folder });
  }

  #write(tf: TerraformJson): void {
    const origins = Object.entries(this.stack.reads).map(([id, origin]) => [id, this.#placeOf(origin)]);
    const local = withLocalStates(tf, this.#placeOf(this.name), Object.fromEntries(origins));
    writeFileSync(join(this.#folder, STACK_FILE), JSON.stringify(local));
  }

  get #folder(): string {
    return this.#placeOf(this.name);
  }

  get #stateFile(): string {
    return `${this.#folder}.tfstate`;
  }

  #placeOf(name: string): string {
    return join(this.options.folder, name);
  }
}
