/** Roles that may do something, by its type: the seed's `commandPermissions` and `queryPermissions`. */
export type PermissionMap = Readonly<Record<string, readonly string[]>>;

/** Whose map and whose handlers do not agree: said before the first request, with all of it at once. */
export class PermissionsMismatchError extends Error {
  override readonly name = "PermissionsMismatchError";

  constructor(
    /** Types that are handled and that nobody may use. */
    readonly withoutPermission: readonly string[],
    /** Types that somebody may use and that nobody handles: mostly a spelling. */
    readonly withoutHandler: readonly string[],
  ) {
    super(
      [
        ...withoutPermission.map((type) => `'${type}' is handled, and no role may use it`),
        ...withoutHandler.map((type) => `'${type}' has roles, and no handler`),
      ].join("; "),
    );
  }
}

/** Who may do what. What is not named is nobody's. */
export class Permissions {
  /** A Map, for an object would answer for `constructor`. */
  private readonly roles: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(map: PermissionMap) {
    this.roles = new Map(Object.entries(map).map(([type, roles]) => [type, new Set(roles)]));
  }

  /** Whether one of the roles may do it. */
  allows(type: string, roles: readonly string[]): boolean {
    const allowed = this.roles.get(type);
    return allowed !== undefined && roles.some((role) => allowed.has(role));
  }

  /**
   * Called once at the start with the types that the service handles.
   * @throws {PermissionsMismatchError} when a handled type has no roles, or a type with roles no handler.
   */
  demandAgreement(handled: readonly string[]): void {
    const withoutPermission = handled.filter((type) => (this.roles.get(type)?.size ?? 0) === 0);
    const withoutHandler = [...this.roles.keys()].filter((type) => !handled.includes(type));
    if (withoutPermission.length > 0 || withoutHandler.length > 0)
      throw new PermissionsMismatchError(withoutPermission, withoutHandler);
  }
}
