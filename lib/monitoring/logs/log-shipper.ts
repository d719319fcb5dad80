import { POD_RESOURCES } from "../../config/pod-resources";
import type { Side } from "../../config/side";
import { CHARTS } from "../../kubernetes/charts";
import { externalSecret } from "../../kubernetes/external-secret";
import type { Manifest } from "../../kubernetes/manifest-release";
import { NAMESPACES } from "../../kubernetes/namespaces";
import { ELASTIC_STACK_SERVICES } from "../elastic-stack";
import { MONITORING_SECRET_STORE } from "../monitoring-secrets";
import { logStream } from "./log-fields";
import { loginManifest, loginSecret } from "./log-users";

export interface LogShipperProps {
  readonly environment: string;
  readonly side: Side;
  /** Where Elasticsearch is reached. */
  readonly host: string;
  readonly port: number;
}

/** The secret with the certificate authority of Elasticsearch's certificate. */
const CA_SECRET = "elasticsearch-ca";
const CA_FOLDER = "/fluent-bit/ca";
/** On the node, so that nothing is lost or told twice when a pod is another. */
const STATE = { host: "/var/lib/fluent-bit", container: "/var/fluent-bit" } as const;
/** What a node keeps while Elasticsearch is away: some hours of its pods' lines. */
const BUFFER_LIMIT = "2G";
/** The longest wait between two tries: when Elasticsearch is back, no line is behind for longer. */
const LONGEST_WAIT_SECONDS = 300;
/** Waits are half of the longest one on the average: some hours in all. What is then left is given up, and told. */
const TRIES = 200;
/** The name that Elasticsearch's certificate has, whichever way it is reached. */
const SERVICE = `${ELASTIC_STACK_SERVICES.elasticsearch.name}.${CHARTS.eckStack.namespace}.svc`;

type Section = readonly (readonly [key: string, value: string])[];

const SERVICE_SECTION: Section = [
  ["Daemon", "Off"],
  ["Flush", "1"],
  ["Log_Level", "info"],
  ["Parsers_File", "/fluent-bit/etc/parsers.conf"],
  ["HTTP_Server", "On"],
  ["HTTP_Listen", "0.0.0.0"],
  ["HTTP_Port", "2020"],
  ["Health_Check", "On"],
  ["storage.path", `${STATE.container}/buffer`],
  ["storage.max_chunks_up", "64"],
  ["storage.backlog.mem_limit", "32M"],
  ["storage.metrics", "On"],
  ["scheduler.cap", `${LONGEST_WAIT_SECONDS}`],
];

const INPUT: Section = [
  ["Name", "tail"],
  ["Path", "/var/log/containers/*.log"],
  // Its own lines about a line that it can't ship would never end.
  ["Exclude_Path", "/var/log/containers/fluent-bit-*.log"],
  ["Tag", "kube.*"],
  ["multiline.parser", "cri"],
  ["DB", `${STATE.container}/tail.db`],
  // On a new node, others start before this does: their first words are lines, too.
  ["Read_From_Head", "On"],
  ["Skip_Long_Lines", "On"],
  ["Refresh_Interval", "5"],
  ["storage.type", "filesystem"],
];

/** Files of our services' containers, as tags: `kube.var.log.containers.<pod>_<namespace>_<container>-<id>.log`. */
const OURS = `(?:${NAMESPACES.commands}|${NAMESPACES.queries})_`;
const IN_NAMESPACE = "^kube\\.var\\.log\\.containers\\.[^_]+_";

/** Where a line is from. Only what our services write is taken apart: others mean something else by the same names. */
const origin = (tags: string, isJson: boolean): Section => [
  ["Name", "kubernetes"],
  ["Match_Regex", tags],
  ["Merge_Log", isJson ? "On" : "Off"],
  ["Keep_Log", isJson ? "Off" : "On"],
  // A pod's description: where it does not fit, its lines say nothing of where they are from. The default is 32 KiB.
  ["Buffer_Size", "256k"],
  ["K8S-Logging.Parser", "Off"],
  ["K8S-Logging.Exclude", "On"],
  ["Labels", "Off"],
  ["Annotations", "Off"],
];

