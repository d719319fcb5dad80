import type { Environment } from "../../lib/config/environment";
import { environments } from "./environments";
import type { Plan } from "./plan";
import { synthesize } from "./synthesized";

/** The environment that is approved in full; of the others, what differs from it. */
const BASE = "production";

/** What every environment of the folder becomes, the base first. */
export const plansOfEnvironments = (): Record<string, Plan> =>
  Object.fromEntries(
    Object.entries(environments)
      .sort(([a], [b]) => Number(b === BASE) - Number(a === BASE))
      .map(([name, environment]) => [name, planOf(name, environment)]),
  );

const planOf = (name: string, environment: Environment): Plan => ({
  region: environment.region,
  synthesized: synthesize({ [name]: environment }),
});
