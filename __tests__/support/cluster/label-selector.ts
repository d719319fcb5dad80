import type { Arguments } from "../synthesis/synthesized";
import { blocksOf } from "../synthesis/terraform-blocks";

export type Labels = Readonly<Record<string, string>>;

/** What an operator of a selector's expression says of a label's value, undefined where there is no such label. */
const OPERATORS: Readonly<Record<string, (value: string | undefined, values: readonly unknown[]) => boolean>> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
};

/** Whether a Kubernetes label selector selects what has these labels. One that says nothing selects all. */
export function selects(selector: Arguments, labels: Labels): boolean {
  const wanted = Object.entries((selector.match_labels ?? {}) as Labels);
  return (
    wanted.every(([key, value]) => labels[key] === value) &&
    blocksOf(selector, "match_expressions").every(({ key, operator, values = [] }) => {
      const holds = OPERATORS[String(operator)];
      if (holds === undefined)
        throw new Error(`no operator ${operator}, there are ${Object.keys(OPERATORS).join(", ")}`);
      return holds(labels[String(key)], values as readonly unknown[]);
    })
  );
}
