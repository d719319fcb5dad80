import type { UnavailableError } from "@kurrent/kurrentdb-client";
import type { StreamsClient } from "@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb";
import { SettingsError } from "../../settings";
import { connectionStringProblems, type KurrentDbSettings } from "./kurrentdb-settings";

type ReadParameters = Required<Parameters<StreamsClient["read"]>>;
type CallArguments = [metadata: ReadParameters[1], options: ReadParameters[2]];

/**
 * What the official client has for its own commands: it finds the leader, holds the channel, adds the credentials and leaves
 * a server that fails. Protected in its types; the version is pinned and the contract's tests walk through all of it.
 */
interface ClientInternals {
  execute<Result>(type: unknown, name: string, action: (client: StreamsClient) => Promise<Result>): Promise<Result>;
  callArguments(options: object, callOptions: { readonly deadline: number }): CallArguments;
  handleError(client: StreamsClient, error: Error): Promise<void>;
  setCredentialsProvider(provider: KurrentDbSettings["credentials"]): void;
  dispose(): Promise<void>;
}

interface Opened {
  readonly client: ClientInternals;
  readonly Streams: typeof StreamsClient;
  readonly Unavailable: typeof UnavailableError;
}

/**
 * The official client's connection, with the generated client of its protocol on it. Its own reads can't be cancelled, and
 * its own events are parsed and written again, which changes numbers: both are left alone.
 */
export class KurrentDbConnection {
  private opened: Promise<Opened> | undefined;
  private latest: StreamsClient | undefined;
  /** Channels that are being left. */
  private leaving: Promise<unknown> = Promise.resolve();

  /** @throws {SettingsError} for a connection string without TLS, or with a password in it. */
  constructor(private readonly settings: KurrentDbSettings) {
    const problems = connectionStringProblems("connectionString", settings.connectionString);
    if (problems.length > 0) throw new SettingsError(problems);
  }

  /** On the channel to the node that the connection string prefers, which is looked for if it must be. */
  async streams(): Promise<StreamsClient> {
    const { client, Streams } = await this.open();
    await this.leaving;
    this.latest = await client.execute(Streams, "streams", async (made) => made);
    return this.latest;
  }

  /** Of a call: with the credentials, and without the client's deadline, which it would set to a subscription, too. */
  async callArguments(): Promise<CallArguments> {
    const { client } = await this.open();
    return client.callArguments({}, { deadline: Number.POSITIVE_INFINITY });
  }

  /**
   * Leaves the channel if it is why a call failed: the next call has another, maybe to another node. It is the next call that
   * waits for that, within its own limit: the client leaves nothing while it looks for a node.
   */
  failed(streams: StreamsClient, why: Error | "no answer"): void {
    this.leaving = Promise.all([this.leaving, this.leave(streams, why)]);
  }

  async close(): Promise<void> {
    if (this.opened === undefined) return;
    const { client } = await this.opened;
    await client.dispose();
    // The client itself leaves its channel open for ever.
    this.latest?.close();
  }

  private async leave(streams: StreamsClient, why: Error | "no answer"): Promise<void> {
    const { client, Unavailable } = await this.open();
    // A server that doesn't answer is no reason to the client, which waits for its pings to fail.
    const error = why === "no answer" ? new Unavailable(undefined) : why;
    // It fails where another channel is being made in vain, of which whoever makes it is told.
    await client.handleError(streams, error).catch(() => undefined);
  }

  private open(): Promise<Opened> {
    this.opened ??= this.load();
    return this.opened;
  }

  /** When it is first needed: it brings a native addon, which services on another store don't have. */
  private async load(): Promise<Opened> {
    const [{ KurrentDBClient, UnavailableError: Unavailable }, { StreamsClient: Streams }] = await Promise.all([
      import("@kurrent/kurrentdb-client"),
      import("@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js"),
    ]);
    const client = KurrentDBClient.connectionString(this.settings.connectionString) as unknown as ClientInternals;
    client.setCredentialsProvider(this.settings.credentials);
    return { client, Streams, Unavailable };
  }
}
