import { DEFAULT_LOGS, type LogsOptions } from "../config/logs";
import { ELASTICSEARCH_CPU, POD_REPLICAS, POD_RESOURCES } from "../config/pod-resources";
import { memoryGibOf, storageGibOf } from "../config/quantities";
import { withDefaults } from "../core/defaults";
import { spreadOver } from "../kubernetes/spread";
import { INGEST_PORTS } from "./ingest-ports";

/** Services that the operator makes, each over TLS with a certificate of its own authority. */
export const ELASTIC_STACK_SERVICES = {
  elasticsearch: { name: "elasticsearch-es-http", port: 9200 },
  kibana: { name: "kibana-kb-http", port: 5601 },
} as const;

/** Of Elasticsearch and Kibana, which must agree. Not the chart's default: that one would move with the chart. */
export const ELASTIC_VERSION = "9.5.0";
/** Its name, from which the operator makes the names of its objects and a label of its pods. */
const KIBANA = "kibana";

/** The same memory requested and at most: Elasticsearch takes half of it for its heap, the rest for the files. */
const nodeResources = (memory: string) => ({ requests: { cpu: ELASTICSEARCH_CPU, memory }, limits: { memory } });

/** Values of eck-operator. */
export const ELASTIC_OPERATOR_VALUES = {
  resources: POD_RESOURCES.elasticOperator,
  podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  telemetry: { disabled: true },
};

export interface ElasticStackProps {
  readonly storageClassName: string;
  readonly options?: LogsOptions;
  /** What makes it a place that logs are shipped to. @default - nobody but the operator's own users may sign in */
  readonly logs?: LogStore;
}

/** What Elasticsearch needs for others' lines, by the names of Kubernetes' secrets. */
export interface LogStore {
  /** With `ca.crt` and `ca.key`, of which its certificate is made. */
  readonly certificateAuthority: string;
  /** Each with `username`, `password` and `roles`. */
  readonly users: readonly string[];
  /** With `roles.yml`. */
  readonly roles: string;
  /** Whether another cluster brings its lines, to a port of every node. */
  readonly isIngest: boolean;
  /** Where snapshots go, and as whom. */
  readonly archive: { readonly roleArn: string; readonly region: string; readonly serviceAccount: string };
}

/** Values of eck-stack: Elasticsearch and Kibana; the stack's other parts are off by default. */
export const elasticStackValues = ({ storageClassName, options, logs }: ElasticStackProps): object => {
  const { storage, memory } = withDefaults(DEFAULT_LOGS, options);
  return {
    "eck-elasticsearch": {
      fullnameOverride: "elasticsearch",
      version: ELASTIC_VERSION,
      // By default the volumes go with the cluster.
      volumeClaimDeletePolicy: "DeleteOnScaledownOnly",
      nodeSets: [
        {
          name: "default",
          count: POD_REPLICAS.elasticsearch,
          // Nodes in different zones, and no shard with its copy in one.
          zoneAwareness: {},
          config: {
            // Mapping files would need a kernel setting, and that a privileged container.
            "node.store.allow_mmap": false,
            ...(logs && { "s3.client.default.region": logs.archive.region }),
          },
          resources: nodeResources(`${memoryGibOf(memory)}Gi`),
          ...(logs && { podTemplate: { spec: archivePod(logs.archive) } }),
          volumeClaimTemplates: [
            {
              // The operator knows it by this name.
              metadata: { name: "elasticsearch-data" },
              spec: {
                storageClassName,
                accessModes: ["ReadWriteOnce"],
                resources: { requests: { storage: `${storageGibOf(storage)}Gi` } },
              },
            },
          ],
        },
      ],
      ...(logs && {
        auth: {
          fileRealm: logs.users.map((secretName) => ({ secretName })),
          roles: [{ secretName: logs.roles }],
        },
        http: {
          tls: { certificate: { secretName: logs.certificateAuthority } },
          ...(logs.isIngest && { service: INGEST_SERVICE }),
        },
      }),
    },
    "eck-kibana": {
      fullnameOverride: KIBANA,
      version: ELASTIC_VERSION,
      count: POD_REPLICAS.kibana,
      elasticsearchRef: { name: "elasticsearch" },
      podTemplate: {
        spec: {
          // 2 GiB is the least that Kibana starts with since 9.4.
          containers: [{ name: "kibana", resources: POD_RESOURCES.kibana }],
          // Unlike Elasticsearch's pods, the operator does not spread these by itself.
          topologySpreadConstraints: spreadOver({ "kibana.k8s.elastic.co/name": KIBANA }, "zone"),
        },
      },
    },
  };
};

const INGEST_SERVICE = {
  spec: {
    type: "NodePort",
    ports: [
      {
        name: "https",
        port: ELASTIC_STACK_SERVICES.elasticsearch.port,
        targetPort: ELASTIC_STACK_SERVICES.elasticsearch.port,
        nodePort: INGEST_PORTS.elasticsearch.node,
      },
    ],
  },
} as const;

/** The only file of credentials that Elasticsearch 9.5 lets its own code read. */
const TOKEN = { folder: "/usr/share/elasticsearch/config/repository-s3", file: "aws-web-identity-token-file" } as const;
/** A day, as AWS has it; the kubelet brings a new one in time. */
const TOKEN_SECONDS = 86_400;

/** A pod that takes a role at AWS by a token of its service account. */
const archivePod = ({ roleArn, region, serviceAccount }: LogStore["archive"]) => ({
  serviceAccountName: serviceAccount,
  containers: [
    {
      name: "elasticsearch",
      env: [
        { name: "AWS_WEB_IDENTITY_TOKEN_FILE", value: `${TOKEN.folder}/${TOKEN.file}` },
        { name: "AWS_ROLE_ARN", value: roleArn },
        // For the client that asks for the role: it does not know S3's setting, and no pod may ask its node.
        { name: "AWS_REGION", value: region },
      ],
      volumeMounts: [{ name: "aws-token", mountPath: TOKEN.folder, readOnly: true }],
    },
  ],
  volumes: [
    {
      name: "aws-token",
      projected: {
        sources: [
          {
            serviceAccountToken: {
              audience: "sts.amazonaws.com",
              expirationSeconds: TOKEN_SECONDS,
              path: TOKEN.file,
            },
          },
        ],
      },
    },
  ],
});
