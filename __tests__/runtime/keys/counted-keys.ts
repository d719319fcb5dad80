import { randomBytes } from "node:crypto";
import { LocalKeys } from "../../../runtime/adapters/local/local-keys";
import type { KeyContext, NewDataKey, Waiting, WrappedKey, WrappingKeys } from "../../../runtime/keys/wrapping-keys";

/** A test double: local keys that remember what they gave, and that can be made to wait or to fail. */
export class CountedKeys implements WrappingKeys {
  /** Data keys that were given, in their order: they are zero once they were discarded. */
  readonly given: Buffer[] = [];
  readonly calls: string[] = [];
  /** What each call does first. */
  first: (waiting?: Waiting) => Promise<void> = async () => undefined;

  constructor(
    private readonly keys: WrappingKeys = LocalKeys.fromEnvironment({
      NODE_ENV: "test",
      LOCAL_KEY: randomBytes(32).toString("base64"),
    }),
  ) {}

  get current(): string {
    return this.keys.current;
  }

  async generate(context: KeyContext, waiting?: Waiting): Promise<NewDataKey> {
    this.calls.push("generate");
    await this.first(waiting);
    const made = await this.keys.generate(context);
    this.given.push(made.plaintext);
    return made;
  }

  async unwrap(wrapped: WrappedKey, context: KeyContext, waiting?: Waiting): Promise<Buffer> {
    this.calls.push("unwrap");
    await this.first(waiting);
    const key = await this.keys.unwrap(wrapped, context);
    this.given.push(key);
    return key;
  }

  async rewrap(wrapped: WrappedKey, context: KeyContext): Promise<WrappedKey> {
    this.calls.push("rewrap");
    return this.keys.rewrap(wrapped, context);
  }

  close(): void {
    this.keys.close();
  }
}

/** The end of this turn, and what waited for it. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });

export const isZero = (key: Buffer | undefined): boolean => key?.every((byte) => byte === 0) === true;
