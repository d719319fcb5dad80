import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** What may be wrong with a dependency, as its clients see it from TCP. */
export const FAULTS = ["refused", "hanging", "slow", "resetting", "garbage"] as const;
export type Fault = (typeof FAULTS)[number];

const GARBAGE = Buffer.from("\u0000\u00ff!no protocol at all\r\n\r\n".repeat(50), "latin1");
/** Longer than any probe may take. */
const SLOW_MS = 3000;

/** A proxy on loopback before a server that is well, which fails as it is told, for new connections and for old ones. */
export class FaultyProxy {
  readonly host = "127.0.0.1";
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private fault: Fault | undefined;

  private constructor(
    private readonly target: { readonly host: string; readonly port: number },
    private listeningPort = 0,
  ) {
    this.server = createServer((client) => this.serve(client));
  }

  static async start(target: { readonly host: string; readonly port: number }): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    await proxy.listen();
    return proxy;
  }

  get port(): number {
    return this.listeningPort;
  }

  async break(fault: Fault): Promise<void> {
    this.fault = fault;
    if (fault === "resetting") for (const socket of this.sockets) socket.resetAndDestroy();
    if (fault === "refused") await this.stop();
  }

  /** What hung or was garbled stays so: those connections are lost, and new ones are well. */
  async mend(): Promise<void> {
    const was = this.fault;
    this.fault = undefined;
    if (was === "refused") await this.listen();
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    for (const socket of this.sockets) socket.destroy();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, "close");
  }

  private async listen(): Promise<void> {
    this.server.listen(this.listeningPort, this.host);
    await once(this.server, "listening");
    this.listeningPort = (this.server.address() as AddressInfo).port;
  }

  private serve(client: Socket): void {
    const upstream = connect(this.target.port, this.target.host);
    // Once it has been lost, nothing comes of a connection any more.
    let lost = false;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (chunk) => {
      lost ||= this.fault === "hanging" || this.fault === "garbage";
      if (this.fault === "garbage") client.write(GARBAGE);
      if (!lost) upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      lost ||= this.fault === "hanging" || this.fault === "garbage";
      if (lost) return;
      if (this.fault !== "slow") client.write(chunk);
      else this.later(() => client.write(chunk));
    });
    if (this.fault === "resetting") client.resetAndDestroy();
  }

  private later(work: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, SLOW_MS);
    this.timers.add(timer);
  }
}
