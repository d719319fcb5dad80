import type { Environment } from "../../../lib/config/environment";
import { environments } from "../synthesis/environments";
import { synthesize } from "../synthesis/synthesized";
import type { Plan } from "./plan";

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
