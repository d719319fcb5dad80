import { DEFAULT_LOGS, type LogsOptions } from "../../config/logs";
import { daysOf } from "../../config/quantities";
import { withDefaults } from "../../core/defaults";
import { LOG_FIELDS, LOG_STREAMS, logStream, ORIGIN_FIELDS } from "./log-fields";

/** What Elasticsearch is told, in order: a document by the path that it is put to. */
export interface LifecycleStep {
  readonly path: string;
  readonly document: object;
  /** Whether it may not be there yet: a stream is made by its first line. */
  readonly isOptional?: boolean;
}

export interface LifecycleProps {
  readonly environment: string;
  readonly options?: LogsOptions;
  /** Bucket of the snapshots. */
  readonly bucket: string;
}

/** Above Elasticsearch's own template for logs of any kind, which has 100. */
const PRIORITY = 500;
/** Each shard is on two of three nodes. */
const COPIES = 1;
/** Ours: with fewer, a month in which every snapshot failed would leave none. */
const LEAST_SNAPSHOTS = 3;
const REPOSITORY = "s3";
const POLICY = "nightly";
/** At night, UTC: Elasticsearch's own words for it. */
const NIGHTLY = "0 30 1 * * ?";

export const logLifecycle = ({ environment, options, bucket }: LifecycleProps): readonly LifecycleStep[] => {
  const { retention, snapshots } = withDefaults(DEFAULT_LOGS, options);
  const lifecycle = { data_retention: `${daysOf(retention)}d` };
  return [
    { path: "_index_template/logs-cqrs", document: template(lifecycle) },
    // What stands already keeps its own, unless told.
    { path: `_data_stream/${logStream(environment)}/_lifecycle`, document: lifecycle, isOptional: true },
    { path: `_snapshot/${REPOSITORY}`, document: { type: "s3", settings: { bucket, base_path: environment } } },
    {
      path: `_slm/policy/${POLICY}`,
      document: {
        schedule: NIGHTLY,
        name: "<nightly-{now/d}>",
        repository: REPOSITORY,
        config: { indices: LOG_STREAMS, include_global_state: false },
        retention: { expire_after: `${daysOf(snapshots.retention)}d`, min_count: LEAST_SNAPSHOTS },
      },
    },
  ];
};

const template = (lifecycle: object) => ({
  index_patterns: [LOG_STREAMS],
  data_stream: {},
  priority: PRIORITY,
  template: {
    settings: {
      "index.number_of_replicas": COPIES,
      // A line whose field is of another type is kept, without that field.
      "index.mapping.ignore_malformed": true,
    },
    mappings: {
      // What nobody has named can be read, and not searched: every new name would be a field for ever.
      dynamic: false,
      properties: properties(),
    },
    lifecycle,
    // What does not fit all the same is kept beside.
    data_stream_options: { failure_store: { enabled: true } },
  },
});

const properties = () => ({
  "@timestamp": { type: "date" },
  ...Object.fromEntries(Object.entries({ ...LOG_FIELDS, ...ORIGIN_FIELDS }).map(([field, type]) => [field, { type }])),
});
