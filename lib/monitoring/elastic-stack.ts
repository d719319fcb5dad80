/** Services that the operator makes, each over TLS with a certificate of its own authority. */
export const ELASTIC_STACK_SERVICES = {
  elasticsearch: { name: "elasticsearch-es-http", port: 9200 },
  kibana: { name: "kibana-kb-http", port: 5601 },
} as const;

/** Of Elasticsearch and Kibana, which must agree. Not the chart's default: that one would move with the chart. */
const VERSION = "9.5.0";
/** Three may lose one and still decide by majority. */
const NODES = 3;

/** A memory limit alone, and the same as asked for: Elasticsearch takes half of it for its heap, the rest for the files. */
const resources = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { memory } });

/** Values of eck-operator. */
export const ELASTIC_OPERATOR_VALUES = {
  podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  telemetry: { disabled: true },
};

export interface ElasticStackProps {
  readonly storageClassName: string;
}

/** Values of eck-stack: Elasticsearch and Kibana; the stack's other parts are off by default. */
export const elasticStackValues = ({ storageClassName }: ElasticStackProps): object => ({
  "eck-elasticsearch": {
    fullnameOverride: "elasticsearch",
    version: VERSION,
    // By default the volumes go with the cluster.
    volumeClaimDeletePolicy: "DeleteOnScaledownOnly",
    nodeSets: [
      {
        name: "default",
        count: NODES,
        // Nodes in different zones, and no shard with its copy in one.
        zoneAwareness: {},
        // Mapping files would need a kernel setting, and that a privileged container.
        config: { "node.store.allow_mmap": false },
        resources: resources("1", "4Gi"),
        volumeClaimTemplates: [
          {
            // The operator knows it by this name.
            metadata: { name: "elasticsearch-data" },
            spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "100Gi" } } },
          },
        ],
      },
    ],
  },
  "eck-kibana": {
    fullnameOverride: "kibana",
    version: VERSION,
    count: 2,
    elasticsearchRef: { name: "elasticsearch" },
    // 2 GiB is the least that Kibana starts with since 9.4.
    podTemplate: { spec: { containers: [{ name: "kibana", resources: resources("500m", "2Gi") }] } },
  },
});
