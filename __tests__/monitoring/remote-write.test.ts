import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { INGEST_NAME } from "../../lib/config/remote-write";
import { secretsNamedBy } from "../../lib/kubernetes/external-secret";
import { ingestSecrets, remoteWrites, senderSecrets } from "../../lib/monitoring/remote-write";
import { definitionProblems, hasDefinitions } from "../support/cluster/custom-resources";
import { ReadyServer } from "../support/monitoring/ready-server";
import { RunningIngest } from "../support/monitoring/running-ingest";
import { whyNoPrometheus } from "../support/monitoring/running-prometheus";
import { whyNoNginx } from "../support/servers/nginx";

const missing = whyNoNginx() ?? whyNoPrometheus();
if (missing !== undefined) process.stderr.write(`What takes metrics is not tested: ${missing}\n`);
const withServers = missing === undefined ? describe : describe.skip;

const SECRETS = { certificate: "production/metrics-certificate", certificateAuthority: "production/metrics-ca" };
const LOGIN = { username: "remote-write", password: "a-password-of-forty-characters" };
const manifests = [...ingestSecrets("production", SECRETS), ...senderSecrets("production", SECRETS)];

/** The users' file, as External Secrets makes it of its template. */
function usersFile({ username, password } = LOGIN): string {
  const { spec } = manifests.find(({ metadata }) => metadata.name === "prometheus-ingest-users") ?? {};
  const { target } = spec as { readonly target: { readonly template: { readonly data: { readonly users: string } } } };
  return target.template.data.users.replace("{{ .username }}", username).replace("{{ .password }}", password);
}

(hasDefinitions ? test : test.skip)("secrets of both sides are as their definition wants them", () => {
  expect(manifests.flatMap(definitionProblems)).toEqual([]);
});

test("the side that brings can read the authority, and never the key", () => {
  expect(secretsNamedBy(senderSecrets("production", SECRETS))).toEqual([
    "production/metrics-ca",
    "production/monitoring/remote-write",
  ]);
});

withServers("the container that takes metrics", () => {
  let asked: { readonly url: string; readonly method: string; readonly headers: IncomingHttpHeaders }[] = [];
  let upstream: Server;
  let ingest: RunningIngest;
  let authority = "";

  beforeAll(async () => {
    // A fake of Prometheus, that says nothing and keeps what it was asked.
    upstream = createServer((incoming, outgoing) => {
      const { url = "", method = "", headers } = incoming;
      asked.push({ url, method, headers });
      incoming.resume().once("end", () => outgoing.writeHead(204).end());
    }).listen(0, "127.0.0.1");
    await once(upstream, "listening");
    ingest = await RunningIngest.start({ name: INGEST_NAME, upstream: (upstream.address() as AddressInfo).port });
  });
  beforeEach(() => {
    asked = [];
    authority = ingest.useNewCertificate().cert;
    ingest.useUsers(usersFile());
  });
  afterAll(async () => {
    await ingest.stop();
    upstream.close();
    upstream.closeAllConnections();
  });

  const login = `${LOGIN.username}:${LOGIN.password}`;

  test("passes on what its user brings, without the password", async () => {
    await expect(ingest.ask(authority, { login })).resolves.toBe(204);
    expect(asked).toEqual([expect.objectContaining({ url: "/api/v1/write", method: "POST" })]);
    expect(asked[0]?.headers).not.toHaveProperty("authorization");
  });

  test.each([
    ["nobody's login", {}, 503],
    ["another password", { login: "remote-write:other" }, 503],
    ["another user", { login: `admin:${LOGIN.password}` }, 503],
    ["a query", { login, path: "/api/v1/query?query=up", method: "GET" }, 404],
    ["the administration of series", { login, path: "/api/v1/admin/tsdb/delete_series" }, 404],
    ["a path around it", { login, path: "/api/v1/write/../query", method: "GET" }, 404],
    ["another method", { login, method: "GET" }, 503],
  ] as const)("refuses %s", async (_, request, status) => {
    await expect(ingest.ask(authority, request)).resolves.toBe(status);
    expect(asked).toEqual([]);
  });

  test("speaks TLS alone", async () => {
    const { status } = await fetch(`http://127.0.0.1:${ingest.port}/api/v1/write`, { method: "POST" });
    expect(status).toBe(400);
    expect(asked).toEqual([]);
  });

  test("takes a new certificate and another password without a restart", async () => {
    await expect(ingest.ask(authority, { login })).resolves.toBe(204);
    const after = ingest.useNewCertificate().cert;
    ingest.useUsers(usersFile({ ...LOGIN, password: "another" }));
    await expect(ingest.ask(after, { login: "remote-write:another" })).resolves.toBe(204);
    await expect(ingest.ask(after, { login })).resolves.toBe(503);
  });
});

