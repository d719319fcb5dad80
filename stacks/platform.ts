import { App } from "cdktf";
import { Construct } from "constructs";
import { type Environment, environmentProblems } from "../lib/config/environment";
import { throwIfAny } from "../lib/core/problems";
import { KeysStack } from "./keys-stack";
import { NetworkStack } from "./network-stack";
import type { PlatformStackProps } from "./platform-stack";
import { StateStack } from "./state-stack";

/** All stacks of one environment, in order. The id is the environment's name, with which every name begins. */
export class CqrsPlatform extends Construct {
  /** @throws {InvalidConfigurationError} with everything that is wrong with the environment, before a stack is made. */
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    throwIfAny(environmentProblems(id, environment));
    // cdktf names a nested stack by its id but its dependencies by their path, and then finds neither: stacks are the app's own.
    const app = App.of(this);
    const { region, state, providerVersions, tags, deletionProtection } = environment;
    const common: PlatformStackProps = { environment: id, region, state, providerVersions, tags, deletionProtection };

    new StateStack(app, common);
    const keys = new KeysStack(app, common);
    const _network = new NetworkStack(app, { ...common, network: environment.network, keys: keys.arns });
  }
}

/** Platforms by the environments' names; what is wrong with any of them is said before the first is made. */
export function platforms(scope: Construct, environments: Readonly<Record<string, Environment>>): CqrsPlatform[] {
  const named = Object.entries(environments);
  throwIfAny(named.flatMap(([name, environment]) => environmentProblems(name, environment)));
  return named.map(([name, environment]) => new CqrsPlatform(scope, name, environment));
}
