import { type Environment, environmentProblems, environmentRules } from "../../../lib/config/environment";
import { shape } from "../../../lib/core/rules";
import { complete } from "./complete-environment";
import { type Place, placesIn, withValueAt, written } from "./places";

export const isEnvironment = shape(environmentRules(complete.region));
/** All below the environment itself. */
export const places = placesIn(complete, isEnvironment).slice(1);

/** The complete environment with other values at some places. */
export const withAll = (values: readonly (readonly [Place, unknown])[]): Environment =>
  values.reduce<unknown>((whole, [place, value]) => withValueAt(whole, place, value), complete) as Environment;

/** Places at which a value is refused, of which the others are returned: each refusal must name its own place. */
export function acceptedOf(valueAtPlace: (place: Place) => unknown, among = places): readonly Place[] {
  return among.filter((place) => {
    const problems = environmentProblems("production", withAll([[place, valueAtPlace(place)]]));
    const path = `production${written(place)}`;
    const isNamed = problems.some((it) => it.path.startsWith(path) || path.startsWith(it.path));
    if (problems.length > 0 && !isNamed) throw new Error(`${path} is not named by ${JSON.stringify(problems)}`);
    return problems.length === 0;
  });
}
