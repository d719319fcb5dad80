/** What the provider makes of one argument of a block. */
export interface Argument {
  /** The object's field. @default - the argument's name in camel case */
  readonly field?: string;
  /** Value of the field where the argument is absent. @default - the field is not sent */
  readonly absent?: unknown;
  /** Whether `false`, `0` and `""` are sent: Go leaves them out of a field that is not a pointer. @default false */
  readonly sendsZero?: boolean;
  /** What the provider parses the value to. @default - the value itself */
  readonly parsed?: (value: unknown) => unknown;
  /**
   * What Kubernetes uses for an absent field, where that is not what the provider sends for the absent argument: whoever
   * leaves the argument out gets something else than the Kubernetes documentation promises.
   */
  readonly overrides?: string;
  /** The block that the argument is. @default - the argument is a value */
  readonly block?: Block;
  /** Whether the field is a list of such blocks. @default false */
  readonly isList?: boolean;
  /** Whether it is for the provider alone, and no part of the object. @default false */
  readonly isOwn?: boolean;
}

/** All arguments of a block that are values, and those of its blocks that the platform uses, by their names. */
export type Block = Readonly<Record<string, Argument>>;

type Options = Pick<Argument, "field" | "parsed" | "overrides">;

/** A value whose zero is never sent: Kubernetes' default takes its place. */
export const value = (absent?: unknown, options: Options = {}): Argument => ({ absent, ...options });

/** A value that is always sent, `false`, `0` and `""` too. Without a value for an absent argument only where it is given. */
export const pointer = (absent?: unknown, options: Options = {}): Argument => ({
  absent,
  sendsZero: true,
  ...options,
});

/** A block that is an object, whether or not Terraform allows several of it. */
export const one = (block: Block, options: Pick<Argument, "field" | "absent"> = {}): Argument => ({
  block,
  ...options,
});

/** A block that may be there several times: a list, by its name in the plural. */
export const many = (block: Block, field?: string): Argument => ({ block, isList: true, field });

/** An argument by which the provider itself is told something, such as how long to wait. */
export const OWN: Argument = { isOwn: true };

export const integer = (text: unknown): unknown => (/^-?\d+$/.test(`${text}`) ? Number(text) : text);
export const octal = (text: unknown): unknown => Number.parseInt(`${text}`, 8);

/** Where Kubernetes has no default and refuses an object without the field. */
export const NO_DEFAULT = "no default and refuses the object";

const METADATA: Block = { annotations: value(), generate_name: value(), labels: value(), name: value() };
/** Metadata of what is in no namespace, or takes that of whatever it is a template of. */
export const metadata = one(METADATA);
export const templateMetadata = one({ ...METADATA, namespace: value() });
export const namespacedMetadata = one({ ...METADATA, namespace: value("default") });

export const labelSelector = (field?: string): Argument =>
  one(
    { match_labels: value(), match_expressions: many({ key: value(), operator: value(), values: value() }) },
    { field },
  );
