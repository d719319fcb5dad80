/** A JSON schema, as far as charts and custom resources write them. */
export type Schema = Readonly<Record<string, unknown>>;

interface Options {
  /** Whether an object may have keys that its schema does not name: JSON schema says yes, Kubernetes drops them. */
  readonly strangers: "allowed" | "refused";
  /** What a `$ref` to `#/definitions/<name>` names. @default - none */
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Says nothing of whether a value is valid, or nothing that we check: rules in Kubernetes' expression language are the API server's. */
const IGNORED = [
  "$schema",
  "default",
  "description",
  "example",
  "examples",
  "format",
  "title",
  "x-kubernetes-group-version-kind",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-list-type",
  "x-kubernetes-map-type",
  "x-kubernetes-patch-merge-key",
  "x-kubernetes-patch-strategy",
  "x-kubernetes-unions",
  "x-kubernetes-validations",
];

type Keyword = (argument: never, value: never, path: string, schema: Schema, options: Options) => readonly string[];

const check = (isRight: boolean, path: string, message: string): readonly string[] =>
  isRight ? [] : [`${path}: ${message}`];

const typeOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
};
const isOf = (type: string, value: unknown): boolean =>
  type === typeOf(value) || (type === "number" && typeof value === "number");

const isMap = (value: unknown): value is Schema => typeOf(value) === "object";
const isText = (value: unknown): value is string => typeof value === "string";
const sizeOf = (value: unknown): number => Object.keys(value as object).length;

/** What each keyword asks of a value of its kind; a value of another kind is no business of it. */
const KEYWORDS: Readonly<Record<string, Keyword>> = {
  type: (type: string | readonly string[], value, path, schema) => {
    // Where Kubernetes takes a number too, version 2 of OpenAPI can only say so in the format.
    const types = schema.format === "int-or-string" ? ["string", "integer"] : [type].flat();
    const isRight = types.some((each) => isOf(each, value)) || (value === null && schema.nullable === true);
    return check(isRight, path, `must be of type ${types.join(" or ")}, is ${typeOf(value)}`);
  },
  $ref: (reference: string, value, path, _, options) => {
    const definition = options.definitions?.[reference.replace("#/definitions/", "")];
    if (definition === undefined) throw new Error(`${path}: its schema names ${reference}, which is not at hand`);
    return schemaProblems(definition, value, path, options);
  },
  nullable: () => [],
  enum: (values: readonly unknown[], value, path) =>
    check(values.includes(value), path, `must be one of ${values.join(", ")}, is ${value}`),
  pattern: (pattern: string, value, path) =>
    check(!isText(value) || new RegExp(pattern, "u").test(value), path, `must match ${pattern}, is ${value}`),
  minLength: (least: number, value, path) =>
    check(!isText(value) || [...value].length >= least, path, `must have ${least} characters or more`),
  maxLength: (most: number, value, path) =>
    check(!isText(value) || [...value].length <= most, path, `must have ${most} characters at most`),
  minimum: (least: number, value, path) =>
    check(typeof value !== "number" || value >= least, path, `must be ${least} or more, is ${value}`),
  maximum: (most: number, value, path) =>
    check(typeof value !== "number" || value <= most, path, `must be ${most} at most, is ${value}`),
  minItems: (least: number, value, path) =>
    check(!Array.isArray(value) || sizeOf(value) >= least, path, `must have ${least} items or more`),
  maxItems: (most: number, value, path) =>
    check(!Array.isArray(value) || sizeOf(value) <= most, path, `must have ${most} items at most`),
  minProperties: (least: number, value, path) =>
    check(!isMap(value) || sizeOf(value) >= least, path, `must have ${least} keys or more`),
  maxProperties: (most: number, value, path) =>
    check(!isMap(value) || sizeOf(value) <= most, path, `must have ${most} keys at most`),
  required: (keys: readonly string[], value, path) =>
    isMap(value) ? keys.filter((key) => !Object.hasOwn(value, key)).map((key) => `${path}: must have ${key}`) : [],
  properties: (properties: Readonly<Record<string, Schema>>, value, path, _, options) =>
    isMap(value)
      ? Object.entries(properties).flatMap(([key, schema]) =>
          Object.hasOwn(value, key) ? schemaProblems(schema, value[key], `${path}.${key}`, options) : [],
        )
      : [],
  additionalProperties: (rest: boolean | Schema, value, path, { properties = {} }, options) => {
    const keys = isMap(value) ? Object.keys(value).filter((key) => !Object.hasOwn(properties as object, key)) : [];
    if (rest === true) return [];
    if (rest === false) return keys.map((key) => `${path}.${key}: is unknown`);
    return keys.flatMap((key) => schemaProblems(rest, (value as Schema)[key], `${path}.${key}`, options));
  },
  items: (schema: Schema, value: unknown, path, _, options) =>
    Array.isArray(value)
      ? value.flatMap((each, index) => schemaProblems(schema, each, `${path}[${index}]`, options))
      : [],
  // Kubernetes' own alternatives name no keys: what they leave out is in the schema around them.
  anyOf: (schemas: readonly Schema[], value, path) =>
    check(
      schemas.some((schema) => schemaProblems(schema, value, path, { strangers: "allowed" }).length === 0),
      path,
      "must be as one of several schemas say, is as none",
    ),
  "x-kubernetes-int-or-string": (_: true, value, path) =>
    check(isText(value) || Number.isInteger(value), path, `must be a whole number or a text, is ${typeOf(value)}`),
  "x-kubernetes-preserve-unknown-fields": () => [],
};

/** What a schema does not allow of a value, each with its path. A keyword that this knows nothing of is an error. */
export function schemaProblems(
  schema: Schema,
  value: unknown,
  path = "$",
  options: Options = { strangers: "allowed" },
): readonly string[] {
  const isClosed =
    options.strangers === "refused" &&
    schema.type === "object" &&
    schema.additionalProperties === undefined &&
    schema["x-kubernetes-preserve-unknown-fields"] !== true;
  const asked = isClosed ? { ...schema, additionalProperties: false } : schema;
  return Object.entries(asked).flatMap(([keyword, argument]) => {
    if (IGNORED.includes(keyword)) return [];
    const problems = KEYWORDS[keyword];
    if (problems === undefined) throw new Error(`${path}: its schema says ${keyword}, which is not understood here`);
    return problems(argument as never, value as never, path, asked, options);
  });
}
