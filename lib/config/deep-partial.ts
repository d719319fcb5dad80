/** An object of which anything may be missing, at any depth: what a user wrote, before it was checked. */
export type DeepPartial<T> = T extends object ? { readonly [K in keyof T]?: DeepPartial<T[K]> } : T;
