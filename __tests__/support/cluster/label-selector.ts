export type Labels = Readonly<Record<string, string>>;

/** As Kubernetes' objects have it. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** What an operator of a selector's expression says of a label's value, undefined where there is no such label. */
const OPERATORS: Readonly<
  Record<string, (value: string | undefined, values: readonly (string | undefined)[]) => boolean>
> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
};

/** Whether a selector selects what has these labels. One that says nothing selects all. */
export const selects = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every(({ key, operator, values = [] }) => {
    const holds = OPERATORS[operator];
    if (holds === undefined) throw new Error(`no operator ${operator}, there are ${Object.keys(OPERATORS).join(", ")}`);
    return holds(labels[key], values);
  });
