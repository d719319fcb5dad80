import { SECRET_STORE } from "../../lib/kubernetes/addons/external-secrets";
import { type ExternalSecretProps, externalSecret } from "../../lib/kubernetes/external-secret";
import { definitionProblems, hasDefinitions } from "../support/cluster/custom-resources";
import { secretValuesIn } from "../support/synthesis/secrets";

const base: ExternalSecretProps = {
  name: "command-api",
  namespace: "commands",
  data: { DATABASE_URL: { secret: "orders/database" } },
};
const certificate: ExternalSecretProps = {
  name: "command-api-tls",
  namespace: "commands",
  type: "kubernetes.io/tls",
  data: {
    "tls.crt": { secret: "orders/certificate", property: "tls.crt" },
    "tls.key": { secret: "orders/certificate", property: "tls.key" },
  },
};
const made = (props: Partial<ExternalSecretProps> = {}) => externalSecret({ ...base, ...props });

test("is an object of External Secrets, named as the secret that it makes", () => {
  expect(made()).toMatchObject({
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name: "command-api", namespace: "commands" },
    spec: { target: { name: "command-api" } },
  });
});

test("the secret goes when it does", () => {
  expect(made()).toMatchObject({ spec: { target: { creationPolicy: "Owner" } } });
});

test("is read from the cluster's one store", () => {
  expect(made()).toMatchObject({ spec: { secretStoreRef: SECRET_STORE } });
});

test("is read again each hour", () => {
  expect(made()).toMatchObject({ spec: { refreshInterval: "1h0m0s" } });
});

test("the secret is of no kind of its own unless it is said", () => {
  expect(made()).toMatchObject({ spec: { target: { template: { type: "Opaque" } } } });
});

test("the secret can be of a kind that others look for", () => {
  expect(externalSecret(certificate)).toMatchObject({ spec: { target: { template: { type: "kubernetes.io/tls" } } } });
});

test("takes the whole text of a secret where no property is named", () => {
  expect(made()).toHaveProperty(
    ["spec", "data"],
    [{ secretKey: "DATABASE_URL", remoteRef: { key: "orders/database" } }],
  );
});

test("takes each key from where it is said, in the order in which it is said", () => {
  expect(externalSecret(certificate)).toHaveProperty(
    ["spec", "data"],
    [
      { secretKey: "tls.crt", remoteRef: { key: "orders/certificate", property: "tls.crt" } },
      { secretKey: "tls.key", remoteRef: { key: "orders/certificate", property: "tls.key" } },
    ],
  );
});

test("holds no secret", () => {
  expect(secretValuesIn(externalSecret(certificate))).toEqual([]);
});

(hasDefinitions ? test.each : test.skip.each)([base, certificate])("is as its definition wants it: %j", (props) => {
  expect(definitionProblems(externalSecret(props))).toEqual([]);
});
