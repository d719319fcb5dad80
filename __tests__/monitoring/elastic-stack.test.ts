import { ELASTIC_OPERATOR_VALUES, elasticStackValues } from "../../lib/monitoring/elastic-stack";
import { ownValues, strangersIn } from "../support/chart-values";
import { FREE_PATHS, SUBCHARTS } from "../support/free-paths";
import { secretValuesIn } from "../support/secrets";

const values = elasticStackValues({ storageClassName: "encrypted" });

const own = ownValues("eck-stack", SUBCHARTS.eckStack);
const ownOperator = ownValues("eck-operator");

(own ? test : test.skip)("has no value that eck-stack does not know", () => {
  expect(strangersIn(values, own ?? {}, FREE_PATHS.eckStack)).toEqual([]);
});

(ownOperator ? test : test.skip)("has no value that eck-operator does not know", () => {
  expect(strangersIn(ELASTIC_OPERATOR_VALUES, ownOperator ?? {}, FREE_PATHS.eckOperator)).toEqual([]);
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
