import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a request is to go wrong. `lost` is done, and its answer never comes. */
interface Fault {
  readonly at: RegExp;
  readonly kind: number | "reset" | "hanging" | "garbage" | "lost";
  left: number;
}

/**
 * A test double on loopback, not KurrentDB: two of the questions about users that it answers by HTTP. Paths, bodies and statuses
 * are those of src/KurrentDB.Core/Services/Transport/Http/Controllers/UsersController.cs of kurrent-io/KurrentDB, who may change
 * a password is as src/KurrentDB.Core/Authentication/InternalAuthentication/UserManagementService.cs and
 * Authorization/AuthorizationPolicies/LegacyPolicySelectorFactory.cs have it, names of fields as docs/server/http-api/api.md.
 */
export class UsersStandIn {
  /** Passwords by user. */
  readonly passwords = new Map([
    ["admin", "changeit"],
    ["ops", "changeit"],
  ]);
  /** Every password that each change gave, in their order. */
  readonly changes: string[] = [];
  /** So many sign-ins with a new password are still refused, as by a follower that has not heard of it. */
  staleSignIns = 0;
  private readonly faults: Fault[] = [];

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<UsersStandIn> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const standIn = new UsersStandIn(server, (server.address() as AddressInfo).port);
    server.on("request", (request, response) => standIn.answer(request, response));
    return standIn;
  }

  get connectionString(): string {
    return `kurrentdb://127.0.0.1:${this.port}?tls=false`;
  }

  fail(at: RegExp, kind: Fault["kind"], times = 1): void {
    this.faults.push({ at, kind, left: times });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray().catch(() => [])).toString("utf8");
    const fault = this.faults.find(({ at, left }) => at.test(`${request.method} ${request.url}`) && left > 0);
    if (fault !== undefined) fault.left -= 1;
    if (fault !== undefined && fault.kind !== "lost") return failed(fault.kind, request, response);
    const [status, answer] = this.done(request, body);
    if (fault === undefined) send(response, status, answer);
  }

  private done({ url, headers }: IncomingMessage, body: string): readonly [status: number, answer: object | undefined] {
    const basic = Buffer.from(`${headers.authorization}`.replace("Basic ", ""), "base64").toString("utf8");
    const [user = "", password] = basic.split(":");
    if (password === undefined || this.passwords.get(user) !== password) return [401, undefined];
    if (url === "/users/$current") {
      if (this.changes.includes(password) && this.staleSignIns-- > 0) return [401, undefined];
      const data = { loginName: user, fullName: user, groups: ["$admins"], dateLastUpdated: null, disabled: false };
      return [200, { data, success: true, error: "Success" }];
    }
    if (url !== `/users/${user}/command/change-password`) return [401, undefined];
    const { currentPassword, newPassword } = JSON.parse(body);
    if (currentPassword !== password) return [401, { loginName: user, success: false, error: "Unauthorized" }];
    this.passwords.set(user, newPassword);
    this.changes.push(newPassword);
    return [200, { loginName: user, success: true, error: "Success" }];
  }
}

function failed(kind: Exclude<Fault["kind"], "lost">, request: IncomingMessage, response: ServerResponse): void {
  if (kind === "reset") request.socket.destroy();
  else if (kind === "garbage") response.writeHead(200, { "content-type": "text/html" }).end("<html>");
  else if (kind !== "hanging") send(response, kind, undefined);
}

function send(response: ServerResponse, status: number, body: object | undefined): void {
  response.writeHead(status, { "content-type": "application/json" }).end(body && JSON.stringify(body, undefined, 2));
}
