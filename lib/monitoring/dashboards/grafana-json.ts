/**
 * A type of Grafana's SDK as plain JSON: an enum is one of its texts, and methods are left out. Only the types of the SDK
 * are imported, because its builders are 250 modules, which took an eighth of the time to synthesize an environment.
 */
export type Json<T> = T extends string
  ? `${T}`
  : T extends readonly (infer Element)[]
    ? readonly Json<Element>[]
    : T extends object
      ? { readonly [Key in keyof T as T[Key] extends () => unknown ? never : Key]: Json<T[Key]> }
      : T;
