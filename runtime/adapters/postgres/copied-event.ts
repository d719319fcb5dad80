import type { StoredEvent } from "../../event-store/event-store";
import type { Position } from "../../event-store/position";
import { fieldOf, type Tuple } from "./copied-tuples";

/** Fields of a copied event, in their order: first those of one length, so that it is known where the next ones are. */
export const COPIED_FIELDS = [
  "transaction_id",
  "global_position",
  "type",
  "stream",
  "data",
  "revision",
  "id::text",
  "metadata::text",
  "created",
] as const;
const [REVISION, ID, METADATA, CREATED] = [5, 6, 7, 8] as const;
/** From a tuple's beginning: its count of fields, the length of the first, and so on. */
const MAJOR_AT = 2 + 4;
const MINOR_AT = MAJOR_AT + 8 + 4;
const TYPE_AT = MINOR_AT + 8 + 4;
const LENGTH_BYTES = 4;
/** PostgreSQL counts times in microseconds since 2000. */
const EPOCH_MS = BigInt(Date.UTC(2000, 0, 1));
const MICROSECONDS = 1000n;

/** An event as it was received: what nobody asks for is never made of its bytes. */
export class CopiedEvent implements StoredEvent {
  readonly type: string;
  readonly stream: string;
  readonly position: Position;
  readonly data: Buffer;

  constructor(private readonly tuple: Tuple) {
    const { bytes, at } = tuple;
    const typeAt = at + TYPE_AT;
    const streamAt = typeAt + bytes.readInt32BE(typeAt - LENGTH_BYTES) + LENGTH_BYTES;
    const dataAt = streamAt + bytes.readInt32BE(streamAt - LENGTH_BYTES) + LENGTH_BYTES;
    this.type = bytes.toString("utf8", typeAt, streamAt - LENGTH_BYTES);
    this.stream = bytes.toString("utf8", streamAt, dataAt - LENGTH_BYTES);
    this.data = bytes.subarray(dataAt, dataAt + bytes.readInt32BE(dataAt - LENGTH_BYTES));
    this.position = { major: bytes.readBigInt64BE(at + MAJOR_AT), minor: bytes.readBigInt64BE(at + MINOR_AT) };
  }

  get revision(): bigint {
    return this.number(REVISION);
  }

  get id(): string {
    return this.text(ID);
  }

  get metadata(): Readonly<Record<string, string>> {
    return JSON.parse(this.text(METADATA));
  }

  get created(): Date {
    const micros = this.number(CREATED) + EPOCH_MS * MICROSECONDS;
    // Down, as the driver does it: a division goes toward 0, which is up before 1970.
    const below = micros % MICROSECONDS < 0n ? 1n : 0n;
    return new Date(Number(micros / MICROSECONDS - below));
  }

  private number(field: number): bigint {
    return this.tuple.bytes.readBigInt64BE(fieldOf(this.tuple, field).from);
  }

  private text(field: number): string {
    const { from, length } = fieldOf(this.tuple, field);
    return this.tuple.bytes.toString("utf8", from, from + length);
  }
}
