import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { within } from "../deadline";

/** Limits of requests and connections, by Node's names and with its defaults. */
export interface HttpLimits
  extends Pick<ServerOptions, "headersTimeout" | "keepAliveTimeout" | "maxHeaderSize" | "requestTimeout">,
    Partial<Pick<Server, "maxHeadersCount" | "timeout">> {
  /** Connections at once. At the limit, a new one replaces that which has waited longest for its client to send or to read. */
  readonly maxConnections: number;
}

export interface HttpServerOptions {
  /** 0 is any that is free. */
  readonly port: number;
  /** Address to listen at. @default - all of the machine's */
  readonly host?: string | undefined;
  readonly limits: HttpLimits;
  /** Milliseconds for requests that are under way when it closes. */
  readonly closeLimitMs: number;
  /** Answers a request, exactly once. Must not throw. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
}

/** How often Node looks whether a request is late: a tenth of what an API gives it for its head, and 30 s by default. */
const MAX_CHECK_MS = 1000;
/** A request that is on its way while the server closes arrives within this time. */
const ARRIVAL_MS = 1000;

/** A port at which HTTP is answered, and whose connections end without the loss of a request. */
export class HttpServer {
  private readonly server: Server;
  /** Each connection with its newest answer that is not sent yet. That whose last request is the oldest comes first. */
  private readonly connections = new Map<Socket, ServerResponse | undefined>();
  private draining = false;

  constructor(private readonly options: HttpServerOptions) {
    const { limits, answer } = options;
    const { maxConnections, maxHeadersCount = null, timeout = 0, ...ofRequests } = limits;
    const { headersTimeout = MAX_CHECK_MS } = limits;
    const connectionsCheckingInterval = Math.min(headersTimeout, MAX_CHECK_MS);
    this.server = createServer({ ...ofRequests, connectionsCheckingInterval }, (request, response) => {
      this.track(request.socket, response);
      answer(request, response);
    });
    Object.assign(this.server, { maxHeadersCount, timeout });
    this.server.on("connection", (socket) => {
      this.connections.set(socket, undefined);
      socket.once("close", () => this.connections.delete(socket));
      if (this.connections.size > maxConnections) this.makeRoom();
    });
    // A connection that can't be taken, for want of file descriptors, is that connection's end and not the process's.
    this.server.on("error", () => {});
  }

  /**
   * Listens, and says at which port.
   * @throws when the port is taken.
   */
  async listen(): Promise<number> {
    const { port, host } = this.options;
    this.server.listen({ port, host });
    await once(this.server, "listening");
    return (this.server.address() as AddressInfo).port;
  }

  /**
   * Ends each connection with its next answer, which says so (`Connection: close`): a client that keeps connections sends its
   * next request on a new one, which a load balancer leads elsewhere. New connections are still accepted.
   */
  drain(): void {
    this.draining = true;
    for (const response of this.connections.values()) if (response !== undefined) endConnection(response);
  }

  /** Drains, accepts no more connections, and waits for what is under way; what is not done within the limit is cut off. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.drain();
    const closed = once(this.server, "close");
    this.server.close();
    const isClosedWithin = (limitMs: number) =>
      within({ limitMs }, () => closed).then(
        () => true,
        () => false,
      );
    const { closeLimitMs } = this.options;
    const arrivalMs = Math.min(ARRIVAL_MS, closeLimitMs);
    if (await isClosedWithin(arrivalMs)) return;
    // A closed server of Node's waits without a limit for the rest of a request, also where nothing of it has come.
    for (const [socket, response] of this.connections) if (response === undefined) socket.destroy();
    if (await isClosedWithin(closeLimitMs - arrivalMs)) return;
    this.server.closeAllConnections();
    await closed;
  }

  /**
   * Closes the connection that has waited longest for its client, to send a request or its rest, or to read an answer: with Node's
   * own limit, slow clients would keep out all others, such as probes. If none waits, the new one itself is the last that does.
   */
  private makeRoom(): void {
    for (const [socket, response] of this.connections) {
      if (response?.req.complete && !response.writableEnded) continue;
      this.connections.delete(socket);
      socket.destroy();
      return;
    }
  }

  private track(socket: Socket, response: ServerResponse): void {
    this.connections.delete(socket);
    this.connections.set(socket, response);
    if (this.draining) endConnection(response);
    response.once("close", () => {
      if (this.connections.get(socket) === response) this.connections.set(socket, undefined);
      // An answer that had begun before the server drained has kept its connection.
      if (!this.server.listening) this.server.closeIdleConnections();
    });
    // A sender that goes in the middle is nothing to fail for.
    response.on("error", () => socket.destroy());
  }
}

function endConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("Connection", "close");
}
