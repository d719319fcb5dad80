import { ELASTIC_OPERATOR_VALUES, elasticStackValues } from "../../lib/monitoring/elastic-stack";
import { type FreePaths, ownValues, strangersIn } from "../support/chart-values";
import { secretValuesIn } from "../support/secrets";

const values = elasticStackValues({ storageClassName: "encrypted" });

const FREE: FreePaths = {
  "eck-elasticsearch.nodeSets": "a list, which replaces the chart's own as a whole",
  "eck-kibana.fullnameOverride": "commented out in the chart",
  "eck-kibana.podTemplate": "commented out in the chart; Kubernetes' own words",
};
const own = ownValues("eck-stack", ["eck-elasticsearch", "eck-kibana"]);
const ownOperator = ownValues("eck-operator");

(own ? test : test.skip)("has no value that eck-stack does not know", () => {
  expect(strangersIn(values, own ?? {}, FREE)).toEqual([]);
});

(ownOperator ? test : test.skip)("has no value that eck-operator does not know", () => {
  const free = { "podSecurityContext.seccompProfile": "Kubernetes' own words" };
  expect(strangersIn(ELASTIC_OPERATOR_VALUES, ownOperator ?? {}, free)).toEqual([]);
});

test("has three Elasticsearch nodes in different zones, each with a bounded memory and a volume of the given class", () => {
  expect(values).toMatchObject({
    "eck-elasticsearch": {
      nodeSets: [
        {
          count: 3,
          zoneAwareness: {},
          resources: { requests: { cpu: "1", memory: "4Gi" }, limits: { memory: "4Gi" } },
          volumeClaimTemplates: [
            {
              metadata: { name: "elasticsearch-data" },
              spec: { storageClassName: "encrypted", resources: { requests: { storage: "100Gi" } } },
            },
          ],
        },
      ],
    },
  });
});

test("keeps the volumes when the cluster goes", () => {
  expect(values).toMatchObject({ "eck-elasticsearch": { volumeClaimDeletePolicy: "DeleteOnScaledownOnly" } });
});

test("needs no privileged container", () => {
  expect(values).toMatchObject({
    "eck-elasticsearch": { nodeSets: [{ config: { "node.store.allow_mmap": false } }] },
  });
});

test("pins one version of both", () => {
  expect(values).toMatchObject({ "eck-elasticsearch": { version: "9.5.0" }, "eck-kibana": { version: "9.5.0" } });
});

test("has two Kibanas on that Elasticsearch, each with the 2 GiB that it needs", () => {
  expect(values).toMatchObject({
    "eck-elasticsearch": { fullnameOverride: "elasticsearch" },
    "eck-kibana": {
      count: 2,
      elasticsearchRef: { name: "elasticsearch" },
      podTemplate: {
        spec: {
          containers: [{ name: "kibana", resources: { requests: { memory: "2Gi" }, limits: { memory: "2Gi" } } }],
        },
      },
    },
  });
});

test("turns no other part of the stack on", () => {
  expect(Object.keys(values)).toEqual(["eck-elasticsearch", "eck-kibana"]);
});

test("has an operator whose pod is restricted, and tells nobody of us", () => {
  expect(ELASTIC_OPERATOR_VALUES).toEqual({
    podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    telemetry: { disabled: true },
  });
});

test("holds no secret", () => {
  expect([...secretValuesIn(values), ...secretValuesIn(ELASTIC_OPERATOR_VALUES)]).toEqual([]);
});
