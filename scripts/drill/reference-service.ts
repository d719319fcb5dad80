import { randomBytes } from "node:crypto";
import { commandHandlers } from "../../examples/orders/command-api";
import { fulfilment } from "../../examples/orders/command-processors";
import { orderStream } from "../../examples/orders/domain/order";
import { LocalKeys } from "../../runtime/adapters/local/local-keys";
import { PostgresEventStore } from "../../runtime/adapters/postgres/postgres-event-store";
import { type PostgresSettings, postgresPool } from "../../runtime/adapters/postgres/postgres-pool";
import { PostgresSubjectKeys } from "../../runtime/adapters/postgres/postgres-subject-keys";
import type { StoredEvent } from "../../runtime/event-store/event-store";
import { DataKeys } from "../../runtime/keys/data-keys";
import { FieldEncryption } from "../../runtime/security/encryption/field-encryption";
import type { MessageContext } from "../../runtime/service/message-api";

export type At = Pick<PostgresSettings, "host" | "port" | "database" | "user" | "password">;

/** An event that its sender was told is kept. */
export interface Acknowledged {
  readonly event: Pick<StoredEvent, "id" | "stream" | "revision" | "position">;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const SENDERS = 4;
const SKUS = 50;
const PLENTY = 100_000;
export const CUSTOMER = { email: "somebody@example.com", creditCard: "4111 1111 1111 1111", ssn: "078-05-1120" };

/** The reference service's commands and processors in this process, on the stores that its pods would have. */
export class ReferenceService {
  readonly store: PostgresEventStore;
  readonly fields: FieldEncryption;
  readonly acknowledged: Acknowledged[] = [];
  readonly localKey = randomBytes(32).toString("base64");
  private readonly subjectKeys: PostgresSubjectKeys;
  private readonly end = new AbortController();
  private readonly closing: (() => Promise<unknown>)[] = [];
  private sending: Promise<unknown> | undefined;
  private orders = 0;

  constructor(at: At) {
    const pool = () => postgresPool({ ...at, applicationName: "orders" });
    this.store = new PostgresEventStore({ pool: pool() });
    const keysPool = pool();
    this.subjectKeys = new PostgresSubjectKeys({ pool: keysPool });
    const wrappingKeys = LocalKeys.fromEnvironment({ NODE_ENV: "test", LOCAL_KEY: this.localKey });
    this.fields = new FieldEncryption({ keys: new DataKeys({ wrappingKeys, subjectKeys: this.subjectKeys }) });
    this.closing.push(
      () => this.store.close(),
      () => keysPool.end(),
    );
  }

  async migrate(): Promise<void> {
    await this.store.migrate();
    await this.subjectKeys.migrate();
  }

  /** Sends orders, one after the other by each sender, until `stop`. */
  async start(): Promise<void> {
    const handlers = commandHandlers(this.store, this.fields);
    const fulfil = fulfilment(this.store, this.fields);
    const { signal } = this.end;
    const send = async (name: string, message: object): Promise<void> => {
      const handler = handlers[name];
      if (handler === undefined) throw new Error(`there is no ${name}`);
      await handler({ ...message }, contextOf(signal));
    };
    for (let sku = 0; sku < SKUS; sku++) await send("UpdateInventory", { sku: skuOf(sku), onHand: PLENTY });
    const sender = async (): Promise<void> => {
      while (!signal.aborted) {
        const orderId = `drill-${++this.orders}`;
        const items = [{ sku: skuOf(this.orders % SKUS), quantity: 1 }];
        await send("CreateOrder", { orderId, customer: CUSTOMER, items });
        const created = await this.store.readLast(orderStream(orderId));
        if (created === undefined) throw new Error(`${orderId} was acknowledged, and is not there`);
        this.acknowledge(created);
        await fulfil(created, signal);
        const settled = await this.store.readLast(orderStream(orderId));
        if (settled !== undefined) this.acknowledge(settled);
      }
    };
    this.sending = Promise.all(Array.from({ length: SENDERS }, sender));
  }

  /** Lets senders finish what they have begun; what they are told is told. */
  async stop(): Promise<void> {
    this.end.abort(new Error("the drill has enough"));
    await this.sending?.catch((error: unknown) => {
      if (error !== this.end.signal.reason) throw error;
    });
  }

  async close(): Promise<void> {
    for (const close of this.closing) await close();
  }

  private acknowledge({ id, stream, revision, position }: StoredEvent): void {
    this.acknowledged.push({ event: { id, stream, revision, position }, at: Date.now() });
  }
}

const skuOf = (number: number): string => `drill-${number}`;

const contextOf = (signal: AbortSignal): MessageContext =>
  ({ principal: { subject: "customer-7", roles: ["user"] }, correlationId: "drill", signal }) as MessageContext;
