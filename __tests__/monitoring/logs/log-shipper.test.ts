import { type LogShipperProps, logShipperSecrets, logShipperValues } from "../../../lib/monitoring/logs/log-shipper";
import { ownValues, strangersIn } from "../../support/chart-values";
import { definitionProblems, hasDefinitions } from "../../support/custom-resources";
import { FREE_PATHS } from "../../support/free-paths";
import { secretValuesIn } from "../../support/secrets";

const props: LogShipperProps = { environment: "production", side: "write", host: "ingest.internal", port: 9200 };
const values = logShipperValues(props) as {
  readonly config: Readonly<Record<"service" | "inputs" | "filters" | "outputs", string>>;
  readonly securityContext: object;
};
const own = ownValues("fluent-bit");

/** Sections of Fluent Bit's own notation, each with its keys in order. The program itself does not run here. */
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
const valuesOf = (name: string) =>
  Object.fromEntries(all.find(({ entries }) => entries[0]?.[1] === name)?.entries ?? []);

(own ? test : test.skip)("has no value that fluent-bit does not know", () => {
  expect(strangersIn(values, own ?? {}, FREE_PATHS.fluentBit)).toEqual([]);
});

test("is a configuration of whole sections, none of whose keys is without a value", () => {
  expect(all.map(({ kind }) => kind)).toEqual(["SERVICE", "INPUT", "FILTER", "FILTER", "OUTPUT"]);
  for (const { entries } of all) for (const [key, value] of entries) expect([key, value]).not.toContain("");
});

test("is no template of Helm's", () => {
  expect(JSON.stringify(values)).not.toContain("{{");
});

test("reads every container's lines but its own, and goes on where it was", () => {
  expect(valuesOf("tail")).toMatchObject({
    Path: "/var/log/containers/*.log",
    Exclude_Path: "/var/log/containers/fluent-bit-*.log",
    "multiline.parser": "cri",
    DB: "/var/fluent-bit/tail.db",
    "storage.type": "filesystem",
  });
});

test("makes fields of a line that is JSON, and says where each is from", () => {
  expect(valuesOf("kubernetes")).toMatchObject({ Merge_Log: "On", Keep_Log: "Off", Annotations: "Off" });
  const [, , , modify] = all;
  expect(modify?.entries).toEqual(
    expect.arrayContaining([
      ["Set", "environment production"],
      ["Set", "side write"],
      ["Rename", "log message"],
      ["Remove", "@timestamp"],
    ]),
  );
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

test("writes the environment's data stream, and gives up within bounds", () => {
  expect(valuesOf("es")).toMatchObject({
    Index: "logs-cqrs-production",
    Write_Operation: "create",
    Suppress_Type_Name: "On",
    Retry_Limit: "10",
    "storage.total_limit_size": "2G",
  });
});

test("has no password, and no right of root's but to read", () => {
  expect(secretValuesIn(values)).toEqual([]);
  expect(values.securityContext).toMatchObject({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"], add: ["DAC_READ_SEARCH"] },
  });
});

(hasDefinitions ? test : test.skip)("gets its secrets as External Secrets wants them", () => {
  const secrets = logShipperSecrets("production", "production/logs-ca");
  expect(secrets.flatMap(definitionProblems)).toEqual([]);
  expect(secrets.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
    "logging/elasticsearch-log-shipper",
    "logging/elasticsearch-ca",
  ]);
});
