import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { within } from "../../deadline";
import type { Waiting } from "../../keys/wrapping-keys";
import { ManagedStoreUnavailableError } from "../../recovery/managed/managed-clusters";
import type { Login, StoreUsers } from "../../recovery/managed/store-users";
import { SettingsError } from "../../settings";
import { connectionStringProblems } from "./kurrentdb-settings";

export interface KurrentDbUsersOptions {
  /** What one question may take. @default 10000 */
  readonly limitMilliseconds?: number;
}

interface Question {
  readonly what: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly login: Login;
  readonly body?: object;
}

const PORT = "2113";
/** Ours: what is answered of one user has some 500 bytes. */
const MAX_BODY_BYTES = 65_536;

/**
 * KurrentDB's own users, by its HTTP API, which no client of it has: docs/server/http-api of kurrent-io/KurrentDB. It is asked
 * under TLS alone, unless it is on this machine. Followers pass a question on to the leader.
 */
export class KurrentDbUsers implements StoreUsers {
  private readonly nodes: readonly URL[];
  private readonly caFile: string | undefined;
  private readonly limitMs: number;

  /** @throws {SettingsError} for a connection string without TLS, or with a password in it. */
  constructor(connectionString: string, { limitMilliseconds = 10_000 }: KurrentDbUsersOptions = {}) {
    const problems = connectionStringProblems("connectionString", connectionString);
    if (problems.length > 0) throw new SettingsError(problems);
    const [, authority = "", query = ""] = /^[^:]+:\/\/([^?/]+)\/*(?:\?(.*))?$/.exec(connectionString) ?? [];
    const parameters = new Map(
      query.split("&").map((pair) => {
        const [key = "", ...value] = pair.split("=");
        return [key.trim().toLowerCase().replace(/[_-]/g, ""), value.join("=").trim()] as const;
      }),
    );
    const scheme = parameters.get("tls") === "false" ? "http" : "https";
    this.nodes = authority
      .split(",")
      .map((host) => new URL(`${scheme}://${/:\d+$/.test(host) ? host : `${host}:${PORT}`}`));
    this.caFile = parameters.get("tlscafile");
    this.limitMs = limitMilliseconds;
  }

  async signsIn(login: Login, waiting?: Waiting): Promise<boolean> {
    const question = { what: "sign in at the store", method: "GET", path: "/users/$current", login } as const;
    const answer = await this.ask(question, waiting);
    if (answer === "unauthorized") return false;
    const { success, data } = Object(answer);
    // Whoever else answers there is not the store.
    if (success === true && Object(data).loginName === login.username) return true;
    throw new ManagedStoreUnavailableError(question.what, new Error("the answer is not the user's"));
  }

  async changePassword(login: Login, next: string, waiting?: Waiting): Promise<boolean> {
    const question = {
      what: "change the password at the store",
      method: "POST",
      path: `/users/${encodeURIComponent(login.username)}/command/change-password`,
      login,
      body: { currentPassword: login.password, newPassword: next },
    } as const;
    const answer = await this.ask(question, waiting);
    if (answer === "unauthorized") return false;
    if (Object(answer).success === true) return true;
    throw new ManagedStoreUnavailableError(question.what, new Error("the answer is not the store's"));
  }

  /** One node after the other, as long as none is there. */
  private async ask(question: Question, { signal }: Waiting = {}): Promise<unknown> {
    const failures: unknown[] = [];
    for (const node of this.nodes) {
      try {
        return await within({ limitMs: this.limitMs, signals: [signal] }, (end) => this.askNode(node, question, end));
      } catch (error) {
        signal?.throwIfAborted();
        failures.push(error);
      }
    }
    throw new ManagedStoreUnavailableError(question.what, new AggregateError(failures, "no node answers"));
  }

  private async askNode(node: URL, { method, path, login, body }: Question, signal: AbortSignal) {
    const text = body === undefined ? "" : JSON.stringify(body);
    const ca = this.caFile === undefined ? undefined : await readFile(this.caFile);
    const send = node.protocol === "https:" ? httpsRequest : httpRequest;
    const request = send(new URL(path, node), {
      method,
      agent: false,
      signal,
      ...(ca !== undefined && { ca }),
      headers: {
        authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`,
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
      },
    });
    // What goes wrong once the head is there, the response tells as well.
    request.on("error", () => {});
    try {
      request.end(text);
      const [response] = (await once(request, "response")) as [IncomingMessage];
      if (response.statusCode === 401) return "unauthorized";
      if (response.statusCode !== 200) throw new Error(`answered ${response.statusCode}`);
      return JSON.parse(await bodyOf(response));
    } finally {
      request.destroy();
    }
  }
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RangeError(`body: must be at most ${MAX_BODY_BYTES} bytes, got more`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
