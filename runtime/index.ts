export {
  type CommandOutcome,
  type MetricsOptions,
  ProductionMetrics,
  type QueryOutcome,
} from "./metrics/production-metrics";
export { type AuthenticationSettings, authenticationSettings, SettingsError } from "./security/authentication-settings";
export {
  AuthenticationError,
  Authenticator,
  type AuthenticatorOptions,
  KeysUnavailableError,
  type Principal,
} from "./security/authenticator";
export { type PermissionMap, Permissions, PermissionsMismatchError } from "./security/permissions";