const WAIT_SECONDS = 30;

withServers("two of Debian's Prometheus", () => {
  /** The operator's words for what a replica sends, in Prometheus' own. */
  const remoteWriteOf = (port: number, authority: string, password: string) => {
    const [sent] = remoteWrites("127.0.0.1", 1, "prometheus_replica") as [SentTo];
    return {
      url: sent.url.replace(":9443/", `:${port}/`),
      basic_auth: { username: LOGIN.username, password },
      tls_config: {
        ca_file: authority,
        server_name: sent.tlsConfig.serverName,
        min_version: sent.tlsConfig.minVersion,
      },
      write_relabel_configs: sent.writeRelabelConfigs.map(({ sourceLabels, ...rest }) => ({
        ...rest,
        ...(sourceLabels && { source_labels: sourceLabels }),
      })),
    };
  };
  const sender = (remoteWrite: object) =>
    ReadyServer.start("prometheus", (folder, listen) => {
      const config = join(folder, "prometheus.json");
      writeFileSync(
        config,
        JSON.stringify({
          global: { scrape_interval: "1s", external_labels: { prometheus_replica: "prometheus-0" } },
          scrape_configs: [{ job_name: "itself", static_configs: [{ targets: [listen] }] }],
          remote_write: [remoteWrite],
        }),
      );
      return prometheus(config, folder, listen);
    });
  const prometheus = (config: string, folder: string, listen: string, ...more: string[]) =>
    [
      "prometheus",
      ...[`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "data")}`, `--web.listen-address=${listen}`],
      ...more,
    ] as const;
  const queried = async (server: ReadyServer, query: string) => {
    const response = await fetch(`${server.address}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    return data.result.map(({ value }) => Number(value[1]));
  };
  async function eventually(server: ReadyServer, query: string): Promise<number> {
    for (let tries = 0; tries < WAIT_SECONDS * 10; tries++) {
      const [value] = await queried(server, query);
      if (value !== undefined && value > 0) return value;
      await wait(100);
    }
    throw new Error(`${query} gave nothing in ${WAIT_SECONDS} s`);
  }

  const running: { stop(): Promise<void> }[] = [];
  const kept = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    running.push(started);
    return started;
  };
  afterAll(async () => {
    for (const each of running.reverse()) await each.stop();
  });

  test(
    "bring what one scrapes to the other, once both have the same password",
    async () => {
      const receiver = await kept(
        ReadyServer.start("prometheus", (folder, listen) => {
          const config = join(folder, "prometheus.json");
          writeFileSync(config, "{}");
          return prometheus(config, folder, listen, "--web.enable-remote-write-receiver");
        }),
      );
      const upstream = Number(new URL(receiver.address).port);
      const ingest = await kept(RunningIngest.start({ name: INGEST_NAME, upstream }));
      const authority = ingest.useNewCertificate().cert;
      ingest.useUsers(usersFile());
      const early = await kept(sender(remoteWriteOf(ingest.port, authority, "another")));
      await eventually(early, "prometheus_remote_storage_samples_retried_total");
      expect(await queried(receiver, 'up{job="itself"}')).toEqual([]);

      ingest.useUsers(usersFile({ ...LOGIN, password: "another" }));
      expect(await eventually(receiver, 'up{job="itself"}')).toBe(1);
      const scraped = await eventually(early, 'count_over_time(up{job="itself"}[5m])');
      expect(await eventually(receiver, `count_over_time(up{job="itself"}[5m]) >= ${scraped}`)).not.toBe(0);
      expect(await queried(early, "prometheus_remote_storage_samples_failed_total")).toEqual([0]);
    },
    3 * WAIT_SECONDS * 1000,
  );
});

/** What a test reads of the operator's RemoteWriteSpec. */
interface SentTo {
  readonly url: string;
  readonly tlsConfig: { readonly serverName: string; readonly minVersion: string };
  readonly writeRelabelConfigs: readonly { readonly sourceLabels?: readonly string[] }[];
}
