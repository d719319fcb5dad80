import { shown } from "../core/problems";
import { known, type Rule, rule, within } from "../core/rules";

/** vCPUs, a whole number: `'4 cores'`. A core is a full one on Graviton and a hyper-thread on Intel. */
export type Cores = `${bigint} cores` | "1 core";
/** GiB of memory, a whole number, as AWS counts it: `'16GB'` is an instance of 16 GiB. */
export type Memory = `${bigint}GB`;
/** Size of a solid state volume, binary throughout: `'SSD 500GB'` is 500 GiB, `'SSD 1TB'` is 1024 GiB. */
export type Storage = `SSD ${bigint}GB` | `SSD ${bigint}TB`;
/** How often a backup is made. */
export type Frequency = "hourly" | "daily";
/** How long a backup is kept: `'30 days'`. */
export type Days = `${bigint} days` | "1 day";

const GIB_PER_TB = 1024;
export const MIB_PER_GIB = 1024;
export const MILLICORES_PER_CORE = 1000;

/** vCPUs of `'4 cores'`; undefined where it is no such quantity. */
export const coresOf = (quantity: unknown): number | undefined => amount(quantity, /^(?:([1-9]\d*) cores|(1) core)$/);

/** GiB of `'16GB'`; undefined where it is no such quantity. */
export const memoryGibOf = (quantity: unknown): number | undefined => amount(quantity, /^([1-9]\d*)GB$/);

/** GiB of `'SSD 500GB'` or `'SSD 1TB'`; undefined where it is no such quantity. */
export const storageGibOf = (quantity: unknown): number | undefined => {
  const terabytes = amount(quantity, /^SSD ([1-9]\d*)TB$/);
  return terabytes === undefined ? amount(quantity, /^SSD ([1-9]\d*)GB$/) : terabytes * GIB_PER_TB;
};

/** Days of `'30 days'`; undefined where it is no such quantity. */
export const daysOf = (quantity: unknown): number | undefined => amount(quantity, /^(?:([1-9]\d*) days|(1) day)$/);

/** Thousandths of a core of Kubernetes' `'250m'` or `'2'`; undefined where it is no such quantity. */
export const millicoresOf = (quantity: unknown): number | undefined => {
  const cores = amount(quantity, /^([1-9]\d*)$/);
  return cores === undefined ? amount(quantity, /^([1-9]\d*)m$/) : cores * MILLICORES_PER_CORE;
};

/** MiB of Kubernetes' `'512Mi'` or `'2Gi'`; undefined where it is no such quantity. */
export const mebibytesOf = (quantity: unknown): number | undefined => {
  const gibibytes = amount(quantity, /^([1-9]\d*)Gi$/);
  return gibibytes === undefined ? amount(quantity, /^([1-9]\d*)Mi$/) : gibibytes * MIB_PER_GIB;
};

function amount(quantity: unknown, pattern: RegExp): number | undefined {
  const match = typeof quantity === "string" ? pattern.exec(quantity) : null;
  return match === null ? undefined : Number(match[1] ?? match[2]);
}

/** A quantity within two others of its kind. */
export interface QuantityBounds<Quantity extends string> {
  readonly min: Quantity;
  readonly max: Quantity;
}

export const isCores: Rule = quantity("a number of cores such as '4 cores'", coresOf);
export const isMemory: Rule = quantity("a size such as '16GB'", memoryGibOf);
export const isStorage = (bounds: QuantityBounds<Storage>): Rule =>
  quantity("a size such as 'SSD 500GB' or 'SSD 1TB'", storageGibOf, bounds);
export const isDays = (bounds: QuantityBounds<Days>): Rule =>
  quantity("a number of days such as '30 days'", daysOf, bounds);
export const isPodCpu = (bounds: QuantityBounds<string>): Rule =>
  quantity("thousandths of a core such as '250m', or cores such as '2'", millicoresOf, bounds);
export const isPodMemory = (bounds: QuantityBounds<string>): Rule =>
  quantity("a size such as '512Mi' or '2Gi'", mebibytesOf, bounds);

/** Tokens do not pass: an instance type or a schedule is chosen at synth. */
function quantity(
  allowed: string,
  parse: (value: unknown) => number | undefined,
  bounds?: QuantityBounds<string>,
): Rule {
  const form = known(rule(allowed, (value) => parse(value) !== undefined));
  if (bounds === undefined) return form;
  const [min, max] = [parse(bounds.min) ?? 0, parse(bounds.max) ?? 0];
  return {
    ...form,
    problemsOf(value, path) {
      const size = parse(value);
      if (size === undefined) return form.problemsOf(value, path);
      return within({ min, max }, size)
        ? []
        : [{ path, message: `must be from '${bounds.min}' to '${bounds.max}', got ${shown(value)}` }];
    },
  };
}
