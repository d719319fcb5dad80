export { type DecisionOptions, type DomainEvent, decideOn, type Fold, fromJson, toJson } from "./event-store/decision";
export { derivedEventId } from "./event-store/event-id";
export {
  type Appended,
  type CountedEvents,
  type EventStore,
  EventStoreUnavailableError,
  type ExpectedRevision,
  type NewEvent,
  type Reading,
  RevisionError,
  type StoredEvent,
  type StreamReading,
} from "./event-store/event-store";
export { comparePositions, type Position, positionOf, positionText } from "./event-store/position";
export { eventStoreProbe } from "./health/event-store-probe";
export { HealthHandler, type HealthHandlerOptions } from "./health/health-handler";
export { HealthServer, type HealthServerOptions } from "./health/health-server";
export type { ComponentHealth, HealthStatus } from "./health/health-status";
export { type HttpProbeProps, httpProbe } from "./health/http-probe";
export { type KurrentDbProbeProps, kurrentDbLeaderProbe, kurrentDbLiveProbe } from "./health/kurrentdb-probe";
export type { Finding, Probe } from "./health/probe";
export { type HealthCheckOptions, type HealthProbes, ProductionHealthCheck } from "./health/production-health-check";
export {
  type ProjectionLag,
  type ProjectionProbe,
  type ProjectionProbeProps,
  projectionProbe,
} from "./health/projection-probe";
export {
  type CommandOutcome,
  type MetricsOptions,
  ProductionMetrics,
  type QueryOutcome,
} from "./metrics/production-metrics";
export { EventProcessor, type EventProcessorOptions } from "./processors/event-processor";
export { type AuthDocument, readAuthDocument } from "./security/auth-document";
export { type AuthenticationSettings, authenticationSettings } from "./security/authentication-settings";
export {
  AuthenticationError,
  Authenticator,
  type AuthenticatorOptions,
  KeysUnavailableError,
  type Principal,
} from "./security/authenticator";
export { type PermissionMap, Permissions, PermissionsMismatchError } from "./security/permissions";
export { type Log, type LogLine, type LogOptions, serviceLog } from "./service/log";
export { MessageApi, type MessageApiOptions, type MessageContext, type MessageHandler } from "./service/message-api";
export type { Message } from "./service/message-body";
export { BadMessageError, RejectedError } from "./service/refusals";
export { type RunningService, type ServiceOptions, startService, type Work } from "./service/service";
export { type ServiceSettings, serviceSettings } from "./service/service-settings";
export { SettingsError } from "./settings";
