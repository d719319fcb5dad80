/**
 * A type of Grafana's SDK as plain JSON: an enum becomes its string values, and methods are omitted. The dashboards
 * import only types of the SDK. Its builders are 250 modules, which took an eighth of the time to synthesize an
 * environment.
 */
export type Json<T> = T extends string
  ? `${T}`
  : T extends readonly (infer Element)[]
    ? readonly Json<Element>[]
    : T extends object
      ? { readonly [Key in keyof T as T[Key] extends () => unknown ? never : Key]: Json<T[Key]> }
      : T;

/** A panel in Grafana's JSON. Published declarations must not import the SDK, because users do not install it. */
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
