import { ELASTIC_OPERATOR_VALUES, elasticStackValues } from "../../lib/monitoring/elastic-stack";
import { ownValues, strangersIn } from "../support/cluster/chart-values";
import { FREE_PATHS, SUBCHARTS } from "../support/cluster/free-paths";
import { secretValuesIn } from "../support/synthesis/secrets";

const values = elasticStackValues({ storageClassName: "encrypted" });

const logs = {
  certificateAuthority: "elasticsearch-ca",
  users: ["elasticsearch-log-shipper", "elasticsearch-log-reader"],
  roles: "elasticsearch-roles",
  isIngest: true,
  archive: { roleArn: "arn:aws:iam::111122223333:role/a", region: "eu-central-1", serviceAccount: "elasticsearch" },
};
const shipped = elasticStackValues({
  storageClassName: "encrypted",
  options: { storage: "SSD 1TB", memory: "16GB" },
  logs,
});

const own = ownValues("eck-stack", SUBCHARTS.eckStack);
const ownOperator = ownValues("eck-operator");

(own ? test : test.skip)("has no value that eck-stack does not know", () => {
  expect(strangersIn(shipped, own ?? {}, FREE_PATHS.eckStack)).toEqual([]);
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
    resources: { requests: { cpu: "100m", memory: "150Mi" }, limits: { memory: "1Gi" } },
    telemetry: { disabled: true },
  });
});

test("holds no secret", () => {
  expect([...secretValuesIn(values), ...secretValuesIn(ELASTIC_OPERATOR_VALUES)]).toEqual([]);
});

describe("as a place that logs are shipped to", () => {
  const elasticsearch = (it: object) => (it as Record<string, Record<string, unknown>>)["eck-elasticsearch"] ?? {};

  test("has the asked memory and volume", () => {
    expect(elasticsearch(shipped).nodeSets).toMatchObject([
      {
        resources: { requests: { memory: "16Gi" }, limits: { memory: "16Gi" } },
        volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "1024Gi" } } } }],
      },
    ]);
  });

  test("knows our users and their roles, and has a certificate of our authority", () => {
    expect(elasticsearch(shipped)).toMatchObject({
      auth: {
        fileRealm: [{ secretName: "elasticsearch-log-shipper" }, { secretName: "elasticsearch-log-reader" }],
        roles: [{ secretName: "elasticsearch-roles" }],
      },
      http: { tls: { certificate: { secretName: "elasticsearch-ca" } } },
    });
  });

  test("is reached at a port of every node where another cluster brings its lines, and there alone", () => {
    expect(elasticsearch(shipped).http).toMatchObject({
      service: { spec: { type: "NodePort", ports: [{ name: "https", port: 9200, nodePort: 30_060 }] } },
    });
    const alone = elasticStackValues({ storageClassName: "encrypted", logs: { ...logs, isIngest: false } });
    expect(elasticsearch(alone).http).not.toHaveProperty("service");
  });

  test("writes snapshots by a token of its service account, from the one file that it may read", () => {
    const [nodeSet] = elasticsearch(shipped).nodeSets as readonly Record<string, unknown>[];
    expect(nodeSet).toMatchObject({
      config: { "s3.client.default.region": "eu-central-1" },
      podTemplate: {
        spec: {
          serviceAccountName: "elasticsearch",
          containers: [
            {
              name: "elasticsearch",
              env: [
                {
                  name: "AWS_WEB_IDENTITY_TOKEN_FILE",
                  value: "/usr/share/elasticsearch/config/repository-s3/aws-web-identity-token-file",
                },
                { name: "AWS_ROLE_ARN", value: "arn:aws:iam::111122223333:role/a" },
                { name: "AWS_REGION", value: "eu-central-1" },
              ],
              volumeMounts: [{ mountPath: "/usr/share/elasticsearch/config/repository-s3" }],
            },
          ],
          volumes: [
            {
              projected: {
                sources: [
                  { serviceAccountToken: { audience: "sts.amazonaws.com", path: "aws-web-identity-token-file" } },
                ],
              },
            },
          ],
        },
      },
    });
  });
});
