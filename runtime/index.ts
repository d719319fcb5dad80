export { type Cache, CacheUnavailableError } from "./cache/cache";
export { CachedAnswers, type CachedAnswersOptions } from "./cache/cached-answers";
export type { ConsumerLag } from "./event-store/consumer-lag";
export {
  type DecisionOptions,
  type DomainEvent,
  decideOn,
  type Fold,
  fromJson,
  readState,
  type StateReading,
  toJson,
} from "./event-store/decision";
export { batchesOf, type EventLog, type SettledLog } from "./event-store/event-batches";
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
export {
  type Snapshot,
  type SnapshotForm,
  type SnapshotStore,
  Snapshots,
  type SnapshotsOptions,
} from "./event-store/snapshots";
export { Failures } from "./failures";
export { cacheProbe } from "./health/cache-probe";
export { eventStoreProbe } from "./health/event-store-probe";
export { HealthHandler, type HealthHandlerOptions } from "./health/health-handler";
export { HealthServer, type HealthServerOptions } from "./health/health-server";
export type { ComponentHealth, HealthStatus } from "./health/health-status";
export { type HttpProbeProps, httpProbe } from "./health/http-probe";
export { type KurrentDbProbeProps, kurrentDbLeaderProbe, kurrentDbLiveProbe } from "./health/kurrentdb-probe";
export { type Finding, type Probe, type Watched, watchedProbe } from "./health/probe";
export { type ProcessorProbe, type ProcessorProbeProps, processorProbe } from "./health/processor-probe";
export { type HealthCheckOptions, type HealthProbes, ProductionHealthCheck } from "./health/production-health-check";
export { type ProjectionProbe, type ProjectionProbeProps, projectionProbe } from "./health/projection-probe";
export { DataKeys, type DataKeysOptions, type ForgottenListener } from "./keys/data-keys";
export type { KeyCacheLimits } from "./keys/key-cache";
export { rewrapDataKeys } from "./keys/rewrap-data-keys";
export {
  type SubjectKey,
  type SubjectKeys,
  SubjectKeysUnavailableError,
  type SubjectLedger,
  SubjectLedgerUnavailableError,
} from "./keys/subject-keys";
export {
  type KeyContext,
  KeyRefusedError,
  KeyServiceUnavailableError,
  type WrappedKey,
  type WrappingKeys,
} from "./keys/wrapping-keys";
export {
  type CommandOutcome,
  type MetricsOptions,
  ProductionMetrics,
  type QueryOutcome,
} from "./metrics/production-metrics";
export { EventProcessor, type EventProcessorOptions } from "./processors/event-processor";
export { ownPartitions, type PartitionSettings, partitionOf, partitionSettings } from "./projections/partitions";
export type { Projection } from "./projections/projection";
export { ProjectionWorker, type ProjectionWorkerOptions } from "./projections/projection-worker";
export { type Columns, put, type RowChange, remove, set } from "./projections/row-changes";
export {
  CheckpointMovedError,
  type Move,
  type Partition,
  PartitionsDifferError,
  type ReadModels,
  ReadModelsUnavailableError,
} from "./read-models/read-models";
export { type BackupOptions, type BackupStage, backUp } from "./recovery/backup/backup";
export { BackupCatalog, BackupMissingError, ManifestError } from "./recovery/backup/backup-catalog";
export {
  type BackupStorage,
  BackupStorageError,
  ObjectExistsError,
  ObjectMissingError,
  type StoredObject,
  type Writing,
  type WrittenObject,
} from "./recovery/backup/backup-storage";
export type { Manifest, SealedManifest } from "./recovery/backup/manifest";
export type { DumpedTable, ModelSnapshot, ModelSource } from "./recovery/backup/model-dump";
export {
  type BackupResult,
  DisasterRecovery,
  type DisasterRecoveryOptions,
  type Recovered,
} from "./recovery/disaster-recovery";
export { EventStoreReplacedError } from "./recovery/event-store-replaced-error";
export { type RebuildOptions, type RebuildStage, type Rebuilt, rebuild } from "./recovery/rebuild/rebuild";
export type { RebuildTarget } from "./recovery/rebuild/rebuild-target";
export { ReplayStoppedError } from "./recovery/rebuild/replay";
export { AppendedEventImport } from "./recovery/restore/appended-event-import";
export {
  type EventImport,
  type ImportGround,
  OthersInPlaceError,
  type Replaced,
  StoreChangedError,
  StoreDamagedError,
  StoreNotEmptyError,
} from "./recovery/restore/event-import";
export { type Restored, type RestoreOptions, type RestoreStage, restore } from "./recovery/restore/restore";
export type { StageReport } from "./recovery/stage-report";
export { DeletedSubjects } from "./recovery/subjects/deleted-subjects";
export { FINDINGS, type FindingKind, UnsoundBackupError } from "./recovery/verify/finding";
export type { ModelCheck } from "./recovery/verify/model-check";
export { type VerifiedBackup, type VerifyBackupOptions, verifyBackup } from "./recovery/verify/verify-backup";
export { type VerifiedModels, type VerifyModelsOptions, verifyModels } from "./recovery/verify/verify-models";
export { type AuthDocument, readAuthDocument } from "./security/auth-document";
export { type AuthenticationSettings, authenticationSettings } from "./security/authentication-settings";
export {
  AuthenticationError,
  Authenticator,
  type AuthenticatorOptions,
  type Principal,
} from "./security/authenticator";
export { BlindIndex } from "./security/encryption/blind-index";
export {
  ForgottenSubjectError,
  TamperedValueError,
  UnencryptedValueError,
  UnknownFormatError,
  UnknownKeyError,
} from "./security/encryption/encryption-errors";
export { EventEncryption, type EventPlace } from "./security/encryption/event-encryption";
export {
  type DecryptedRecord,
  type EncryptedRecord,
  FieldEncryption,
  SENSITIVE_FIELDS,
} from "./security/encryption/field-encryption";
export type { RecordPlace } from "./security/encryption/place";
export { isRedacted, REDACTED, type Redacted } from "./security/encryption/redacted";
export { KeysUnavailableError, SigningKeyUnknownError } from "./security/issuer-keys";
export { type PermissionMap, Permissions, PermissionsMismatchError } from "./security/permissions";
export { type Log, type LogLine, type LogOptions, serviceLog } from "./service/log";
export { MessageApi, type MessageApiOptions, type MessageContext, type MessageHandler } from "./service/message-api";
export type { Message } from "./service/message-body";
export { BadMessageError, RejectedError } from "./service/refusals";
export { type RunningService, type ServiceOptions, startService, type Work } from "./service/service";
export { type ServiceSettings, serviceSettings } from "./service/service-settings";
export { SettingsError } from "./settings";
