import { once } from "node:events";
import { createRequire } from "node:module";
import type * as grpc from "@grpc/grpc-js";
import { StreamsService } from "@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb";
import type {
  AppendReq,
  AppendResp,
  ReadReq,
  ReadResp,
} from "@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb";
import { appendAnswer, eventAnswer, notFoundAnswer, signalAnswer } from "./kurrentdb-stand-in-answers";
import { type LogRecord, StandInLog } from "./kurrentdb-stand-in-log";

// The client's own copy, which it may not share with anybody.
const { Server, ServerCredentials, status, Metadata }: typeof grpc = createRequire(
  require.resolve("@kurrent/kurrentdb-client"),
)("@grpc/grpc-js");

type ReadCall = grpc.ServerWritableStream<ReadReq, ReadResp>;
type AppendCall = grpc.ServerReadableStream<AppendReq, AppendResp>;

/** How it misbehaves: with the connection whole, as a server does that is overloaded, restarted or no leader any more. */
export type Misbehaviour =
  | { readonly kind: "hanging" }
  /** After so many answers of a read, and before any of an append. */
  | { readonly kind: "unavailable"; readonly after: number }
  | { readonly kind: "not leader"; readonly leader: { readonly host: string; readonly port: number } };

/**
 * A PROTOCOL STAND-IN FOR KURRENTDB, which it is not: an in-process server on the definitions that the official client is
 * generated from, with a log in memory. It has what the adapter needs of the service `Streams`, and each meaning names where
 * it was read: `server:` is kurrent-io/KurrentDB at 44996ed (26.2-dev), `client:` kurrent-io/KurrentDB-Client-NodeJS.
 */
export class KurrentDbStandIn {
  readonly log = new StandInLog();
  /** Of each call, as it was sent. */
  readonly authorizations: (string | undefined)[] = [];
  misbehaviour: Misbehaviour | undefined;
  /** Of reads and subscriptions, as far as they were handed to the network. */
  answers = 0;
  private readonly calls = new Set<ReadCall>();

  private constructor(
    private readonly server: grpc.Server,
    readonly host: string,
    public port: number,
  ) {}

  static async start(certificate?: { readonly key: Buffer; readonly cert: Buffer }): Promise<KurrentDbStandIn> {
    // server: src/KurrentDB.Core/TransactionLog/Chunks/TFConsts.cs, events of up to 16 MiB.
    const server = new Server({ "grpc.max_receive_message_length": 17 * 1024 * 1024 });
    const standIn = new KurrentDbStandIn(server, "127.0.0.1", 0);
    server.addService(StreamsService as unknown as grpc.ServiceDefinition, {
      read: (call: ReadCall) => standIn.read(call),
      append: (call: AppendCall, answer: grpc.sendUnaryData<AppendResp>) => standIn.append(call, answer),
      delete: unimplemented,
      tombstone: unimplemented,
      batchAppend: unimplemented,
    });
    const credentials = certificate
      ? ServerCredentials.createSsl(null, [{ private_key: certificate.key, cert_chain: certificate.cert }])
      : ServerCredentials.createInsecure();
    standIn.port = await new Promise<number>((resolve, reject) =>
      server.bindAsync(`${standIn.host}:0`, credentials, (error, port) => (error ? reject(error) : resolve(port))),
    );
    return standIn;
  }

  /** Reads and subscriptions that nobody has cancelled and that are not at their end. */
  get openReads(): number {
    return this.calls.size;
  }

  stop(): void {
    this.server.forceShutdown();
  }

