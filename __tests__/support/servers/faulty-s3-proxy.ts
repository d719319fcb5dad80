import { createHash } from "node:crypto";
import { once } from "node:events";
import { request as ask, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What may become of a request: answered with an error in the server's place; cut in the middle of what is sent or answered;
 * done by the server, but never answered; never answered at all, or not to the end; a bit of it flipped, on its way there or
 * back; answered with the checksum of something else.
 */
export type S3Fault =
  | { readonly status: number; readonly code: string }
  | "cut request"
  | "cut answer"
  | "lost answer"
  | "no answer"
  | "half an answer"
  | "damaged request"
  | "damaged answer"
  | "another checksum"
  | { readonly answer: string };

/** Of a request: its method and its address, such as `PUT /bucket/key?partNumber=2`. */
type Which = RegExp;

interface Trouble {
  readonly which: Which;
  readonly fault: S3Fault;
  left: number;
}

const CHECKSUM = "x-amz-checksum-sha256";

/**
 * A proxy on loopback before moto, which fails as it is told. Two things it does as S3 does and moto does not: bytes that are
 * not those of their checksum are refused, and of conditional writes one is looked at after the other, so that of two one wins.
 */
export class FaultyS3Proxy {
  /** What came, in its order. */
  readonly requests: string[] = [];
  private readonly troubles: Trouble[] = [];
  private conditional: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
    /** Added to the query of every request: to make pages small. */
    private addition = "",
  ) {
    server.on("request", (request, response) => {
      this.serve(request, response).catch(() => response.destroy());
    });
  }

  static async start(target: string): Promise<FaultyS3Proxy> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FaultyS3Proxy(server, new URL(target));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next requests that match, so many of them, each other than those that another fault was for. */
  fail(which: Which, fault: S3Fault, times = Number.POSITIVE_INFINITY): void {
    this.troubles.push({ which, fault, left: times });
  }

  /** How many requests came that match. */
  count(which: Which): number {
    return this.requests.filter((request) => which.test(request)).length;
  }

  ask(addition: string): void {
    this.addition = addition;
  }

  recover(): void {
    this.troubles.length = 0;
    this.requests.length = 0;
    this.addition = "";
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const line = `${request.method} ${request.url}`;
    this.requests.push(line);
    const trouble = this.troubles.find(({ which, left }) => left > 0 && which.test(line));
    if (trouble !== undefined) trouble.left--;
    const fault = trouble?.fault;
    if (fault === "cut request") return void request.once("data", () => request.destroy());
    const sent = Buffer.concat(await request.toArray());
    if (fault === "no answer") return;
    if (typeof fault === "object") return refuse(fault, response);
    if (fault === "damaged request") flip(sent);
    const checksum = request.headers[CHECKSUM];
    if (checksum !== undefined && checksum !== createHash("sha256").update(sent).digest("base64"))
      return refuse({ status: 400, code: "BadDigest" }, response);
    const isConditional = request.headers["if-none-match"] !== undefined;
    const forwarded = isConditional
      ? this.conditional.then(() => this.forward(request, sent))
      : this.forward(request, sent);
    if (isConditional) this.conditional = forwarded.catch(() => {});
    const { status, headers, body } = await forwarded;
    if (fault === "lost answer") return void response.destroy();
    if (fault === "damaged answer") flip(body);
    if (fault === "another checksum") headers[CHECKSUM] = createHash("sha256").update("another").digest("base64");
    response.writeHead(status, headers);
    if (fault !== "cut answer" && fault !== "half an answer") return void response.end(body);
    response.write(body.subarray(0, body.length / 2), () => {
      if (fault === "cut answer") response.destroy();
    });
  }

  private async forward({ method, url, headers }: IncomingMessage, body: Buffer) {
    const path = `${url}${this.addition === "" ? "" : `${url?.includes("?") ? "&" : "?"}${this.addition}`}`;
    const { hostname, port } = this.target;
    const request = ask({ hostname, port, method, path, headers, agent: false }).end(body);
    const [answer]: IncomingMessage[] = await once(request, "response");
    if (answer === undefined) throw new Error("no answer");
    return {
      status: answer.statusCode ?? 0,
      headers: { ...answer.headers, connection: "keep-alive" } as Record<string, string | string[] | undefined>,
      body: Buffer.concat(await answer.toArray()),
    };
  }
}

function refuse(fault: { status: number; code: string } | { answer: string }, response: ServerResponse): void {
  response.setHeader("content-type", "application/xml");
  if ("answer" in fault) response.end(fault.answer);
  else response.writeHead(fault.status).end(`<Error><Code>${fault.code}</Code><Message>as told</Message></Error>`);
}

function flip(bytes: Buffer): void {
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
}
