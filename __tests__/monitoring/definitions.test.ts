import { elasticStackValues } from "../../lib/monitoring/elastic-stack";
import { additionalPodMonitors } from "../../lib/monitoring/monitors";
import { prometheusValues } from "../../lib/monitoring/prometheus";
import type { RuleOptions } from "../../lib/monitoring/rules/options";
import { ruleGroups } from "../../lib/monitoring/rules/rules";
import { definitionProblems, hasDefinitions } from "../support/cluster/custom-resources";

type Values = Readonly<Record<string, unknown>>;
const metadata = { name: "some" };
const pick = (values: Values, keys: readonly string[]) =>
  Object.fromEntries(keys.filter((key) => values[key] !== undefined).map((key) => [key, values[key]]));

/** What charts hand on to custom resources as it stands: wrong words in it are found by nobody but the API server. */
(hasDefinitions ? describe : describe.skip)("what charts hand on is as the definitions want it", () => {
  test.each([
    ["that keeps everything", undefined],
    ["that brings it elsewhere", "ingest.internal"],
  ])("of a Prometheus %s", (_, writesTo) => {
    const { prometheusSpec } = prometheusValues({
      ...{ environment: "production", side: "write", storageClassName: "encrypted", writesTo },
    }) as { prometheusSpec: Values };
    const spec = {
      ...pick(prometheusSpec, [
        ...["replicas", "scrapeClasses", "externalLabels", "retention", "retentionSize", "resources"],
        ...["enableRemoteWriteReceiver", "tsdb", "remoteWrite"],
      ]),
      storage: prometheusSpec.storageSpec,
    };
    expect(definitionProblems({ apiVersion: "monitoring.coreos.com/v1", kind: "Prometheus", metadata, spec })).toEqual(
      [],
    );
  });

  test.each(["write", "read"] as const)("of the %s side's monitors", (side) => {
    for (const monitor of additionalPodMonitors(side)) {
      const { name: _, ...spec } = monitor as Values;
      expect(
        definitionProblems({ apiVersion: "monitoring.coreos.com/v1", kind: "PodMonitor", metadata, spec }),
      ).toEqual([]);
    }
  });

  test("of the rules", () => {
    const options: RuleOptions = {
      ...{ environment: "production", services: true, logs: true, runbooks: "docs/runbooks" },
      ...{ eventStore: { scraped: true }, backup: { frequency: "hourly", exported: true } },
    };
    for (const spec of Object.values(ruleGroups(options))) {
      expect(
        definitionProblems({ apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule", metadata, spec }),
      ).toEqual([]);
    }
  });

  test("of Elasticsearch and Kibana", () => {
    const values = elasticStackValues({
      storageClassName: "encrypted",
      logs: {
        ...{ certificateAuthority: "ca", users: ["a", "b"], roles: "roles", isIngest: true },
        archive: {
          roleArn: "arn:aws:iam::111122223333:role/a",
          region: "eu-central-1",
          serviceAccount: "elasticsearch",
        },
      },
    }) as Readonly<Record<string, Values>>;
    const { fullnameOverride: _, ...elasticsearch } = values["eck-elasticsearch"] ?? {};
    const { fullnameOverride: __, ...kibana } = values["eck-kibana"] ?? {};
    for (const [group, kind, spec] of [
      ["elasticsearch", "Elasticsearch", elasticsearch],
      ["kibana", "Kibana", kibana],
    ] as const) {
      expect(definitionProblems({ apiVersion: `${group}.k8s.elastic.co/v1`, kind, metadata, spec })).toEqual([]);
    }
  });
});