const filters = ({ environment, side }: LogShipperProps): readonly Section[] => [
  [
    ["Name", "modify"],
    ["Match", "kube.*"],
    // The container runtime's own words: its stream is not the one that a service's line names.
    ["Remove", "time"],
    ["Remove", "stream"],
    ["Remove", "_p"],
  ],
  origin(`${IN_NAMESPACE}${OURS}`, true),
  origin(`${IN_NAMESPACE}(?!${OURS})`, false),
  [
    ["Name", "modify"],
    ["Match", "kube.*"],
    ["Set", `environment ${environment}`],
    ["Set", `side ${side}`],
    // A line that is none has but its text.
    ["Rename", "log message"],
    // A line's own, whatever it says, would take the place of the time that the output writes.
    ["Remove", "@timestamp"],
  ],
];

const output = ({ environment, host, port }: LogShipperProps): Section => [
  ["Name", "es"],
  ["Match", "kube.*"],
  ["Host", host],
  ["Port", `${port}`],
  ["Index", logStream(environment)],
  ["Write_Operation", "create"],
  ["Suppress_Type_Name", "On"],
  ["HTTP_User", `\${ELASTICSEARCH_USER}`],
  ["HTTP_Passwd", `\${ELASTICSEARCH_PASSWORD}`],
  ["tls", "On"],
  ["tls.verify", "On"],
  // By default the certificate may be anybody's.
  ["tls.verify_hostname", "On"],
  ["tls.vhost", SERVICE],
  ["tls.ca_file", `${CA_FOLDER}/ca.crt`],
  ["Compress", "gzip"],
  ["Buffer_Size", "2M"],
  ["Trace_Error", "On"],
  ["Retry_Limit", `${TRIES}`],
  ["storage.total_limit_size", BUFFER_LIMIT],
];

/** The chart takes texts, in Fluent Bit's own notation. */
const sections = (kind: string, all: readonly Section[]): string =>
  all.map((section) => [`[${kind}]`, ...section.map(([key, value]) => `    ${key} ${value}`), ""].join("\n")).join("");

const login = (key: "username" | "password") => ({
  valueFrom: { secretKeyRef: { name: loginSecret("log-shipper"), key } },
});

/** Values of fluent-bit: the lines of every container on every node, to Elasticsearch. */
export const logShipperValues = (props: LogShipperProps): object => ({
  testFramework: { enabled: false },
  config: {
    service: sections("SERVICE", [SERVICE_SECTION]),
    inputs: sections("INPUT", [INPUT]),
    filters: sections("FILTER", filters(props)),
    outputs: sections("OUTPUT", [output(props)]),
    customParsers: "",
  },
  env: [
    { name: "ELASTICSEARCH_USER", ...login("username") },
    { name: "ELASTICSEARCH_PASSWORD", ...login("password") },
  ],
  daemonSetVolumes: [
    { name: "logs", hostPath: { path: "/var/log" } },
    { name: "state", hostPath: { path: STATE.host, type: "DirectoryOrCreate" } },
  ],
  daemonSetVolumeMounts: [
    { name: "logs", mountPath: "/var/log", readOnly: true },
    { name: "state", mountPath: STATE.container },
  ],
  extraVolumes: [{ name: "ca", secret: { secretName: CA_SECRET, items: [{ key: "ca.crt", path: "ca.crt" }] } }],
  extraVolumeMounts: [{ name: "ca", mountPath: CA_FOLDER, readOnly: true }],
  // Root, for the node's files are root's; and nothing of what root may otherwise do.
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"], add: ["DAC_READ_SEARCH"] },
    seccompProfile: { type: "RuntimeDefault" },
  },
  resources: POD_RESOURCES.logShipper,
  // Every node has lines.
  tolerations: [{ operator: "Exists" }],
});

/** The Kubernetes secrets that it reads: as whom it ships, and how it knows to whom. */
export const logShipperSecrets = (environment: string, certificateAuthority: string): readonly Manifest[] => {
  const { namespace } = CHARTS.fluentBit;
  return [
    loginManifest(environment, "log-shipper", namespace),
    externalSecret({
      name: CA_SECRET,
      namespace,
      store: MONITORING_SECRET_STORE,
      data: { "ca.crt": { secret: certificateAuthority, property: "ca.crt" } },
    }),
  ];
};
