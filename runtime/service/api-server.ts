import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpServer } from "./http-server";
import type { MessageApi } from "./message-api";

export interface ApiServerOptions {
  readonly api: Pick<MessageApi, "answer">;
  /** 0 is any that is free. */
  readonly port: number;
  /** Address to listen at. @default - all of the machine's */
  readonly host?: string;
  /** Path at which whoever sends requests asks whether it is ready. */
  readonly healthPath: string;
  /** Answers there: `HealthServer.healthHandler`. */
  readonly health: (request: IncomingMessage, response: ServerResponse) => void;
  /** Milliseconds for requests that are under way when it closes. @default 15000 */
  readonly closeLimitMs?: number;
}

const DEFAULT_CLOSE_LIMIT_MS = 15_000;
const LIMITS = {
  // NGINX keeps its own for 60 s: it must not send a request on a connection that ends at this moment.
  keepAliveTimeout: 75_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Ours. An idle one takes 14 KiB (measured), all of them a twentieth of a pod's default memory.
  maxConnections: 2000,
} as const;

/** The port of an API: messages, and at one path whether it is ready. */
export class ApiServer extends HttpServer {
  constructor({ api, port, host, healthPath, health, closeLimitMs = DEFAULT_CLOSE_LIMIT_MS }: ApiServerOptions) {
    super({
      ...{ port, host, closeLimitMs, limits: LIMITS },
      answer: (request, response) => {
        const [path] = (request.url ?? "").split("?", 1);
        if (path === healthPath) health(request, response);
        else void api.answer(request, response);
      },
    });
  }
}
