import type { IncomingMessage, ServerResponse } from "node:http";
import { within } from "../deadline";
import { HEALTH_JSON, healthJsonReport, jsonReport, type Report, type ReportOptions } from "./health-report";
import type { HealthStatus } from "./health-status";
import { wholeNumber } from "./whole-number";

export interface HealthHandlerOptions {
  /** Gives what is known, at once. */
  readonly healthCheck: { readonly status: HealthStatus };
  /** Whether who has this bearer token may see details: parts, errors, what was found. @default - nobody may */
  readonly authorize?: (token: string) => Promise<boolean>;
  /**
   * Milliseconds that `authorize` may take, 1 to 300000. The default suits a key in memory, and is below the timeout of
   * a probe. @default 1000
   */
  readonly authorizeLimitMs?: number;
}

/** Ours. Kubernetes kills an API 30 seconds after SIGTERM and other pods after 60. All waiting must fit into that. */
export const MAX_WAIT_MS = 300_000;
const BEARER = /^Bearer ([\w~+/.-]+=*)$/i;

/** Answers how healthy a service is, from what is known: a request makes no work, and asks no dependency. */
export class HealthHandler {
  private of: HealthStatus | undefined;
  private readonly reports = new Map<string, Report>();
  private readonly authorizeLimitMs: number;
  private leaving = false;

  /** @throws {RangeError} for an `authorizeLimitMs` that is out of bounds. */
  constructor(private readonly options: HealthHandlerOptions) {
    this.authorizeLimitMs = wholeNumber("authorizeLimitMs", options.authorizeLimitMs ?? 1000, 1, MAX_WAIT_MS);
  }

  /** From now on nobody should send anything more. */
  leave(): void {
    this.leaving = true;
    this.of = undefined;
  }

  /** Whether the service can do its work: healthy or degraded, and not leaving. */
  get isReady(): boolean {
    return !this.leaving && this.options.healthCheck.status.status !== "unhealthy";
  }

  /** Answers whether the service is ready; a load balancer's path of health is such a one. */
  ready(_request: IncomingMessage, response: ServerResponse): void {
    send(response, this.isReady ? 200 : 503, this.report(jsonReport, false));
  }

  /** Answers with what is known of the components, with details for whom they are for. */
  async health(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const detailed = await this.maySeeDetails(request.headers.authorization);
    const form = prefersHealthJson(request.headers.accept) ? healthJsonReport : jsonReport;
    response.setHeader("Vary", "Accept, Authorization");
    send(response, this.isReady ? 200 : 503, this.report(form, detailed));
  }

  private report(form: (status: HealthStatus, options: ReportOptions) => Report, detailed: boolean): Report {
    const { status } = this.options.healthCheck;
    if (this.of !== status) {
      this.reports.clear();
      this.of = status;
    }
    const key = `${form.name} ${detailed}`;
    const known = this.reports.get(key);
    if (known !== undefined) return known;
    const made = form(status, { detailed, draining: this.leaving });
    this.reports.set(key, made);
    return made;
  }

  /** A token that is not believed is none: who has an old one still learns whether the service is healthy. */
  private async maySeeDetails(authorization = ""): Promise<boolean> {
    const { authorize } = this.options;
    const [, token] = BEARER.exec(authorization) ?? [];
    if (authorize === undefined || token === undefined) return false;
    try {
      return (await within({ limitMs: this.authorizeLimitMs, keepsAlive: false }, () => authorize(token))) === true;
    } catch {
      return false;
    }
  }
}

/** Sends an answer that nobody may keep. Node leaves the body out where HEAD was asked. */
export function send(response: ServerResponse, status: number, { contentType, body }: Report): void {
  response.writeHead(status, {
    "Content-Type": contentType,
    "Content-Length": body.length,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(body);
}

/** Where both are liked as much, by who asks for the rarer one. */
function prefersHealthJson(accept = ""): boolean {
  const liked = qualityOf(accept, HEALTH_JSON);
  return liked > 0 && liked >= qualityOf(accept, "application/json");
}

/** 0 for what is not named. */
function qualityOf(accept: string, type: string): number {
  const ranges = accept
    .toLowerCase()
    .split(",")
    .map((range) => range.split(";").map((part) => part.trim()));
  const named = ranges.find(([range]) => range === type);
  if (named === undefined) return 0;
  return Number(named.find((part) => part.startsWith("q="))?.slice(2) ?? 1) || 0;
}
