import { type LogShipperProps, logShipperSecrets, logShipperValues } from "../../../lib/monitoring/logs/log-shipper";
import { ownValues, strangersIn } from "../../support/cluster/chart-values";
import { definitionProblems, hasDefinitions } from "../../support/cluster/custom-resources";
import { FREE_PATHS } from "../../support/cluster/free-paths";
import { secretValuesIn } from "../../support/synthesis/secrets";

const props: LogShipperProps = { environment: "production", side: "write", host: "ingest.internal", port: 9200 };
const values = logShipperValues(props) as {
  readonly config: Readonly<Record<"service" | "inputs" | "filters" | "outputs", string>>;
  readonly env: readonly object[];
  readonly daemonSetVolumeMounts: readonly object[];
  readonly securityContext: object;
  readonly tolerations: readonly object[];
};
const own = ownValues("fluent-bit");

/** Sections of Fluent Bit's own notation, each with its keys in order. A stand-in for the program, which does not run here. */
function parsed(text: string): { readonly kind: string; readonly entries: [string, string][] }[] {
  return text
    .split(/^(?=\[)/m)
    .filter((section) => section.trim() !== "")
    .map((section) => {
      const [head = "", ...lines] = section.trimEnd().split("\n");
      const entries = lines.map((line): [string, string] => {
        const [, key = "", value = ""] = /^ {4}(\S+) (.+)$/.exec(line) ?? [];
        return [key, value];
      });
      return { kind: head.slice(1, -1), entries };
    });
}
const all = Object.values(values.config).flatMap(parsed);
const called = (name: string) => all.filter(({ entries }) => entries[0]?.[1] === name).map(({ entries }) => entries);
const valuesOf = (name: string) => Object.fromEntries(called(name)[0] ?? []);

/** As `tail` names the lines of a container. */
const tagOf = (namespace: string) => `kube.var.log.containers.a-pod-0_${namespace}_app-${"0".repeat(64)}.log`;
/** The filters for Kubernetes that take up lines of a namespace. */
const originOf = (namespace: string) =>
  called("kubernetes")
    .map((entries) => Object.fromEntries(entries))
    .filter(({ Match_Regex = "" }) => new RegExp(Match_Regex).test(tagOf(namespace)));

(own ? test : test.skip)("has no value that fluent-bit does not know", () => {
  expect(strangersIn(values, own ?? {}, FREE_PATHS.fluentBit)).toEqual([]);
});

test("is whole sections, none of whose keys is without a value, as read by this test and not by Fluent Bit itself", () => {
  const kinds = ["SERVICE", "INPUT", "FILTER", "FILTER", "FILTER", "FILTER", "OUTPUT"];
  expect(all.map(({ kind }) => kind)).toEqual(kinds);
  for (const { entries } of all) for (const [key, value] of entries) expect([key, value]).not.toContain("");
});

test("is no template of Helm's", () => {
  expect(JSON.stringify(values)).not.toContain("{{");
});

test("reads every container's lines but its own, from the first on, and goes on where it was", () => {
  expect(valuesOf("tail")).toMatchObject({
    Path: "/var/log/containers/*.log",
    Exclude_Path: "/var/log/containers/fluent-bit-*.log",
    "multiline.parser": "cri",
    Read_From_Head: "On",
    DB: "/var/fluent-bit/tail.db",
    "storage.type": "filesystem",
  });
});

test.each(["commands", "queries"])("makes fields of a line from %s that is JSON", (namespace) => {
  expect(originOf(namespace)).toEqual([expect.objectContaining({ Merge_Log: "On", Keep_Log: "Off" })]);
});

test.each(["elastic", "kube-system", "commands-of-others", "monitoring"])(
  "leaves a line from %s as it is, whose fields may mean something else",
  (namespace) => {
    expect(originOf(namespace)).toEqual([expect.objectContaining({ Merge_Log: "Off", Keep_Log: "On" })]);
  },
);

test("has neither labels nor annotations, and takes up a pod's description of more than 32 KiB", () => {
  for (const entries of called("kubernetes"))
    expect(Object.fromEntries(entries)).toMatchObject({ Labels: "Off", Annotations: "Off", Buffer_Size: "256k" });
});

test("says where each line is from, and nothing that only the container's runtime means", () => {
  const [before, after] = called("modify");
  expect(before?.slice(2)).toEqual([
    ["Remove", "time"],
    ["Remove", "stream"],
    ["Remove", "_p"],
  ]);
  expect(after?.slice(2)).toEqual([
    ["Set", "environment production"],
    ["Set", "side write"],
    ["Rename", "log message"],
    ["Remove", "@timestamp"],
  ]);
});

test("speaks to whoever has Elasticsearch's certificate, and to nobody else", () => {
  expect(valuesOf("es")).toMatchObject({
    Host: "ingest.internal",
    Port: "9200",
    tls: "On",
    "tls.verify": "On",
    "tls.verify_hostname": "On",
    "tls.vhost": "elasticsearch-es-http.elastic.svc",
    "tls.ca_file": "/fluent-bit/ca/ca.crt",
  });
});

test("writes the environment's data stream, tries again for hours, and gives up within bounds", () => {
  const [service] = all;
  expect(Object.fromEntries(service?.entries ?? [])).toMatchObject({ "scheduler.cap": "300" });
  expect(valuesOf("es")).toMatchObject({
    Index: "logs-cqrs-production",
    Write_Operation: "create",
    Suppress_Type_Name: "On",
    Retry_Limit: "200",
    "storage.total_limit_size": "2G",
  });
});

test("signs in as the shipper, with a password that only its pods have", () => {
  expect(secretValuesIn(values)).toEqual([]);
  const from = (key: string) => ({ valueFrom: { secretKeyRef: { name: "elasticsearch-log-shipper", key } } });
  expect(values.env).toEqual([
    { name: "ELASTICSEARCH_USER", ...from("username") },
    { name: "ELASTICSEARCH_PASSWORD", ...from("password") },
  ]);
  const variable = (name: string) => `\${${name}}`;
  expect(valuesOf("es")).toMatchObject({
    HTTP_User: variable("ELASTICSEARCH_USER"),
    HTTP_Passwd: variable("ELASTICSEARCH_PASSWORD"),
  });
});

test("has no right of root's but to read, and writes into one folder of its node", () => {
  expect(values.securityContext).toMatchObject({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"], add: ["DAC_READ_SEARCH"] },
  });
  expect(values.daemonSetVolumeMounts).toEqual([
    { name: "logs", mountPath: "/var/log", readOnly: true },
    { name: "state", mountPath: "/var/fluent-bit" },
  ]);
});

test("is on every node", () => {
  expect(values.tolerations).toEqual([{ operator: "Exists" }]);
});

(hasDefinitions ? test : test.skip)("gets its secrets as External Secrets wants them", () => {
  const secrets = logShipperSecrets("production", "production/logs-ca");
  expect(secrets.flatMap(definitionProblems)).toEqual([]);
  expect(secrets.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
    "logging/elasticsearch-log-shipper",
    "logging/elasticsearch-ca",
  ]);
});
