import type { Waiting } from "../../keys/wrapping-keys";
import {
  type ManagedBackup,
  type ManagedCluster,
  type ManagedClusters,
  type ManagedNetwork,
  ManagedStoreRefusal,
  ManagedStoreUnavailableError,
  type NewBackup,
  type RefusalReason,
  type RestoredCluster,
} from "../../recovery/managed/managed-clusters";
import { SettingsError } from "../../settings";
import { AccessToken } from "./access-token";
import {
  answerOf,
  backupIn,
  backupsIn,
  clusterIn,
  clustersIn,
  type FirstPasswords,
  firstPasswordsIn,
  idIn,
  networkIn,
} from "./cloud-answers";
import { type CloudAnswer, exchange, PassingFailure, retryAfterMs, tryAgain } from "./cloud-request";
import { addressProblems, type KurrentCloudSettings } from "./kurrent-cloud-settings";

export interface KurrentCloudOptions {
  /** What one try may take, to the last byte of its answer. @default 15000 */
  readonly limitMilliseconds?: number;
  /** Tries of what may be repeated, with a pause between that grows. @default 4 */
  readonly tries?: number;
}

type Service = "mesdb" | "infra";

interface Question<Answer> {
  /** For messages, without ids. */
  readonly what: string;
  readonly service: Service;
  /** Below the project, each part by itself. */
  readonly path: readonly string[];
  /** What is to be made; nothing for what is only read. */
  readonly body?: object;
  readonly read: (answer: ReturnType<typeof answerOf>) => Answer;
}

const API_URL = "https://api.eventstore.cloud";
/** 409 is what a lock is thought to be answered with: no published source says. 423 is HTTP's own word for it. */
const REASONS: Readonly<Record<number, RefusalReason>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "missing",
  409: "locked",
  412: "precondition",
  423: "locked",
};
const MOST_DETAIL = 300;

/** Clusters and backups at Kurrent Cloud, by its REST API. Creations are asked for once; what is only read, until it is. */
export class KurrentCloud implements ManagedClusters {
  readonly projectId: string;
  private readonly token: AccessToken;
  private readonly closing = new AbortController();
  private readonly apiUrl: string;
  private readonly organizationId: string;
  private readonly limitMs: number;
  private readonly tries: number;

  /** @throws {SettingsError} for addresses to which no token must go. */
  constructor(settings: KurrentCloudSettings, options: KurrentCloudOptions = {}) {
    const { apiUrl, identityUrl } = settings;
    const problems = [...addressProblems("apiUrl", apiUrl), ...addressProblems("identityUrl", identityUrl)];
    if (problems.length > 0) throw new SettingsError(problems);
    this.projectId = settings.projectId;
    this.organizationId = settings.organizationId;
    this.apiUrl = apiUrl ?? API_URL;
    this.limitMs = options.limitMilliseconds ?? 15_000;
    this.tries = options.tries ?? 4;
    const limits = { limitMs: this.limitMs, tries: this.tries };
    this.token = new AccessToken(settings.signIn, identityUrl, limits, this.closing.signal);
  }

  cluster(id: string, waiting?: Waiting): Promise<ManagedCluster> {
    return this.ask({ what: "read cluster", service: "mesdb", path: ["clusters", id], read: clusterIn }, waiting);
  }

  clusters(waiting?: Waiting): Promise<readonly ManagedCluster[]> {
    return this.ask({ what: "list clusters", service: "mesdb", path: ["clusters"], read: clustersIn }, waiting);
  }

  network(id: string, waiting?: Waiting): Promise<ManagedNetwork> {
    return this.ask({ what: "read network", service: "infra", path: ["networks", id], read: networkIn }, waiting);
  }

  backup(id: string, waiting?: Waiting): Promise<ManagedBackup> {
    return this.ask({ what: "read backup", service: "mesdb", path: ["backups", id], read: backupIn }, waiting);
  }

