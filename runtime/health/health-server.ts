import type { IncomingMessage, ServerResponse } from "node:http";
import { DEFAULT_DRAIN_DELAY_MS } from "../../lib/contract/limits";
import { pause, within } from "../deadline";
import type { Exposition } from "../metrics/production-metrics";
import { HttpServer } from "../service/http-server";
import { HealthHandler, type HealthHandlerOptions, MAX_WAIT_MS, send } from "./health-handler";
import { wholeNumber } from "./whole-number";

export interface HealthServerOptions extends HealthHandlerOptions {
  /** 0 is any that is free. @default 9090 */
  readonly port?: number;
  /** Address to listen at. @default - all of the machine's */
  readonly host?: string;
  /** What `/metrics` answers, by what the scraper accepts. @default - there is no such path */
  readonly metrics?: (accept: string) => Promise<Exposition>;
  /** From when it is not ready any more until work is ended: whoever sends requests must have heard of it. @default 3000 */
  readonly drainDelayMs?: number;
  /** For work that is under way, and then once more for connections. @default 10000 */
  readonly closeLimitMs?: number;
  /** Milliseconds within which the server must receive a whole request, 1 to 300000. @default 5000 */
  readonly requestLimitMs?: number;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const PORT = { least: 0, most: 65_535 } as const;
/** Ours: a request for health or metrics has fewer. */
const MAX_HEADER_BYTES = 8192;
const MAX_HEADERS = 50;
const KEEP_ALIVE_MS = 5000;
const IDLE_MS = 10_000;
/** Kubelet and two Prometheus hold some five. */
const MAX_CONNECTIONS = 500;
const METRICS_BOUNDS = { limitMs: 5000, keepsAlive: false } as const;

/** `/livez`, `/readyz`, `/health` and `/metrics`, at a port of their own that nobody outside reaches. */
export class HealthServer {
  private readonly handler: HealthHandler;
  private readonly server: HttpServer;
  private readonly routes: ReadonlyMap<string, Handler>;
  private readonly drainDelayMs: number;
  private readonly closeLimitMs: number;
  private drained: Promise<void> | undefined;

  /** @throws {RangeError} for a port or times that can't be. */
  constructor(options: HealthServerOptions) {
    const {
      port = 9090,
      drainDelayMs = DEFAULT_DRAIN_DELAY_MS,
      closeLimitMs = 10_000,
      requestLimitMs = 5000,
      metrics,
    } = options;
    wholeNumber("port", port, PORT.least, PORT.most);
    this.drainDelayMs = wholeNumber("drainDelayMs", drainDelayMs, 0, MAX_WAIT_MS);
    this.closeLimitMs = wholeNumber("closeLimitMs", closeLimitMs, 1, MAX_WAIT_MS);
    wholeNumber("requestLimitMs", requestLimitMs, 1, MAX_WAIT_MS);
    this.handler = new HealthHandler(options);
    this.routes = new Map<string, Handler>([
      // The process alone: whether a store answers is no reason to restart what waits for it.
      ["/livez", (_, response) => send(response, 200, text("live"))],
      ["/readyz", (request, response) => this.handler.ready(request, response)],
      ["/health", (request, response) => this.handler.health(request, response)],
      ...(metrics === undefined ? [] : [["/metrics", expositionBy(metrics)] as const]),
    ]);
    this.server = new HttpServer({
      ...{ port, host: options.host, closeLimitMs },
      limits: {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: requestLimitMs,
        requestTimeout: requestLimitMs,
        keepAliveTimeout: KEEP_ALIVE_MS,
        maxHeadersCount: MAX_HEADERS,
        maxConnections: MAX_CONNECTIONS,
        timeout: IDLE_MS,
      },
      answer: (request, response) => void this.answer(this.routes.get(pathOf(request)), request, response),
    });
  }

  /** What an API answers at its own path of health, by its own server: the same as `/health`. */
  readonly healthHandler = (request: IncomingMessage, response: ServerResponse): void => {
    // That server need not be one of ours.
    response.on("error", () => request.socket.destroy());
    void this.answer((...both) => this.handler.health(...both), request, response);
  };

  /**
   * Listens, and says at which port.
   * @throws when the port is taken.
   */
  listen(): Promise<number> {
    return this.server.listen();
  }

  /**
   * Goes, in order: it is not ready any more; after the delay, `finish` ends the work that is under way; then the port is
   * closed. For SIGTERM: `process.once("SIGTERM", () => void server.drain(finish).finally(() => process.exit()))`.
   * @param finish by default there is nothing to end.
   * @throws what `finish` throws, or a TimeLimitError, once the port is closed.
   */
  drain(finish: () => Promise<void> = async () => {}): Promise<void> {
    this.drained ??= this.drainOnce(finish);
    return this.drained;
  }

  private async drainOnce(finish: () => Promise<void>): Promise<void> {
    this.handler.leave();
    this.server.drain();
    await pause(this.drainDelayMs);
    try {
      await within({ limitMs: this.closeLimitMs }, finish);
    } finally {
      await this.server.close();
    }
  }

  private async answer(
    handler: Handler | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return refuse(response, 405, "method not allowed");
    }
    if (hasBody(request)) return refuse(response, 413, "no body expected");
    if (handler === undefined) return send(response, 404, text("not found"));
    try {
      await handler(request, response);
    } catch {
      // What went wrong is internal.
      if (response.headersSent) request.socket.destroy();
      else send(response, 500, text("internal error"));
    }
  }
}

const expositionBy =
  (metrics: (accept: string) => Promise<Exposition>): Handler =>
  async (request, response) => {
    const { accept = "" } = request.headers;
    const { contentType, body } = await within(METRICS_BOUNDS, () => metrics(accept));
    send(response, 200, { contentType, body: Buffer.from(body) });
  };

/** Without its query. */
const pathOf = ({ url = "" }: IncomingMessage): string => url.split("?", 1)[0] ?? "";

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";

const text = (body: string) => ({ contentType: "text/plain; charset=utf-8", body: Buffer.from(`${body}\n`) });

/** What else the client sends is not read. */
function refuse(response: ServerResponse, status: number, reason: string): void {
  response.setHeader("Connection", "close");
  send(response, status, text(reason));
}
