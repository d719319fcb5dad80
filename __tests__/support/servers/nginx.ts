import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, request as plainRequest } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { freePort } from "../../../examples/orders/local/free-port";
import { runFolder } from "../test-run/test-run";
import { NGINX_ENVIRONMENT, startNginx } from "./nginx-process";

/** What the controller is handed. */
export interface NginxInput {
  /** Of its ConfigMap. */
  readonly entries: Readonly<Record<string, string>>;
  readonly host: string;
  /** Of the host's Ingress. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Of the Policy that the Ingress names. @default - there is none */
  readonly policy?: object;
  /** File with the certificate in the Secret that the Policy names. */
  readonly clientCa: string;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ApiRequest {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly servername?: string;
  readonly client?: KeyPair;
  readonly maxVersion?: "TLSv1.1" | "TLSv1.2" | "TLSv1.3";
}

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Why NGINX can't be run here, or nothing. */
export function whyNoNginx(): string | undefined {
  const missing = [["nginx", "-v"] as const, ["openssl", "version"] as const].filter(
    ([command, argument]) => spawnSync(command, [argument], { env: NGINX_ENVIRONMENT }).status !== 0,
  );
  return missing.length === 0 ? undefined : `no ${missing.map(([command]) => command).join(" and no ")} on the PATH`;
}

/** A certificate of a key of its own, signed by itself or by an authority; files in a folder. */
export function certificate(folder: string, name: string, authority?: KeyPair): KeyPair {
  const pair = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "2"],
      ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`],
      ...["-keyout", pair.key, "-out", pair.cert],
      ...(authority ? ["-CA", authority.cert, "-CAkey", authority.key] : []),
    ],
    { stdio: "ignore" },
  );
  return pair;
}

/** What an entry or an annotation becomes, and where. */
type Directive = readonly [context: "main" | "http" | "server" | "location", text: (value: string) => string];

const is = (value: string): "on" | "off" => (value.toLowerCase() === "true" ? "on" : "off");

/**
 * A test double of F5's controller: what its templates at v5.5.4 (internal/configs/version1/nginx.tmpl and
 * nginx.ingress.tmpl) make of the keys that we set. A key that is not here is an error, not a silence.
 */
const DIRECTIVES: Readonly<Record<string, Directive>> = {
  "worker-shutdown-timeout": ["main", (value) => `worker_shutdown_timeout ${value};`],
  "http-snippets": ["http", (value) => value],
  "ssl-protocols": ["http", (value) => `ssl_protocols ${value};`],
  "server-tokens": ["server", (value) => `server_tokens ${is(value)};`],
  "real-ip-header": ["server", (value) => `real_ip_header ${value};`],
  "set-real-ip-from": ["server", (value) => value.replaceAll(/([^,]+),?/g, "set_real_ip_from $1; ")],
  // Debian's NGINX still has it as a parameter of listen, see below.
  http2: ["server", () => ""],
  "nginx.org/client-max-body-size": ["location", (value) => `client_max_body_size ${value};`],
  "nginx.org/limit-req-reject-code": ["location", (value) => `limit_req_status ${value};`],
  // The four of them are two directives, see below.
  "nginx.org/limit-req-rate": ["location", () => ""],
  "nginx.org/limit-req-burst": ["location", () => ""],
  "nginx.org/limit-req-no-delay": ["location", () => ""],
  // The Policy's own directives, see below.
  "nginx.org/policies": ["location", () => ""],
};

interface Surroundings {
  readonly folder: string;
  readonly server: KeyPair;
  readonly ports: { readonly https: number; readonly health: number; readonly api: number };
}

/** Without the Policy that it names, an Ingress answers 500. */
function policyDirectives({ annotations, policy, clientCa }: NginxInput): string {
  if (annotations["nginx.org/policies"] === undefined) return "";
  const { ingressMTLS, ...others } = (policy ?? {}) as { ingressMTLS?: { verifyClient: string; verifyDepth: number } };
  if (ingressMTLS === undefined || Object.keys(others).length > 0) return "return 500;";
  const { verifyClient, verifyDepth } = ingressMTLS;
  return `ssl_client_certificate ${clientCa}; ssl_verify_client ${verifyClient}; ssl_verify_depth ${verifyDepth};`;
}

function configuration(input: NginxInput, { folder, server, ports }: Surroundings) {
  const { entries, host, annotations } = input;
  const given = Object.entries({ ...entries, ...annotations });
  const unknown = given.map(([key]) => key).filter((key) => DIRECTIVES[key] === undefined);
  if (unknown.length > 0) throw new Error(`not rendered here: ${unknown.join(", ")}`);
  const of = (context: Directive[0]) =>
    given
      .flatMap(([key, value]) => {
        const [where, text] = DIRECTIVES[key] ?? [];
        return where === context && text ? [text(value)] : [];
      })
      .join("\n")
      // Scratch space and ports of the container.
      .replaceAll("/var/lib/nginx", folder)
      .replaceAll("listen 8090;", `listen 127.0.0.1:${ports.health};`);
  const listen = `listen 127.0.0.1:${ports.https} ssl${entries.http2 === "True" ? " http2" : ""}`;
  const burst = annotations["nginx.org/limit-req-burst"];
  const delay = annotations["nginx.org/limit-req-no-delay"] === "true" ? "nodelay" : "";
  const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (what) => `${what}_temp_path ${folder}/${what};`,
  );
  return `
daemon off;
${process.getuid?.() === 0 ? "user root root;" : ""}
pid ${folder}/nginx.pid;
error_log ${folder}/error.log notice;
${of("main")}
events {}
http {
  access_log off;
  ${scratch.join(" ")}
  ${of("http")}
  upstream api { server 127.0.0.1:${ports.api}; }
  limit_req_zone \${binary_remote_addr} zone=api:10m rate=${annotations["nginx.org/limit-req-rate"]};
  server { ${listen} default_server; server_name _; ssl_reject_handshake on; }
  server {
    ${listen};
    ssl_certificate ${server.cert};
    ssl_certificate_key ${server.key};
    ${policyDirectives(input)}
    server_name ${host};
    ${of("server")}
    location / {
      proxy_http_version 1.1;
      ${of("location")}
      proxy_set_header Host $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_pass http://api;
      limit_req zone=api burst=${burst} ${delay};
    }
  }
}
`;
}

/** Debian's NGINX with what the controller would make of our input, in front of an API that says what it was asked. */
export class RunningNginx {
  static async start(input: NginxInput): Promise<RunningNginx> {
    const folder = mkdtempSync(join(runFolder(), "nginx-"));
    const server = certificate(folder, input.host);
    const api = createServer((incoming, outgoing) => {
      incoming.resume().once("end", () => {
        const { "x-answer-status": status = "200" } = incoming.headers;
        for (const name of ["cache-control", "expires", "pragma", "set-cookie"]) {
          const value = incoming.headers[`x-answer-${name}`];
          if (value !== undefined) outgoing.setHeader(name, value);
        }
        outgoing.writeHead(Number(status));
        outgoing.end(JSON.stringify({ url: incoming.url, headers: incoming.headers }));
      });
    }).listen(0, "127.0.0.1");
    await once(api, "listening");
    const ports = { https: await freePort(), health: await freePort(), api: (api.address() as AddressInfo).port };
    const file = join(folder, "nginx.conf");
    writeFileSync(file, configuration(input, { folder, server, ports }));
    const closeApi = () => {
      api.close();
      api.closeAllConnections();
    };
    const stopNginx = await startNginx(folder, ports.https, "-p", folder, "-c", file).catch((error) => {
      closeApi();
      throw error;
    });
    const stop = async () => {
      await stopNginx();
      closeApi();
    };
    return new RunningNginx(input.host, server, ports, folder, stop);
  }

  private constructor(
    private readonly host: string,
    private readonly server: KeyPair,
    private readonly ports: Surroundings["ports"],
    /** What is `/var/lib/nginx` in the container. */
    readonly scratch: string,
    readonly stop: () => Promise<void>,
  ) {}

  /** Asks the host for something, as whoever comes through the load balancer. */
  ask({ path = "/", method = "GET", headers = {}, body, servername = this.host, client, maxVersion }: ApiRequest = {}) {
    const asked = request({
      ...{ host: "127.0.0.1", port: this.ports.https, servername, path, method, agent: false },
      headers: { host: this.host, ...headers, ...(body && { "content-length": body.length }) },
      ca: readFileSync(this.server.cert),
      ...(client && { cert: readFileSync(client.cert), key: readFileSync(client.key) }),
      ...(maxVersion && { minVersion: "TLSv1" as const, maxVersion, ciphers: "DEFAULT:@SECLEVEL=0" }),
    });
    return answerOf(asked, body);
  }

  /** Asks for health, as the load balancer does. */
  askHealth(path: string): Promise<Answer> {
    return answerOf(plainRequest({ host: "127.0.0.1", port: this.ports.health, path, agent: false }));
  }
}

function answerOf(asked: ReturnType<typeof request>, body?: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    asked.once("error", reject);
    asked.once("response", (response) => {
      // Whoever has answered may stop listening.
      asked.on("error", () => {});
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.once("end", () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
    });
    asked.end(body);
  });
}
