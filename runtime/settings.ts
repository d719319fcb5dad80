/** What is wrong with the settings, all of it: a service must not start with them. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(readonly problems: readonly string[]) {
    super(problems.join("; "));
  }
}
