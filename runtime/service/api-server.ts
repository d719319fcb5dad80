import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { within } from "../deadline";
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
/** Longer than NGINX keeps its own, 60 s: it must not send a request on a connection that ends at this moment. */
const KEEP_ALIVE_MS = 75_000;
const IDLE_CHECK_MS = 50;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;

/** The port of an API: messages, and at one path whether it is ready. */
export class ApiServer {
  private readonly server: Server;

  constructor(private readonly options: ApiServerOptions) {
    const { api, healthPath, health } = options;
    this.server = createServer(
      { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS },
      (request, response) => {
        // A sender that goes in the middle is nothing to fail for.
        response.on("error", () => request.socket.destroy());
        const [path] = (request.url ?? "").split("?", 1);
        if (path === healthPath) health(request, response);
        else void api.answer(request, response);
      },
    );
    // A connection that can't be taken, for want of file descriptors, is that connection's end and not the process's.
    this.server.on("error", () => {});
  }

  /**
   * Listens, and says at which port.
   * @throws when the port is taken.
   */
  async listen(): Promise<number> {
    this.server.listen({ port: this.options.port, host: this.options.host });
    await once(this.server, "listening");
    return (this.server.address() as AddressInfo).port;
  }

  /** Takes no more connections, and waits for what is under way; what is not done within the limit is cut off. */
  async close(): Promise<void> {
    const { closeLimitMs = DEFAULT_CLOSE_LIMIT_MS } = this.options;
    const closed = once(this.server, "close");
    this.server.close();
    // A connection whose request was under way is kept for another one, which would be waited for.
    const idle = setInterval(() => this.server.closeIdleConnections(), IDLE_CHECK_MS);
    try {
      await within({ limitMs: closeLimitMs }, () => closed);
    } catch {
      this.server.closeAllConnections();
      await closed;
    } finally {
      clearInterval(idle);
    }
  }
}
