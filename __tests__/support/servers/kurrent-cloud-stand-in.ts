import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { KurrentCloudSettings } from "../../../runtime/adapters/kurrent-cloud/kurrent-cloud-settings";
import { CLUSTER_ID, CloudState, ORGANIZATION_ID, PROJECT_ID, Problem } from "./kurrent-cloud-stand-in-state";

/** How a request is to go wrong. `lost` is done, and its answer never comes. */
export interface Fault {
  /** Of `POST /mesdb/v1/…/backups` or another. */
  readonly at: RegExp;
  readonly kind: number | "hanging" | "reset" | "garbage" | "wrong" | "lost" | "endless";
  /** @default 1 */
  readonly times?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default 0 */
  readonly afterMs?: number;
}

const ACCOUNT = { clientId: "client_01STANDIN", clientSecret: "account-secret" } as const;
const REFRESH_TOKEN = "refresh-secret";
const PATH = /^\/(mesdb|infra)\/v1\/organizations\/([^/]+)\/projects\/([^/]+)\/(\w+)(?:\/([^/]+))?(?:\/(\w+))?$/;

/**
 * A test double on loopback, not Kurrent Cloud: some of its REST API, made from its published clients. Paths and methods are
 * those of generated/src/mesdb/operations.rs and generated/src/infra/operations.rs of EventStore/esc; how one signs in is that
 * of base/src/identity/operations.rs of kurrent-io/esc, and client/access_token.go of
 * kurrent-io/terraform-provider-kurrentcloud; the shapes are said in kurrent-cloud-stand-in-state.ts.
 */
export class KurrentCloudStandIn {
  readonly state = new CloudState();
  /** Methods and paths of what came, in their order, but not signing in. */
  readonly requests: string[] = [];
  /** Forms by which was signed in. */
  readonly signIns: Record<string, string>[] = [];
  tokenSeconds = 3600;
  /** Tokens that are taken. */
  private readonly tokens = new Set<string>();
  private faults: (Fault & { left: number })[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<KurrentCloudStandIn> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const standIn = new KurrentCloudStandIn(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", (request, response) => standIn.answer(request, response));
    return standIn;
  }

  settings(signIn: KurrentCloudSettings["signIn"] = ACCOUNT): KurrentCloudSettings {
    const ids = { organizationId: ORGANIZATION_ID, projectId: PROJECT_ID, clusterId: CLUSTER_ID };
    return { ...ids, signIn, apiUrl: this.url, identityUrl: this.url };
  }

  person(): KurrentCloudSettings {
    return this.settings({ refreshToken: REFRESH_TOKEN });
  }

  fail(...faults: readonly Fault[]): void {
    this.faults.push(...faults.map((fault) => ({ ...fault, left: fault.times ?? 1 })));
  }

  /** No token of before is taken any more. */
  takeBackTokens(): void {
    this.tokens.clear();
  }

  count(request: RegExp): number {
    return this.requests.filter((each) => request.test(each)).length;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const line = `${request.method} ${request.url}`;
    const isSignIn = /^POST \/oauth2?\/token$/.test(line);
    const body = Buffer.concat(await request.toArray().catch(() => [])).toString("utf8");
    if (!isSignIn) this.requests.push(line);
    const fault = this.faults.find((each) => each.at.test(line) && each.left > 0);
    if (fault !== undefined) fault.left -= 1;
    if (fault?.kind === "lost") this.done(request, body);
    if (fault?.afterMs) await new Promise((resolve) => setTimeout(resolve, fault.afterMs).unref());
    if (fault !== undefined) return failed(fault, request, response);
    try {
      send(response, 200, isSignIn ? this.signIn(request, body) : this.done(request, body));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      send(response, error.status, error.body(`${request.url}`));
    }
  }

  private signIn({ url }: IncomingMessage, body: string): object {
    const form = Object.fromEntries(new URLSearchParams(body));
    this.signIns.push(form);
    const isAccount =
      url === "/oauth2/token" &&
      form.grant_type === "client_credentials" &&
      form.client_secret === ACCOUNT.clientSecret;
    const isPerson =
      url === "/oauth/token" && form.grant_type === "refresh_token" && form.refresh_token === REFRESH_TOKEN;
    if (!isAccount && !isPerson) throw new Problem(401, "access_denied", `not with ${body}`);
    const token = `token-${this.signIns.length}`;
    this.tokens.add(token);
    return { access_token: token, expires_in: this.tokenSeconds, scope: "", token_type: "Bearer" };
  }

  private done({ method, url, headers }: IncomingMessage, body: string): object {
    const token = /^Bearer (.+)$/.exec(`${headers.authorization}`)?.[1] ?? "";
    if (!this.tokens.has(token)) throw new Problem(401, "Unauthorized", "no token that is taken");
    const [, , organization, project, kind = "", id, more] = PATH.exec(`${url}`) ?? [];
    if (organization !== ORGANIZATION_ID) throw new Problem(403, "Forbidden", "not of this organization");
    if (project !== PROJECT_ID) throw new Problem(404, "Not found", "no such project");
    return method === "POST" ? this.created(kind, JSON.parse(body)) : this.read(kind, id, more);
  }

  private created(kind: string, asked: Record<string, unknown>): object {
    if (kind === "backups") return this.state.createBackup(asked);
    if (kind === "clusters") return this.state.createCluster(asked);
    throw new Problem(404, "Not found", "no such path");
  }

  private read(kind: string, id: string | undefined, more: string | undefined): object {
    const { clusters, backups, networks, firstPasswords } = this.state;
    if (kind === "networks") return { network: found(networks.get(`${id}`)) };
    if (more === "initialCredentials") {
      const passwords = found(firstPasswords.get(`${id}`));
      if (passwords === "cleared") throw new Problem(412, "Precondition failed", "cleared");
      const { admin: adminPassword, ops: opsPassword } = passwords;
      return { adminPassword, opsPassword, generatedAt: "2026-01-01T00:00:00Z", clusterId: id };
    }
    const made = kind === "clusters" ? clusters : backups;
    if (id === undefined) return { [kind]: [...made.values()] };
    return { [kind.slice(0, -1)]: this.state.lookAt(found(made.get(id))) };
  }
}

function found<Made>(made: Made | undefined): Made {
  if (made === undefined) throw new Problem(404, "Not found", "there is none");
  return made;
}

function failed({ kind, headers }: Fault, request: IncomingMessage, response: ServerResponse): void {
  if (kind === "hanging" || kind === "lost") return;
  if (kind === "reset") request.socket.destroy();
  else if (kind === "garbage") response.writeHead(200, { "content-type": "text/html" }).end("<html>");
  else if (kind === "wrong") send(response, 200, { id: 7, access_token: 7, backups: [{}], clusters: {} });
  else if (kind === "endless") endless(response);
  else send(response, kind, new Problem(kind, "As told", "the stand-in was told so").body(""), headers);
}

function endless(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536, " ")));
  };
  response.on("drain", more);
  more();
}

function send(response: ServerResponse, status: number, body: object, headers: Fault["headers"] = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
