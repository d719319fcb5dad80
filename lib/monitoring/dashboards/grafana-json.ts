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

/** A panel in Grafana's JSON. Published declarations name no type of the SDK, which users do not install. */
export type PanelJson = object;

/** A link of a dashboard or a panel in Grafana's JSON. */
export interface LinkJson {
  readonly title: string;
  readonly type: "dashboards" | "link";
  readonly icon: string;
  readonly tooltip: string;
  /** @default - the dashboards that have all `tags` */
  readonly url?: string;
  readonly tags: readonly string[];
  readonly asDropdown: boolean;
  readonly targetBlank: boolean;
  readonly includeVars: boolean;
  readonly keepTime: boolean;
}
