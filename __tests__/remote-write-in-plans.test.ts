import { App } from "cdktf";
import { staging } from "../environments/staging";
import type { Environment } from "../lib/config/environment";
import { platforms } from "../stacks/platform";
import { objectsOf } from "./support/cluster/cluster-objects";
import { jsonIn } from "./support/plans/json-in-text";
import { environments, inOwnZones } from "./support/synthesis/environments";
import { statementsOf } from "./support/synthesis/policies";
import { resourceOf, resourcesOf, stackOf, type TerraformJson } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const without: Environment = { ...staging, monitoring: { ...staging.monitoring, remoteWrite: undefined } };
const { remoteWrite = { certificate: "a", certificateAuthority: "b" } } = staging.monitoring ?? {};
const renewed: Environment = {
  ...staging,
  monitoring: { ...staging.monitoring, remoteWrite: { ...remoteWrite, passwordVersion: 2 } },
};
const synthesized = synthesizedOnce(inOwnZones({ ...environments, alone: without, renewed }));

interface Container {
  readonly name: string;
  readonly ports: readonly { readonly containerPort: number }[];
}
interface PrometheusSpec {
  readonly enableRemoteWriteReceiver?: boolean;
  readonly containers?: readonly Container[];
  readonly volumes?: readonly { readonly secret?: { readonly secretName: string } }[];
  readonly remoteWrite?: readonly {
    readonly url: string;
    readonly basicAuth: Readonly<Record<"username" | "password", { readonly name: string; readonly key: string }>>;
    readonly tlsConfig: { readonly ca: { readonly secret: { readonly name: string; readonly key: string } } };
  }[];
}
const specOf = (tf: TerraformJson): PrometheusSpec => {
  const { values } = resourceOf(tf, "helm_release", { name: "kube-prometheus-stack" });
  const parsed = jsonIn((values as readonly [string])[0]) as { prometheus: { prometheusSpec: PrometheusSpec } };
  return parsed.prometheus.prometheusSpec;
};
/** `secret/key` of each Kubernetes secret that External Secrets fills. */
const filledIn = (tf: TerraformJson) =>
  objectsOf(tf)
    .filter(({ object }) => object.kind === "ExternalSecret" && object.metadata.namespace === "monitoring")
    .flatMap(({ object }) => {
      const { data, target } = object.spec as {
        data: { secretKey: string }[];
        target: { template: { data?: Record<string, string> } };
      };
      const keys = target.template.data ? Object.keys(target.template.data) : data.map(({ secretKey }) => secretKey);
      return keys.map((key) => `${object.metadata.name}/${key}`);
    });

describe.each(Object.keys(environments))("remote write of %s", (name) => {
  const [centre, collectors] = [
    stackOf(synthesized, `${name}-monitoring`),
    stackOf(synthesized, `${name}-write-monitoring`),
  ];
  const sent = specOf(collectors).remoteWrite ?? [];

  test("goes by TLS to a listener for each replica, and from there to the container that asks for a password", () => {
    const ports = sent.map(({ url }) => /^https:\/\/[^:]+:(\d+)\/api\/v1\/write$/.exec(url)?.[1]);
    expect(ports).toEqual(name === "staging" ? ["9443"] : ["9443", "9444"]);
    const listeners = resourcesOf(centre, "aws_lb_listener").map(({ port }) => `${port}`);
    expect(listeners).toEqual(expect.arrayContaining(ports));
    const ingest = specOf(centre).containers?.find((container) => container.name === "ingest");
    const services = resourcesOf(centre, "kubernetes_service_v1").map(({ spec }) => spec as { port: object[] });
    expect(services).toHaveLength(ports.length);
    for (const { port } of services) {
      expect(port).toEqual([expect.objectContaining({ target_port: `${ingest?.ports[0]?.containerPort}` })]);
    }
    expect(JSON.stringify(services)).not.toContain('"target_port":"9090"');
  });

  test("has its secrets in both clusters", () => {
    const named = sent.flatMap(({ basicAuth: { username, password }, tlsConfig: { ca } }) =>
      [username, password, ca.secret].map((secret) => `${secret.name}/${secret.key}`),
    );
    expect(filledIn(collectors)).toEqual(expect.arrayContaining(named));
    const mounted = (specOf(centre).volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? []);
    expect(mounted).toEqual(["prometheus-ingest-tls", "prometheus-ingest-users"]);
    expect(filledIn(centre)).toEqual(
      expect.arrayContaining([
        "prometheus-ingest-tls/tls.crt",
        "prometheus-ingest-tls/tls.key",
        "prometheus-ingest-users/users",
      ]),
    );
  });

  test("lets the write side's cluster read no key", () => {
    const read = JSON.stringify(statementsOf(collectors));
    expect(read).toContain(`${name}/metrics-ca-??????`);
    expect(read).not.toContain("metrics-certificate");
  });
});

test("a raised passwordVersion makes another password", () => {
  const [[, before] = [], [, after] = []] = ["staging", "renewed"].map((name) => {
    const { resource } = stackOf(synthesized, `${name}-monitoring`);
    const versions = Object.entries(resource?.aws_secretsmanager_secret_version ?? {});
    return versions.find(([id]) => id.includes("RemoteWriteLogin")) ?? [];
  });
  expect([before, after]).toMatchObject([{ secret_string_wo_version: 1 }, { secret_string_wo_version: 2 }]);
});

describe("without remoteWrite", () => {
  const [centre, collectors] = [
    stackOf(synthesized, "alone-monitoring"),
    stackOf(synthesized, "alone-write-monitoring"),
  ];

  test("each side's Prometheus keeps what it has, and takes nothing", () => {
    for (const tf of [centre, collectors]) {
      const { enableRemoteWriteReceiver, containers, remoteWrite } = specOf(tf);
      expect([enableRemoteWriteReceiver, containers, remoteWrite]).toEqual([undefined, undefined, undefined]);
    }
    for (const type of ["aws_lb", "kubernetes_service_v1"]) expect(resourcesOf(centre, type)).toEqual([]);
  });

  test("synthesis warns that no alert watches the write side", () => {
    const warningsOf = (name: string) => {
      const app = new App();
      platforms(app, { [name]: name === "alone" ? without : staging });
      return app.node
        .findAll()
        .flatMap(({ node }) => node.metadata.map(({ data }) => `${node.path}: ${data}`))
        .filter((it) => it.includes("remoteWrite"));
    };
    expect(warningsOf("alone")).toEqual([
      expect.stringMatching(
        /^alone-write-monitoring\/Collectors: monitoring\.remoteWrite is missing, so the read side/,
      ),
    ]);
    expect(warningsOf("staging")).toEqual([]);
  });

  test("no alert waits for metrics of the write side", () => {
    const isWatched = (tf: TerraformJson) =>
      JSON.stringify(resourcesOf(tf, "helm_release")).includes("WriteSideSilent");
    expect(isWatched(centre)).toBe(false);
    expect(isWatched(stackOf(synthesized, "staging-monitoring"))).toBe(true);
  });
});