  backups(waiting?: Waiting): Promise<readonly ManagedBackup[]> {
    return this.ask({ what: "list backups", service: "mesdb", path: ["backups"], read: backupsIn }, waiting);
  }

  createBackup({ clusterId, description }: NewBackup, waiting?: Waiting): Promise<string> {
    const body = { description, sourceClusterId: clusterId };
    return this.ask({ what: "create backup", service: "mesdb", path: ["backups"], body, read: idIn }, waiting);
  }

  createCluster({ backupId, ...shape }: RestoredCluster, waiting?: Waiting): Promise<string> {
    const body = { ...shape, sourceBackupId: backupId };
    return this.ask({ what: "create cluster", service: "mesdb", path: ["clusters"], body, read: idIn }, waiting);
  }

  /** Passwords that Kurrent made for a cluster's users; nothing where it made none, or has forgotten them. */
  async firstPasswords(clusterId: string, waiting?: Waiting): Promise<FirstPasswords | undefined> {
    const path = ["clusters", clusterId, "initialCredentials"];
    try {
      return await this.ask({ what: "read first passwords", service: "mesdb", path, read: firstPasswordsIn }, waiting);
    } catch (error) {
      if (error instanceof ManagedStoreRefusal && ["missing", "precondition"].includes(error.reason)) return undefined;
      throw error;
    }
  }

  /** Ends a sign-in that is on its way. */
  close(): void {
    this.closing.abort(new Error("closed"));
  }

  private async ask<Answer>(question: Question<Answer>, { signal }: Waiting = {}): Promise<Answer> {
    const repeatable = question.body === undefined;
    try {
      return await tryAgain(() => this.answer(question, signal), { tries: this.tries, repeatable, signal });
    } catch (error) {
      throw error instanceof PassingFailure ? new ManagedStoreUnavailableError(question.what, error) : error;
    }
  }

  private async answer<Answer>(question: Question<Answer>, signal: AbortSignal | undefined): Promise<Answer> {
    const first = await this.token.get({ signal });
    let answer = await this.send(question, first, signal);
    if (answer.status === 401) {
      // It may have been taken back before its time; nothing was done, so another may ask.
      this.token.forget(first);
      answer = await this.send(question, await this.token.get({ signal }), signal);
    }
    if (answer.status >= 200 && answer.status < 300) return question.read(answerOf(answer.body));
    throw failureOf(question.what, answer);
  }

  private send({ service, path, body }: Question<unknown>, token: string, signal: AbortSignal | undefined) {
    const parts = [service, "v1", "organizations", this.organizationId, "projects", this.projectId, ...path];
    return exchange(new URL(parts.map(encodeURIComponent).join("/"), `${this.apiUrl.replace(/\/+$/, "")}/`), {
      method: body === undefined ? "GET" : "POST",
      headers: {
        accept: "application/json",
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      body: body && JSON.stringify(body),
      limitMs: this.limitMs,
      signal,
    });
  }
}

function failureOf(what: string, { status, body, retryAfter }: CloudAnswer): Error {
  if (status === 429) return new PassingFailure(`${what}: answered 429`, true, retryAfterMs(retryAfter));
  if (status >= 400 && status < 500 && status !== 408)
    return new ManagedStoreRefusal(what, REASONS[status] ?? "invalid", status, detailIn(body));
  return new PassingFailure(`${what}: answered ${status}`, false, retryAfterMs(retryAfter));
}

/** `title` and `detail` of problem details, as far as they are such: one line, for people. */
function detailIn(body: string): string | undefined {
  try {
    const { title, detail } = Object(JSON.parse(body));
    const words = [title, detail].filter((each): each is string => typeof each === "string" && each !== "");
    return words.length === 0
      ? undefined
      : words
          .join(": ")
          .replace(/\p{Cc}+/gu, " ")
          .slice(0, MOST_DETAIL);
  } catch {
    return undefined;
  }
}