  /** server: src/KurrentDB.Core/Services/Transport/Grpc/Streams.Append.cs: options first, then events, one answer. */
  private append(call: AppendCall, answer: grpc.sendUnaryData<AppendResp>): void {
    this.authorizations.push(authorizationOf(call));
    const requests: AppendReq[] = [];
    call.on("data", (request) => requests.push(request));
    call.on("error", () => undefined);
    call.on("end", () => {
      if (this.misbehaviour?.kind === "hanging") return;
      if (this.misbehaviour?.kind === "unavailable") answer(unavailable());
      else if (this.misbehaviour?.kind === "not leader") answer(notLeader(this.misbehaviour.leader));
      else answer(null, appendAnswer(this.log.append(requests)));
    });
  }

  private read(call: ReadCall): void {
    this.authorizations.push(authorizationOf(call));
    this.calls.add(call);
    call.on("close", () => this.calls.delete(call));
    call.on("cancelled", () => this.calls.delete(call));
    call.on("error", () => undefined);
    if (this.misbehaviour?.kind === "hanging") return;
    this.answer(call).then(
      () => call.end(),
      (error) => call.emit("error", error),
    );
  }

  private async answer(call: ReadCall): Promise<void> {
    let answers = 0;
    const cancelled = once(call, "cancelled").catch(() => undefined);
    const write = async (answer: ReadResp) => {
      if (this.misbehaviour?.kind === "unavailable" && answers >= this.misbehaviour.after) throw unavailable();
      answers++;
      this.answers++;
      if (!call.write(answer) && !call.cancelled) await Promise.race([once(call, "drain"), cancelled]);
    };
    const options = call.request.getOptions();
    if (options?.hasSubscription()) return this.follow(call, write, cancelled);
    const records = this.log.read(call.request);
    // server: Enumerator.ReadStreamForwards.cs, ReadStreamResult.NoStream; client: Subscription has no such message.
    if (records === "not found") return write(notFoundAnswer(call.request));
    for (const record of records) {
      if (call.cancelled) return;
      await write(eventAnswer(record));
    }
  }

  /**
   * server: Enumerator.AllSubscriptionFiltered.cs: confirmed, then what is there, then caught up, then what comes.
   * client: packages/test/src/streams/subscribeToAll.test.ts.
   */
  private async follow(
    call: ReadCall,
    write: (answer: ReadResp) => Promise<void>,
    cancelled: Promise<unknown>,
  ): Promise<void> {
    await write(signalAnswer("confirmation"));
    let caughtUp = false;
    const isWanted = this.log.filterOf(call.request);
    for (let after = this.log.subscribedFrom(call.request); !call.cancelled; ) {
      const records: readonly LogRecord[] = this.log.after(after);
      for (const record of records) {
        if (call.cancelled) return;
        after = record.position;
        if (isWanted(record)) await write(eventAnswer(record));
        // server: a checkpoint tells a filtered subscription how far it is though nothing comes.
        else await write(signalAnswer("checkpoint"));
      }
      if (!caughtUp && records.length === 0) {
        caughtUp = true;
        await write(signalAnswer("caughtUp"));
      }
      if (records.length === 0) await Promise.race([this.log.grown(), cancelled]);
    }
  }
}

const authorizationOf = (call: { readonly metadata: grpc.Metadata }) =>
  call.metadata.get("authorization")[0]?.toString();

/** server: src/KurrentDB.Core/Services/Transport/Grpc/RpcExceptions.cs, ServerNotReady. */
const unavailable = () => failure(status.UNAVAILABLE, "Server Is Not Ready", {});

/** server: RpcExceptions.cs, LeaderInfo; client: packages/test/src/connection/reconnect/NotLeaderError.test.ts. */
const notLeader = ({ host, port }: { readonly host: string; readonly port: number }) =>
  failure(status.NOT_FOUND, "Leader info available", {
    exception: "not-leader",
    "leader-endpoint-host": host,
    "leader-endpoint-port": `${port}`,
  });

function failure(code: grpc.status, details: string, trailers: Readonly<Record<string, string>>) {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

const unimplemented = (_: unknown, answer?: grpc.sendUnaryData<never>) =>
  answer?.({ code: status.UNIMPLEMENTED, details: "not of the stand-in" });
