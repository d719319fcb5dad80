import { AccountModel, holdsContent } from "../../__tests__/support/synthesis/account-model";
import type { TerraformState } from "../../__tests__/support/synthesis/terraform-state";
import { inOrder, type Needs, reversed } from "./in-order";
import { LocalStack, type LocalStackOptions, type Step } from "./local-stack";
import { neededBy, type Program, type Stack } from "./program";
import { withLogGroups, withOtherIds } from "./redeployment";
import { remainsOf, remoteStatesIn, taggedTypesIn } from "./states";

/** Terraform processes. Each uses one core. */
const AT_ONCE = 2;

/** An account in which all stacks of an app are deployed and destroyed, again and again, with the real Terraform. */
export class RehearsedAccount {
  /** What AWS refuses, with its life and address. */
  readonly refusals: string[] = [];
  readonly #account = new AccountModel();
  readonly #needs: Needs;
  /** Types of resources that have tags. */
  readonly #tagged = new Set<string>();
  #life = 0;

  private constructor(
    private readonly program: Program,
    private readonly local: Readonly<Record<string, LocalStack>>,
  ) {
    this.#needs = Object.fromEntries(Object.entries(program).map(([name, stack]) => [name, neededBy(stack)]));
  }

  /** Prepares an account that has none of the stacks. */
  static async of(program: Program, options: LocalStackOptions): Promise<RehearsedAccount> {
    const local: Record<string, LocalStack> = {};
    for (const [name, stack] of Object.entries(program)) local[name] = await LocalStack.of(name, stack, options);
    return new RehearsedAccount(program, local);
  }

  /** Deploys all stacks in their order, each from the state that the life before has left. @returns what was done. */
  async deploy(): Promise<string> {
    this.#life += 1;
    const done: Step[] = [];
    await this.#each(this.#needs, async (name, local, { tf }) => {
      const answered = withLogGroups(tf, (prefix) => this.#account.logGroups(prefix));
      const steps = await local.deploy(withOtherIds(answered, this.#tagged, this.#life));
      for (const { action, resource } of steps) {
        if (action === "delete") this.#refuse(name, this.#account.destroy(resource, { isEmpty: false }));
        else this.#refuse(name, this.#account[action](resource));
      }
      done.push(...steps);
      for (const type of taggedTypesIn(local.state)) this.#tagged.add(type);
    });
    return `life ${this.#life} begins: ${countsOf(done)}`;
  }

  /**
   * Destroys all stacks in the opposite order.
   * @param content of vaults and buckets. If it is kept, AWS refuses to destroy them. What they depend on stays then, and
   * so do the stacks whose outputs it has.
   * @returns what was done.
   */
  async destroy(content: "deleted" | "kept"): Promise<string> {
    const refused = (local: LocalStack) =>
      local.resources.flatMap((each) => (content === "kept" && holdsContent(each) ? [each.address] : []));
    const staying = new Set(
      Object.entries(this.local).flatMap(([name, local]) =>
        this.#origins(name, remainsOf(local.state, refused(local))),
      ),
    );
    const done: Step[] = [];
    await this.#each(reversed(this.#needs), async (name, local) => {
      if (staying.has(name)) return;
      const steps = await local.destroy(refused(local));
      for (const { resource } of steps) this.#refuse(name, this.#account.destroy(resource));
      done.push(...steps);
    });
    const left = Object.entries(this.local).flatMap(([name, { resources }]) =>
      staying.has(name) ? [name] : resources.map(({ address }) => `${name} ${address}`),
    );
    return [`life ${this.#life} ends: ${countsOf(done)}`, ...left.map((each) => `  ${each} stays`)].join("\n");
  }

  /** Names of the stacks whose outputs a state has, and of those that they need. */
  #origins(name: string, state: TerraformState): string[] {
    const origins = remoteStatesIn(state).map((id) => this.program[name]?.reads[id] ?? id);
    return origins.flatMap((origin) => [origin, ...(this.#needs[origin] ?? [])]);
  }

  #each(needs: Needs, run: (name: string, local: LocalStack, stack: Stack) => Promise<void>): Promise<void> {
    return inOrder(needs, AT_ONCE, (name) => {
      const [local, stack] = [this.local[name], this.program[name]];
      if (local === undefined || stack === undefined) throw new Error(`${name}: must be a stack of the app`);
      return run(name, local, stack);
    });
  }

  #refuse(name: string, reasons: readonly string[]): void {
    this.refusals.push(...reasons.map((reason) => `life ${this.#life}: ${name} ${reason}`));
  }
}

const DONE = { create: "created", import: "imported", delete: "destroyed" } as const;

/** Such as `3 created, 1 imported`. */
const countsOf = (steps: readonly Step[]): string =>
  Object.entries(DONE)
    .map(([action, done]) => ({ count: steps.filter((step) => step.action === action).length, done }))
    .flatMap(({ count, done }) => (count === 0 ? [] : [`${count} ${done}`]))
    .join(", ");
