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
  /** One more with each freeze: connections of before are lost. */
  private era = 0;
  private mostBytes = Number.POSITIVE_INFINITY;

  private constructor(
    private target: { readonly host: string; readonly port: number },
    private listeningPort = 0,
  ) {
    // What is frozen does not answer a goodbye either.
    this.server = createServer({ allowHalfOpen: true }, (client) => this.serve(client));
  }

  static async start(target: { readonly host: string; readonly port: number }): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    await proxy.listen();
    return proxy;
  }

  get port(): number {
    return this.listeningPort;
  }

  /** Leads new connections to another server, as a name does that was moved. Those that are there stay where they are. */
  leadTo(target: { readonly host: string; readonly port: number }): void {
    this.target = target;
  }

  /** Acknowledges what comes on the connections that are there, and forwards nothing any more. New ones are well. */
  freeze(): void {
    this.era++;
  }

  /** Reads no more of what a server sends on a connection, once it has sent so many bytes. */
  clogAfter(bytes: number): void {
    this.mostBytes = bytes;
  }

  reset(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  async break(fault: Fault): Promise<void> {
    this.fault = fault;
    if (fault === "resetting") this.reset();
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
    const upstream = connect({ ...this.target, allowHalfOpen: true });
    // Once it has been lost, nothing comes of a connection any more.
    let lost = false;
    const { era } = this;
    const isLost = () => {
      lost ||= this.fault === "hanging" || this.fault === "garbage" || this.era !== era;
      return lost;
    };
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on("error", () => {});
      socket.on("end", () => {
        if (!isLost()) other.end();
      });
      socket.on("close", () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (chunk) => {
      if (this.fault === "garbage") client.write(GARBAGE);
      if (!isLost()) upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      if (upstream.bytesRead > this.mostBytes) upstream.pause();
      if (isLost()) return;
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
